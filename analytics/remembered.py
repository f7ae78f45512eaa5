"""Remembered: a history that is read once for each thing, for as long as one question is being answered."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.domain import Count, Dimension, ListName, Model
    from analytics.history import History


class Remembered:
    """The :class:`analytics.history.History` given, with what was read before kept at hand."""

    def __init__(self, history: History) -> None:
        """Remember ``history`` for one question: what is stored meanwhile stays unseen."""
        self._history = history
        self._counts: dict[tuple[Dimension | None, str, int], list[Count]] = {}
        self.snapshots = cache(history.snapshots)
        self.models = cache(history.models)

    def counts(self, snapshots: Sequence[int], dimension: Dimension | None, task: str = "") -> list[tuple[int, Count]]:
        """See :class:`analytics.history.History`."""
        missing = [number for number in snapshots if (dimension, task, number) not in self._counts]
        if missing:
            self._counts |= {(dimension, task, number): [] for number in missing}
            for number, count in self._history.counts(missing, dimension, task):
                self._counts[dimension, task, number].append(count)
        return [(number, count) for number in snapshots for count in self._counts[dimension, task, number]]

    def trail(self, model_ids: Sequence[str], within: ListName) -> list[tuple[int, int, Model]]:
        """See :class:`analytics.history.History`."""
        return self._history.trail(model_ids, within)
