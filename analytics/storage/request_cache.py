"""``RequestCache``, a history that caches reads while one question is answered."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from analytics.storage.snapshot_cache import SnapshotCache

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.domain import Count, Dimension, ListName, Model, Snapshot
    from analytics.storage.history import History


_ROWS = SnapshotCache["tuple[Model, ...]"](60_000, len)
"""Rows by snapshot, across requests; the size counts rows, 60,000 take about 30 MB."""


_COUNTS = SnapshotCache["list[Count]"](200_000, lambda counts: 1 + len(counts))
"""Rollups by snapshot, dimension and task, across requests; 200,000 take about 40 MB."""


class RequestCache:
    """A :class:`analytics.storage.history.History` that reads everything once from another."""

    def __init__(self, history: History) -> None:
        """Cache ``history`` for one question; snapshots added meanwhile aren't visible."""
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
        rows = _ROWS.get(key)
        if rows is None:
            rows = self._history.models(snapshot)
            _ROWS.put(key, rows)
        return rows

    def counts(self, snapshots: Sequence[int], dimension: Dimension | None, task: str = "") -> list[tuple[int, Count]]:
        """See :class:`analytics.storage.history.History`."""
        counts = self.grouped(snapshots, dimension, task)
        return [(number, count) for number in snapshots for count in counts[number]]

    def grouped(self, snapshots: Sequence[int], dimension: Dimension | None, task: str = "") -> dict[int, list[Count]]:
        """Return the same by snapshot. Callers must not change the lists."""
        missing = [number for number in snapshots if (dimension, task, number) not in self._counts]
        for number in missing:
            cached = _COUNTS.get((self._history, dimension, task, number))
            if cached is not None:
                self._counts[dimension, task, number] = cached
        missing = [number for number in missing if (dimension, task, number) not in self._counts]
        if missing:
            self._counts |= {(dimension, task, number): [] for number in missing}
            for number, count in self._history.counts(missing, dimension, task):
                self._counts[dimension, task, number].append(count)
            for number in missing:
                _COUNTS.put((self._history, dimension, task, number), self._counts[dimension, task, number])
        return {number: self._counts[dimension, task, number] for number in snapshots}

    def trail(self, model_ids: Sequence[str], within: ListName) -> list[tuple[int, int, Model]]:
        """See :class:`analytics.storage.history.History`."""
        return self._history.trail(model_ids, within)
