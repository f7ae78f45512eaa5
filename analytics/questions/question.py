"""``Question``, one kind of question; and ``View``, the snapshots and rankings that one query reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from analytics.answer import Coverage, Moment, Source
from analytics.domain import Count, Dimension, ListName, Measure
from analytics.errors import NoDataError
from analytics.formatting.filters import filters_in_words, models_in_words
from analytics.formatting.phrases import day
from analytics.names import grouping
from analytics.names.resolve import resolve
from analytics.query import Query, Rows
from analytics.questions.comparability import scope
from analytics.statistics import comparison
from analytics.storage.request_cache import RequestCache
from analytics.storage.snapshot_cache import SnapshotCache

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.answer import Answer, Ranking
    from analytics.chart import ChartKind
    from analytics.domain import Model, Snapshot
    from analytics.query import Form
    from analytics.questions.question_parts import Fields, FollowUpRules
    from analytics.storage.history import History


_RANKINGS = SnapshotCache["Ranking"](300_000, lambda ranking: 1 + len(ranking.shares))
"""Rankings by snapshot, dimension, task and measure; the size counts names, 300,000 take about 60 MB."""


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of question. Help, App Home, buttons, the command line and the playground are generated from these."""

    form: Form
    summary: str
    """What it answers, for a list of commands: a phrase without a period."""
    examples: tuple[str, ...]
    """Complete queries, the simplest first."""
    answer: Callable[[Query, History], Answer]
    charts: frozenset[ChartKind]
    """The kinds of charts that its answers have."""
    fields: Fields
    follow_ups: FollowUpRules
    title: Callable[[Answer], str] = lambda _: ""
    """Returns what an answer's chart shows, for :func:`analytics.questions.question_parts.with_title`."""
    brief: str = ""
    """What it answers in two to four words, for a line of several commands."""
    needs_rows: Callable[[Query], bool] = lambda _: True
    """Tells whether a query needs the row of every model, where the form says that some do."""

    def needs_every_row(self, query: Query) -> bool:
        """Return whether a query can't be answered from the few rows that are stored of the whole Hub."""
        rows = self.form.needs.rows
        return rows is Rows.ALL or (rows is Rows.SOME and self.needs_rows(query))


