"""Question: what can be asked, declared once; and View: the numbers that one query looks at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from analytics import compare
from analytics.answer import Moment, Source
from analytics.domain import Count, Dimension, Measure
from analytics.errors import NoDataError
from analytics.phrases import of_list
from analytics.resolve import resolve
from analytics.scope import scope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.answer import Answer, Ranking
    from analytics.domain import Model, Snapshot
    from analytics.history import History
    from analytics.query import Form, Query


@dataclass(frozen=True, slots=True)
class Question:
    """One kind of question. Help, App Home, the command line and the playground are made from these."""

    form: Form
    summary: str
    """What it answers, for a list of commands: a phrase without a full stop."""
    examples: tuple[str, ...]
    """Whole queries, the plainest first."""
    answer: Callable[[Query, History], Answer]


class View:
    """One query's look at the history: the snapshot it is asked at, and rankings in one dimension there and elsewhere."""

    def __init__(self, query: Query, history: History, dimension: Dimension) -> None:
        """Find the snapshot. Raises NoDataError when there is none and QueryError for an unknown task."""
        self.query = query
        self.history = history
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
        return tuple(m for m in models if self.task in compare.weights_of(m, Dimension.TASK)) if self.task else models

    @cached_property
    def whole(self) -> Count:
        """The whole list (of that task), counted."""
        return self._wholes([self.now])[self.now.id]

    def _wholes(self, snapshots: Sequence[Snapshot]) -> dict[int, Count]:
        found = dict(self.history.counts([s.id for s in snapshots], None, self.task))
        return {s.id: found.get(s.id) or Count(None, "", self.task, 0, 0, None) for s in snapshots}

    def _counts(self, snapshots: Sequence[Snapshot]) -> dict[int, list[Count]]:
        stored = Dimension.NAMESPACE if self.dimension is Dimension.CREATOR else self.dimension
        grouped: dict[int, list[Count]] = {s.id: [] for s in snapshots}
        for snapshot, count in self.history.counts(list(grouped), stored, self.task):
            grouped[snapshot].append(count)
        return grouped

    @cached_property
    def names(self) -> frozenset[str]:
        """The names in the snapshot that is asked about (namespaces, for creators)."""
        return frozenset(count.name for count in self._counts([self.now])[self.now.id])

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
        counts, wholes = self._counts(snapshots), self._wholes(snapshots)
        if by is Measure.LIKES and wholes[snapshots[-1].id].likes is None:
            raise NoDataError(f"The source of {snapshots[-1].taken_on:%Y-%m-%d} does not record likes.", self._without_measure())
        if not counts[snapshots[-1].id]:
            raise NoDataError(
                f"The source of {snapshots[-1].taken_on:%Y-%m-%d} records no {self.dimension} of any model.",
                ("creators", "tasks"),
            )
        return tuple(
            Moment(s.taken_on, compare.ranking(counts[s.id], wholes[s.id], by, self.dimension))
            for s in snapshots
            if counts[s.id] and not (by is Measure.LIKES and wholes[s.id].likes is None)
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
