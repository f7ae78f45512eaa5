"""``RequestCache``, a history that caches reads while one question is answered, and fills in facts from near dates."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from analytics.domain import Dimension
from analytics.names import renames
from analytics.names.narrowing import fitting
from analytics.storage.carry_over import FACTS, Carried, FilledListing, Neighbors, filled, gaps
from analytics.storage.rollup import roll_up
from analytics.storage.snapshot_cache import SnapshotCache

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from datetime import date

    from analytics.domain import Count, ListName, Model, Snapshot
    from analytics.query import Filter
    from analytics.storage.carry_over import Record
    from analytics.storage.history import History


_ROWS = SnapshotCache["tuple[Model, ...]"](60_000, len)
"""Rows by snapshot, across requests; the size counts rows, 60,000 take about 30 MB."""


_COUNTS = SnapshotCache["list[Count]"](200_000, lambda counts: 1 + len(counts))
"""Rollups by snapshot, dimension and task, across requests; 200,000 take about 40 MB."""


_FILLED = SnapshotCache["FilledListing"](60_000, lambda listing: len(listing.models))
"""Rows with facts filled in, by snapshot and the snapshots near it, across requests; most of their texts are those of `_ROWS`."""


class RequestCache:
    """A :class:`analytics.storage.history.History` that reads everything once from another.

    Rows and rollups have the facts that :mod:`analytics.storage.carry_over` fills in, unless ``as_recorded``. The whole Hub is
    never filled in.
    """

    def __init__(
        self,
        history: History,
        *,
        as_recorded: bool = False,
        facts_of: tuple[ListName, date] | None = None,
        filters: tuple[Filter, ...] = (),
    ) -> None:
        """Cache ``history`` for one question; snapshots added meanwhile aren't visible.

        ``filters``: rows and rollups are those of the models that fit, by what is filled in; their names are those of the data.
        ``facts_of``: the only list whose snapshots are filled in and fill in others, and their last date; by default, all are.
        """
        self.root = history
        self.filters = filters
        self._history = history
        self._as_recorded = as_recorded
        self._counts: dict[tuple[Dimension | None, str, int], list[Count]] = {}
        self._filled: dict[int, FilledListing] = {}
        self.lists = cache(history.lists)
        self._facts_of = facts_of
        self._neighbors = cache(self._near)

    def snapshots(self, within: ListName) -> tuple[Snapshot, ...]:
        """See :class:`analytics.storage.history.History`."""
        return self.lists().get(within, ())

    def models(self, snapshot: int) -> tuple[Model, ...]:
        """See :class:`analytics.storage.history.History`."""
        models = self.all_models(snapshot)
        return fitting(models, self.filters, self._neighbors().by_id[snapshot].taken_on) if self.filters else models

    def all_models(self, snapshot: int) -> tuple[Model, ...]:
        """Return the listing of one snapshot whatever the filters."""
        rows = self._rows(snapshot)
        return self._fill([snapshot])[snapshot].models if any(gaps(model) for model in rows) else rows

    def carried(self, snapshot: int, dimension: Dimension) -> tuple[Carried, ...]:
        """Return what was filled in for a dimension of a snapshot."""
        self.models(snapshot)
        return self._filled[snapshot].of(dimension) if snapshot in self._filled else ()

    def is_filled(self, snapshot: int, dimension: Dimension) -> bool:
        """Return whether a snapshot lacks facts of a stored dimension, so that some may have been filled in."""
        return bool(self._gaps([snapshot], dimension, ""))

    def key(self, snapshot: int, dimension: Dimension, task: str = "") -> Hashable:
        """Identify a snapshot with its facts, across requests: what is stored near it later may fill in more."""
        if not self.filters and not self._gaps([snapshot], dimension, task):
            return self.root, snapshot
        return self._filled_key(snapshot)

    def _filled_key(self, snapshot: int) -> Hashable:
        key = self.root, snapshot, self._neighbors().of(self._neighbors().by_id[snapshot])
        return (*key, self.filters, self._as_recorded) if self.filters else key

    def counts(self, snapshots: Sequence[int], dimension: Dimension | None, task: str = "") -> list[tuple[int, Count]]:
        """See :class:`analytics.storage.history.History`."""
        counts = self.grouped(snapshots, dimension, task)
        return [(number, count) for number in snapshots for count in counts[number]]

    def grouped(self, snapshots: Sequence[int], dimension: Dimension | None, task: str = "") -> dict[int, list[Count]]:
        """Return the same by snapshot. Callers must not change the lists."""
        if self.filters:
            return self._counted(snapshots, dimension, task)
        recorded = self._recorded(snapshots, dimension, task)
        with_gaps = self._gaps(snapshots, dimension, task)
        return recorded | self._counted(with_gaps, dimension, task) if with_gaps else recorded

    def trail(self, model_ids: Sequence[str], within: ListName) -> list[tuple[int, int, Model]]:
        """See :class:`analytics.storage.history.History`."""
        return self._history.trail(model_ids, within)

    def facts(self, model_ids: Sequence[str], snapshots: Sequence[int]) -> list[tuple[int, Model]]:
        """See :class:`analytics.storage.history.History`."""
        return self._history.facts(model_ids, snapshots)

    def _near(self) -> Neighbors:
        if self._facts_of:
            return Neighbors(self.snapshots(self._facts_of[0]), self._facts_of[1])
        return Neighbors(s for snapshots in self.lists().values() for s in snapshots)

    def _rows(self, snapshot: int) -> tuple[Model, ...]:
        key = (self._history, snapshot)
        rows = _ROWS.get(key)
        if rows is None:
            rows = self._history.models(snapshot)
            _ROWS.put(key, rows)
        return rows

    def _recorded(self, snapshots: Sequence[int], dimension: Dimension | None, task: str) -> dict[int, list[Count]]:
        """Return rollups as they are stored."""
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

    def _gaps(self, snapshots: Sequence[int], dimension: Dimension | None, task: str) -> list[int]:
        """Return the snapshots in which some models lack a fact that a rollup counts; from the rollups, which are few."""
        facts = {dimension} & set(FACTS) | ({Dimension.TASK} if task else set())
        if self._as_recorded or not facts:
            return []
        known = [number for number in snapshots if self._neighbors().fillable(number)]
        wholes = self._recorded(known, None, "")
        parts = [self._recorded(known, fact, "") for fact in facts]
        return [n for n in known if any(_models(counts[n]) < _models(wholes[n]) - 1e-6 for counts in parts)]

    def _counted(self, snapshots: Sequence[int], dimension: Dimension | None, task: str) -> dict[int, list[Count]]:
        """Return rollups of snapshots, counted from their rows with facts filled in, limited to the models that fit."""
        keys = {number: (self._filled_key(number), dimension, task) for number in snapshots}
        cached = {number: _COUNTS.get(key) for number, key in keys.items()}
        missing = [number for number, counts in cached.items() if counts is None]
        self._fill(missing)
        for number in missing:
            counts = [c for c in roll_up(self.models(number)) if c.dimension is dimension and c.task == task]
            cached[number] = counts
            _COUNTS.put(keys[number], counts)
        return {number: counts or [] for number, counts in cached.items()}

    def _fill(self, snapshots: Sequence[int]) -> dict[int, FilledListing]:
        """Return rows with facts filled in; what near snapshots record is read for all of these together."""
        neighbors = self._neighbors()
        wanted = [s for number in snapshots if number not in self._filled and (s := neighbors.fillable(number))]
        keys = {s.id: (self.root, s.id, neighbors.of(s)) for s in wanted}
        for s in wanted:
            cached = FilledListing(self._rows(s.id)) if self._as_recorded else _FILLED.get(keys[s.id])
            if cached is not None:
                self._filled[s.id] = cached
        wanted = [s for s in wanted if s.id not in self._filled]
        if wanted:
            lacking = {model.id for s in wanted for model in self._rows(s.id) if gaps(model)}
            near = sorted({number for s in wanted for number in neighbors.of(s)})
            records = self._records(sorted(lacking), near)
            for s in wanted:
                self._filled[s.id] = listing = filled(self._rows(s.id), s.taken_on, records)
                _FILLED.put(keys[s.id], listing)
        return {n: self._filled.get(n) or FilledListing(self._rows(n)) for n in snapshots}

    def _records(self, model_ids: Sequence[str], snapshots: Sequence[int]) -> dict[str, list[Record]]:
        """Return the dated rows of some models in some snapshots, by the models' present ids."""
        present = {renames.successor(model) for model in model_ids}
        ids = sorted({*model_ids, *present, *(old for model in present for old in renames.former(model))})
        records: dict[str, list[Record]] = {}
        by_id, current = self._neighbors().by_id, {model: renames.successor(model) for model in ids}
        for number, model in self._history.facts(ids, snapshots):
            records.setdefault(current[model.id], []).append((by_id[number].taken_on, model))
        return records


def _models(counts: Sequence[Count]) -> float:
    return sum(count.models for count in counts)
