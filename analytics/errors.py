"""Errors that are sentences a user may read. Anything else that is raised is a defect."""

from __future__ import annotations

from typing import Self


class HfStatsError(Exception):
    """Something that the person who asked can understand and mend.

    ``str(error)`` is one clear sentence of plain text; ``suggestions`` are queries that would work, best first.
    """

    def __init__(self, message: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.suggestions = suggestions

    def __reduce__(self) -> tuple[type[Self], tuple[str, tuple[str, ...]]]:
        """Cross a process boundary with the suggestions."""
        return type(self), (str(self), self.suggestions)


class QueryError(HfStatsError):
    """The words do not make a question, or name something that is not there."""


class NoDataError(HfStatsError):
    """The question is fine but the store has nothing to answer it with."""


class SourceError(HfStatsError):
    """A file or the Hub gave something that cannot be used. Names the file or page and the row."""


class OutOfReachError(SourceError):
    """The Hub did not give now what it may give later."""


class StoreError(HfStatsError):
    """The database cannot be reached, is not migrated, or its address is wrong."""