class View:
    """The data of one query in one dimension: its snapshot, and the rankings of that and other snapshots."""

    def __init__(self, query: Query, history: History, dimension: Dimension) -> None:
        """Find the snapshot.

        Raises:
            NoDataError: when there is no snapshot, or none of its models has the task.
            QueryError: for an unknown task.

        """
        self.query = query
        self.history = history if isinstance(history, RequestCache) else RequestCache(history, as_recorded=query.as_recorded)
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
            raise NoDataError(f"None of {self.models_in_words} had the task {task} on {day(self.now.taken_on)}.", ("tasks",))
        return task

    @property
    def partial(self) -> bool:
        """Whether the snapshot has rows of the leading models only, and rollups of all."""
        return self.now.list is ListName.HUB

    def whole_of(self, by: Measure) -> float:
        """Return the list's total by a measure."""
        return {Measure.MODELS: self.whole.models, Measure.DOWNLOADS: self.whole.downloads}.get(by, self.whole.likes or 0.0)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The measure asked for, or models and downloads."""
        return (self.query.by,) if self.query.by else (Measure.MODELS, Measure.DOWNLOADS)

    @property
    def leading(self) -> Measure:
        """The measure asked for, or downloads, where only one can be shown."""
        return self.query.by or Measure.DOWNLOADS

    @cached_property
    def models(self) -> tuple[Model, ...]:
        """The snapshot's models, limited to the query's task."""
        return self.models_of(self.now)

    def models_of(self, snapshot: Snapshot) -> tuple[Model, ...]:
        """Return the models of any snapshot, limited to the query's task."""
        models = self.history.models(snapshot.id)
        return tuple(m for m in models if self.task in grouping.weights_of(m, Dimension.TASK)) if self.task else models

    @cached_property
    def whole(self) -> Count:
        """The totals of the list, limited to the query's task."""
        return self._wholes([self.now])[self.now.id]

    def _wholes(self, snapshots: Sequence[Snapshot]) -> dict[int, Count]:
        totals = dict(self.history.counts([s.id for s in snapshots], None, self.task))
        return {s.id: totals.get(s.id) or Count(None, "", self.task, 0, 0, None) for s in snapshots}

    def _counts(self, snapshots: Sequence[Snapshot]) -> dict[int, list[Count]]:
        return self.history.grouped([s.id for s in snapshots], self.stored, self.task)

    @property
    def stored(self) -> Dimension:
        """The dimension of the rollups; creators, kinds and others are summed up from them."""
        return grouping.stored(self.dimension)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names in the snapshot (namespaces, for creators), regardless of the query's task."""
        return frozenset(count.name for count in self.history.grouped([self.now.id], self.stored)[self.now.id])

    def rankings(self) -> tuple[Ranking, ...]:
        """Rank the dimension by each measure asked for.

        Raises:
            NoDataError: when the source does not record this dimension, or likes, where those are asked for.

        """
        return tuple(self.ranking(by) for by in self.measures)

    def ranking(self, by: Measure) -> Ranking:
        """Rank the dimension by one measure in the present snapshot."""
        return self.moments([self.now], by)[0].ranking

    def moments(self, snapshots: Sequence[Snapshot], by: Measure) -> tuple[Moment, ...]:
        """Rank the dimension by one measure in each snapshot that records it.

        Raises:
            NoDataError: when the last one doesn't.

        """
        self._require(snapshots[-1], by)
        keys = {s.id: (self.history.key(s.id, self.stored, self.task), self.dimension, self.task, by) for s in snapshots}
        rankings = {s.id: _RANKINGS.get(keys[s.id]) for s in snapshots}
        missing = [s for s in snapshots if rankings[s.id] is None]
        counts, wholes = self._counts(missing), self._wholes(missing)
        for s in missing:
            if counts[s.id] and not (by is Measure.LIKES and wholes[s.id].likes is None):
                rankings[s.id] = ranking = comparison.ranking(counts[s.id], wholes[s.id], by, self.dimension, s.taken_on)
                _RANKINGS.put(keys[s.id], ranking)
        return tuple(Moment(s.taken_on, cached) for s in snapshots if (cached := rankings[s.id]))

    def recording(self, snapshots: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
        """Return the snapshots that record this dimension, and likes where those are asked for."""
        counts, wholes = self._counts(snapshots), self._wholes(snapshots)
        likes = self.query.by is Measure.LIKES
        return tuple(s for s in snapshots if counts[s.id] and not (likes and wholes[s.id].likes is None))

    def require(self) -> None:
        """Raise NoDataError where the present snapshot doesn't record the dimension or the measure."""
        self._require(self.now, self.leading)

    def _require(self, snapshot: Snapshot, by: Measure) -> None:
        """Raise NoDataError where a snapshot doesn't record the dimension or the measure."""
        if by is Measure.LIKES and self._wholes([snapshot])[snapshot.id].likes is None:
            raise no_likes(snapshot, self.query)
        if not self._counts([snapshot])[snapshot.id]:
            raise NoDataError(
                f"The snapshot from {day(snapshot.taken_on)} doesn't record {self.dimension.plural}.",
                (str(Query("creators", within=self.query.within)),),
            )

    @cached_property
    def coverage(self) -> float:
        """Part of the models whose name in this dimension the source records, 0 to 1."""
        if self.dimension is Dimension.TASK and self.task:
            return 1.0
        recorded = sum(count.models for count in self._counts([self.now])[self.now.id])
        return recorded / self.whole.models if self.whole.models else 0.0

    def source(self, since: Snapshot | None = None, by: Measure | None = None) -> Source:
        """Describe the present snapshot, and the earlier one of a comparison, as the source of an answer.

        ``by``: the only measure of the answer; those of the query by default.
        """
        return Source(
            self.now.list,
            self.now.taken_on,
            round(self.whole.models),
            self.coverage,
            self.now.simulated,
            self.now.source,
            since.taken_on if since else None,
            tuple(
                Coverage(by, self._covered(self.now, by), self._covered(since, by) if since else None)
                for by in ((by,) if by else self.measures)
            ),
            narrowed=filters_in_words(self.history.filters),
            size=self.now.size if self.history.filters else 0,
        )

    @property
    def models_in_words(self) -> str:
        """The models, whatever the task: ``the 300 most-downloaded models``, or those of them that fit the filters."""
        words = filters_in_words(self.history.filters)
        return models_in_words(self.now.list, self.now.size, len(self.history.models(self.now.id)) if words else 0, words)

    def _covered(self, snapshot: Snapshot, by: Measure) -> float:
        """Return the part of a measure whose names a snapshot records, 0 to 1."""
        whole = comparison.measured(self._wholes([snapshot])[snapshot.id], by)
        if not whole or (self.dimension is Dimension.TASK and self.task):
            return 1.0
        return min(sum(comparison.measured(count, by) for count in self._counts([snapshot])[snapshot.id]) / whole, 1.0)


def no_likes(snapshot: Snapshot, query: Query) -> NoDataError:
    """Return the error for a question about likes that a snapshot doesn't record."""
    return NoDataError(f"The snapshot from {day(snapshot.taken_on)} doesn't record likes.", (str(query.but(by=None)),))
