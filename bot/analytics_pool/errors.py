"""What a person is told when the analytics processes have no answer."""

from __future__ import annotations

from analytics.errors import HfStatsError


class UnansweredError(HfStatsError):
    """A question that got no answer though nothing is wrong with it; the sentence names it and says to ask again.

    It is in the log already when this is raised, under ``reference``.
    """

    def __init__(self, message: str, suggestions: tuple[str, ...] = (), reference: str = "") -> None:
        super().__init__(message, suggestions)
        self.reference = reference
