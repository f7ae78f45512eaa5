"""Question: what can be asked, declared once; and View: the numbers that one query looks at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from analytics.answer import Moment, Source
from analytics.domain import Count, Dimension, ListName, Measure
from analytics.errors import NoDataError
from analytics.formatting.phrases import of_list, plural
from analytics.names import grouping
from analytics.names.resolve import resolve
from analytics.query import Query
from analytics.questions.comparability import notes_on, over_time, scope
from analytics.statistics import comparison
from analytics.statistics.attribution import explained, explained_in_part
from analytics.storage.request_cache import RequestCache
from analytics.storage.snapshot_cache import SnapshotCache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analytics.answer import Answer, Ranking, Shift
    from analytics.domain import Model, Snapshot
    from analytics.query import Form
    from analytics.storage.history import History


_RANKINGS = SnapshotCache["Ranking"](300_000, lambda ranking: 1 + len(ranking.shares))
"""Rankings of snapshots, by their names; some 60 MB."""


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of question. Help, App Home, the command line and the playground are made from these."""

    form: Form
    summary: str
    """What it answers, for a list of commands: a phrase without a full stop."""
    examples: tuple[str, ...]
    """Whole queries, the plainest first."""
    answer: Callable[[Query, History], Answer]
    brief: str = ""
    """What it answers in a few words, where a list of commands has one line for several."""


@dataclass(frozen=True, slots=True)
class Past:
    """A dimension over time: the snapshots that record it, at least two, and its rankings there."""

    snapshots: tuple[Snapshot, ...]
    moments: Mapping[Measure, tuple[Moment, ...]]
    notes: tuple[str, ...]

    def shifts(self, most: int | None = None) -> tuple[Shift, ...]:
        """Compare the first ranking with the last, by each measure; the largest change first, ``most`` of each."""
        return tuple(
            shift for series in self.moments.values() for shift in comparison.shifts(series[0].ranking, series[-1].ranking, most)
        )


