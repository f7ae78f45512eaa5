"""Errors whose messages are for users. Any other exception is a defect."""

from __future__ import annotations

from typing import Self


class HfStatsError(Exception):
    """An error that the user can understand and fix.

    ``str(error)`` says in plain text what is wrong and what to do; ``suggestions`` are queries that work, best first.
    """

    def __init__(self, message: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.suggestions = suggestions

    def __reduce__(self) -> tuple[type[Self], tuple[str, tuple[str, ...]]]:
        """Pickle the suggestions with the message."""
        return type(self), (str(self), self.suggestions)


class QueryError(HfStatsError):
    """The text isn't a question, or names something unknown."""


class NoDataError(HfStatsError):
    """The store doesn't have the data for the question."""


class SourceError(HfStatsError):
    """A file or the Hub has unusable data. The message names the file or page and the row."""


class OutOfReachError(SourceError):
    """The Hub is temporarily unavailable."""


class NotOnHubError(SourceError):
    """The Hub doesn't have something, or doesn't show it to us."""


class StoreError(HfStatsError):
    """The database can't be reached, isn't migrated, or has a wrong address."""
