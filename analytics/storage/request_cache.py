"""Remembered: a history that is read once for each thing, for as long as one question is being answered."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from analytics.storage.snapshot_cache import SnapshotCache

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.domain import Count, Dimension, ListName, Model, Snapshot
    from analytics.storage.history import History


_ROWS = SnapshotCache["tuple[Model, ...]"](60_000, len)
"""Rows of snapshots, which questions that follow one another read again and again; some 30 MB."""


_COUNTS = SnapshotCache["list[Count]"](200_000, lambda found: 1 + len(found))
"""Rollups, likewise; some 40 MB."""


class RequestCache:
    """The :class:`analytics.storage.history.History` given, with what was read before kept at hand."""

    def __init__(self, history: History) -> None:
        """Remember ``history`` for one question: what is stored meanwhile stays unseen."""
        self.root = history
        self._history = history
        self._counts: dict[tuple[Dimension | None, str, int], list[Count]] = {}
        self.lists = cache(history.lists)

    def snapshots(self, within: ListName) -> tuple[Snapshot, ...]:
        """See :class:`analytics.storage.history.History`."""
        return self.lists().get(within, ())

    def models(self, snapshot: int) -> tuple[Model, ...]:
        """See :class:`analytics.storage.history.History`."""
        key = (self._history, snapshot)
        found = _ROWS.get(key)
        if found is None:
            found = self._history.models(snapshot)
            _ROWS.put(key, found)
        return found

    def counts(self, snapshots: Sequence[int], dimension: Dimension | None, task: str = "") -> list[tuple[int, Count]]:
        """See :class:`analytics.storage.history.History`."""
        found = self.grouped(snapshots, dimension, task)
        return [(number, count) for number in snapshots for count in found[number]]

    def grouped(self, snapshots: Sequence[int], dimension: Dimension | None, task: str = "") -> dict[int, list[Count]]:
        """Return the same by snapshot; the lists are not to be changed."""
        missing = [number for number in snapshots if (dimension, task, number) not in self._counts]
        for number in missing:
            kept = _COUNTS.get((self._history, dimension, task, number))
            if kept is not None:
                self._counts[dimension, task, number] = kept
        missing = [number for number in missing if (dimension, task, number) not in self._counts]
        if missing:
            self._counts |= {(dimension, task, number): [] for number in missing}
            for number, count in self._history.counts(missing, dimension, task):
                self._counts[dimension, task, number].append(count)
            for number in missing:
                found = self._counts[dimension, task, number]
                _COUNTS.put((self._history, dimension, task, number), found)
        return {number: self._counts[dimension, task, number] for number in snapshots}

    def trail(self, model_ids: Sequence[str], within: ListName) -> list[tuple[int, int, Model]]:
        """See :class:`analytics.storage.history.History`."""
        return self._history.trail(model_ids, within)
