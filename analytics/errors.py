"""Errors that are sentences a user may read. Anything else that is raised is a defect."""

from __future__ import annotations


class HfStatsError(Exception):
    """Something that the person who asked can understand and mend. ``str(error)`` is one clear sentence, plain text."""


class QueryError(HfStatsError):
    """The words do not make a question. ``suggestions`` are texts that would, best first."""

    def __init__(self, message: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.suggestions = suggestions

    def __reduce__(self) -> tuple[type[QueryError], tuple[str, tuple[str, ...]]]:
        """Cross a process boundary with the suggestions."""
        return type(self), (str(self), self.suggestions)


class NoDataError(HfStatsError):
    """The question is fine but the store has nothing to answer it with."""


class SourceError(HfStatsError):
    """A file or the Hub gave something that cannot be used. Names the file or page and the row."""


class StoreError(HfStatsError):
    """The database cannot be reached, is not migrated, or its address is wrong."""
