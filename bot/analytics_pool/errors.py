"""Errors of the analytics pool that users see."""

from __future__ import annotations

from analytics.errors import HfStatsError


class UnansweredError(HfStatsError):
    """A valid question that the pool couldn't answer. The message names it and says to ask again.

    It has already been logged with ``reference``.
    """

    def __init__(self, message: str, suggestions: tuple[str, ...] = (), reference: str = "") -> None:
        super().__init__(message, suggestions)
        self.reference = reference