class View:
    """One query's look at the history: the snapshot it is asked at, and rankings in one dimension there and elsewhere."""

    def __init__(self, query: Query, history: History, dimension: Dimension) -> None:
        """Find the snapshot. Raises NoDataError when there is none and QueryError for an unknown task."""
        self.query = query
        self.history = history if isinstance(history, RequestCache) else RequestCache(history)
        self.dimension = dimension
        self.scope = scope(query, history)
        self.now = self.scope.now
        self.task = self._task(query.task)

    def _task(self, typed: str | None) -> str:
        if typed is None:
            return ""
        known = {count.name for _, count in self.history.counts([self.now.id], Dimension.TASK)}
        task = resolve(typed, Dimension.TASK, known, self.query)
        if task not in known:
            where = of_list(self.now.list, self.now.size)
            raise NoDataError(f"None of {where} on {self.now.taken_on:%Y-%m-%d} has the task {task}.", ("tasks",))
        return task

    @property
    def partial(self) -> bool:
        """Whether there are rows of the leading models only, and of all others the rollups."""
        return self.now.list is ListName.HUB

    def whole_of(self, by: Measure) -> float:
        """Return what the list adds up to by a measure."""
        return {Measure.MODELS: self.whole.models, Measure.DOWNLOADS: self.whole.downloads}.get(by, self.whole.likes or 0.0)

    def explained(self, shifts: Sequence[Shift], then: Snapshot) -> tuple[Shift, ...]:
        """Give shifts by one measure, between an earlier snapshot and that which is asked about, their reasons."""
        before, after = self.models_of(then), self.models
        if not self.partial:
            return explained(shifts, before, after, self.dimension)
        if not shifts:
            return ()
        was, now = (moment.ranking.recorded for moment in self.moments([then, self.now], shifts[0].by))
        return explained_in_part(shifts, (before, was), (after, now), self.dimension)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What to count by: what was asked for, or models and downloads side by side."""
        return (self.query.by,) if self.query.by else (Measure.MODELS, Measure.DOWNLOADS)

    @property
    def leading(self) -> Measure:
        """The one measure where only one can be shown."""
        return self.query.by or Measure.DOWNLOADS

    @cached_property
    def models(self) -> tuple[Model, ...]:
        """The listing that is asked about, with the task if one is given."""
        return self.models_of(self.now)

    def models_of(self, snapshot: Snapshot) -> tuple[Model, ...]:
        """Return a snapshot's models, with the task if one is given."""
        models = self.history.models(snapshot.id)
        return tuple(m for m in models if self.task in grouping.weights_of(m, Dimension.TASK)) if self.task else models

    @cached_property
    def whole(self) -> Count:
        """The whole list (of that task), counted."""
        return self._wholes([self.now])[self.now.id]

    def _wholes(self, snapshots: Sequence[Snapshot]) -> dict[int, Count]:
        found = dict(self.history.counts([s.id for s in snapshots], None, self.task))
        return {s.id: found.get(s.id) or Count(None, "", self.task, 0, 0, None) for s in snapshots}

    def _counts(self, snapshots: Sequence[Snapshot]) -> dict[int, list[Count]]:
        return self.history.grouped([s.id for s in snapshots], self._stored, self.task)

    @property
    def _stored(self) -> Dimension:
        """The dimension that the rollups have: families are added up when asked."""
        return grouping.stored(self.dimension)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names in the snapshot that is asked about (namespaces, for creators), whatever their models' tasks."""
        return frozenset(count.name for count in self.history.grouped([self.now.id], self._stored)[self.now.id])

    def rankings(self) -> tuple[Ranking, ...]:
        """Rank the dimension by each measure asked for.

        Raises:
            NoDataError: when the source does not record this dimension, or likes, where those are asked for.

        """
        return tuple(self.ranking(by) for by in self.measures)

    def ranking(self, by: Measure) -> Ranking:
        """Rank the dimension by one measure in the snapshot that is asked about."""
        return self.moments([self.now], by)[0].ranking

    def moments(self, snapshots: Sequence[Snapshot], by: Measure) -> tuple[Moment, ...]:
        """Rank the dimension by one measure at each snapshot that records it; the last one must."""
        self._require(snapshots[-1], by)
        root = self.history.root
        found = {s.id: _RANKINGS.get((root, s.id, self.dimension, self.task, by)) for s in snapshots}
        missing = [s for s in snapshots if found[s.id] is None]
        counts, wholes = self._counts(missing), self._wholes(missing)
        for s in missing:
            if counts[s.id] and not (by is Measure.LIKES and wholes[s.id].likes is None):
                found[s.id] = made = comparison.ranking(counts[s.id], wholes[s.id], by, self.dimension)
                _RANKINGS.put((root, s.id, self.dimension, self.task, by), made)
        return tuple(Moment(s.taken_on, ranking) for s in snapshots if (ranking := found[s.id]))

    def past(self) -> Past:
        """Rank the dimension over time, since when the query says.

        Raises:
            NoDataError: when fewer than two snapshots record what is asked.

        """
        thinned = over_time(self.query, self.scope)
        self.require()
        recorded = self.recording(thinned)
        left = len(thinned) - len(recorded)
        if len(recorded) < 2:
            what = "likes" if self.query.by is Measure.LIKES else self.dimension.plural
            message = f"Of the snapshots since {self.query.since}, only that of {self.now.taken_on:%Y-%m-%d} records {what}."
            raise NoDataError(message, (str(self.query.but(since=None)),))
        notes = (f"{plural(left, 'snapshot')} that {'record' if left > 1 else 'records'} none of it left out.",) if left else ()
        moments = {by: self.moments(recorded, by) for by in self.measures}
        return Past(recorded, moments, (*notes_on(self.query, self.scope, recorded), *notes))

    def recording(self, snapshots: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
        """Keep the snapshots that record this dimension, and likes where those are asked for."""
        counts, wholes = self._counts(snapshots), self._wholes(snapshots)
        likes = self.query.by is Measure.LIKES
        return tuple(s for s in snapshots if counts[s.id] and not (likes and wholes[s.id].likes is None))

    def require(self) -> None:
        """Refuse, with NoDataError, to go on where the source does not record what is asked."""
        self._require(self.now, self.leading)

    def _require(self, snapshot: Snapshot, by: Measure) -> None:
        """Refuse a snapshot whose source does not record what is asked. No model of that task is not the source's fault."""
        day = f"{snapshot.taken_on:%Y-%m-%d}"
        if by is Measure.LIKES and self._wholes([snapshot])[snapshot.id].likes is None:
            raise NoDataError(f"The source of {day} does not record likes.", self._without_measure())
        if not self._counts([snapshot])[snapshot.id]:
            raise NoDataError(
                f"The source of {day} records no {self.dimension} of any model.",
                (str(Query("creators", within=self.query.within)),),
            )

    def _without_measure(self) -> tuple[str, ...]:
        return (str(self.query.but(by=None)),)

    @cached_property
    def coverage(self) -> float:
        """Part of the models whose name in this dimension the source records."""
        if self.dimension is Dimension.TASK and self.task:
            return 1.0
        recorded = sum(count.models for count in self._counts([self.now])[self.now.id])
        return recorded / self.whole.models if self.whole.models else 0.0

    def source(self, since: Snapshot | None = None) -> Source:
        """Say where the numbers come from."""
        return Source(
            self.now.list,
            self.now.taken_on,
            round(self.whole.models),
            self.coverage,
            self.now.simulated,
            self.now.source,
            since.taken_on if since else None,
        )
