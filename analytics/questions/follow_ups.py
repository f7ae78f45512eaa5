"""Follow-up questions: the same by another measure, month or period, and about a part of the answer.

Whether a follow-up has an answer is told from a few rollups, without asking it. What depends on the question is in its form and
in its :class:`analytics.questions.question_parts.FollowUpRules`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analytics.answer import FollowUp, FollowUps
from analytics.domain import Dimension, ListName, Measure
from analytics.errors import NoDataError
from analytics.formatting.phrases import name, short_day
from analytics.language.grammar import LONGEST_TEXT
from analytics.names import grouping, renames
from analytics.names.resolve import lookup
from analytics.query import About, Option, Period, Query
from analytics.questions.comparability import adjacent_months, month_before, scope
from analytics.questions.question_parts import dimension_of
from analytics.storage.request_cache import RequestCache

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from analytics.answer import Answer
    from analytics.domain import Model, Snapshot
    from analytics.questions.question import Question
    from analytics.storage.history import History

    Singles = Mapping[Dimension | None, str]
    """The words of the questions about one name, by its dimension; ``None`` is a model."""

_MONTHS = (3, 6, 12)
"""Lengths of the periods, besides the whole history."""
_LEADING = 8
"""Names of each kind."""
_NEXT = 2
"""Next questions beside the menus."""


def follow_ups(
    query: Query, question: Question, singles: Singles, answer: Answer, history: History, *, suggestions: Sequence[str]
) -> FollowUps:
    """Return the follow-up questions of an answer. At most a few more snapshots' rollups are read from ``history``.

    ``suggestions``: the answer's next questions.
    """
    builder = _Builder(query, question, singles, answer, history)
    asked = {_plain(str(query)), _plain(str(builder.query))}
    further = tuple(other for other in suggestions if _plain(other) not in asked)[:_NEXT]
    if question.form.about is About.SEVERAL and not answer.rankings:
        return FollowUps(next=further)  # a comparison of two dates has no other date
    earlier, later = builder.months()
    return FollowUps(builder.measures(), earlier, later, builder.ranges(), builder.breakdown(), further)


_IN_MENUS = re.compile(r'("(?:[^"\\]|\\.)*")|\s(?:by|top|at|since) \S+')


def _plain(query: str) -> str:
    """Return a query's text without what the menus change; what stands in quotes is a name."""
    return _IN_MENUS.sub(lambda match: match[1] or "", query)


class _Builder:
    """Builds the follow-ups of one answer."""

    def __init__(self, query: Query, question: Question, singles: Singles, answer: Answer, history: History) -> None:
        self.original = query
        self.question = question
        self.form = question.form
        self.rules = question.follow_ups
        self.singles = singles
        self.answer = answer
        self.history = history if isinstance(history, RequestCache) else RequestCache(history)
        self.scope = scope(query, history)
        self.now = self.scope.now
        self.dimension = dimension_of(self.form, query, answer)
        self._cached_names: dict[tuple[int, Dimension, str], frozenset[str]] = {}
        self.task = self._task()
        self.query = self._resolved()
        self._present: dict[int, bool] = {}

    def _task(self) -> str:
        if self.original.task is None:
            return ""
        return lookup(self.original.task, Dimension.TASK, self._names(self.now, Dimension.TASK)) or self.original.task

    def _resolved(self) -> Query:
        """Return the question with its resolved name: what was typed may mean another model in another month."""
        if self.form.about not in {About.NAME, About.MODEL}:
            return self.original
        names = [share.name for ranking in self.answer.rankings for share in ranking.shares]
        names += [shift.name for shift in self.answer.shifts]
        return self.original.but(names=(*names, *self.original.names)[:1])  # of a name that left, too little may be known

    def measures(self) -> tuple[FollowUp, ...]:
        """Return the question by each measure."""
        if Option.BY not in self.form.options:
            return ()
        single = self.rules.one_measure or self.original.since is not None
        choices: list[tuple[Measure | None, str]] = [(by, f"By {by}") for by in Measure]
        if not single:
            choices = [(None, "Models and downloads"), *choices]
        elif self.original.by is not Measure.DOWNLOADS:
            choices = [(None if by is Measure.DOWNLOADS else by, label) for by, label in choices]
        return self._choice((label, self.query.but(by=by), by is self.original.by) for by, label in choices)

    def months(self) -> tuple[FollowUp | None, FollowUp | None]:
        """Return the question in the months before and after."""
        if Option.AT not in self.form.options:
            return None, None
        before, after = adjacent_months(self.original, self.scope, self.history)
        return self._in_month(before), self._in_month(after)

    def _in_month(self, month: Period | None) -> FollowUp | None:
        original = self.query.but(at=month)
        return FollowUp(_label(month), str(original)) if month and self._has_answer(original) else None

    def ranges(self) -> tuple[FollowUp, ...]:
        """Return the question at present and over several periods, as far back as there are comparable snapshots."""
        if Option.SINCE not in self.form.options:
            return ()
        now = "Since last month" if self.form.needs.earlier else _label(self.original.at) or "Now"
        periods: list[tuple[str, Period | None]] = [(now, None)]
        first = self._first()
        if first:
            spans = [(f"Last {months} months", _back(self.now.taken_on, months)) for months in _MONTHS]
            periods += [(label, since) for label, since in spans if first < since]
            periods.append((f"All, since {_label(first)}", first))
        if self.original.since not in {since for _, since in periods}:
            periods.append((f"Since {_label(self.original.since)}", self.original.since))
        return self._choice((label, self.query.but(since=since), since == self.original.since) for label, since in periods)

    def _first(self) -> Period | None:
        """Return the month of the first comparable snapshot that records what is asked, looking at one snapshot a year."""
        yearly: dict[int, Snapshot] = {}
        for snapshot in self.scope.comparable[:-1]:
            yearly.setdefault(snapshot.taken_on.year, snapshot)
        first = next((s for s in yearly.values() if self._records(s, self.original.by)), None)
        return Period(first.taken_on.year, first.taken_on.month) if first else None

    def breakdown(self) -> tuple[tuple[str, tuple[FollowUp, ...]], ...]:
        """Return questions about the names in the answer, by kind."""
        answer, groups = self.answer, []
        if answer.creators:
            groups.append(("Creators", self._singles(Dimension.CREATOR, [s.name for s in answer.creators.shares])))
        if answer.models:
            groups.append(("Models", self._models([s.name for s in answer.models.shares])))
        names = self.rules.names(answer)
        if self.dimension:
            groups.append((self.dimension.plural.capitalize(), self._singles(self.dimension, names)))
        else:
            groups.append(("Models", self._models(names)))
        return tuple((kind, items) for kind, items in groups if items)

    def _singles(self, dimension: Dimension, names: Sequence[str]) -> tuple[FollowUp, ...]:
        single = Dimension.CREATOR if dimension is Dimension.NAMESPACE else dimension
        if single not in self.singles:
            return ()
        known = self._names(self.now, single)
        task = None if dimension is Dimension.TASK else self.original.task
        query = self.original.but(word=self.singles[single], task=task, top=None, since=None)
        return _short(
            FollowUp(name(dimension, raw), str(query.but(names=(raw,)))) for raw in names[:_LEADING] if lookup(raw, single, known)
        )

    def _models(self, ids: Sequence[str]) -> tuple[FollowUp, ...]:
        if self.now.list is ListName.HUB or None not in self.singles:
            return ()  # some rows are stored for their likes only, so their rank by downloads is unknown
        within, at = self.original.within, self.original.at
        word = self.singles[None]
        return _short(FollowUp(model, str(Query(word, (model,), within=within, at=at))) for model in ids[:_LEADING])

    def _choice(self, options: Iterable[tuple[str, Query, bool]]) -> tuple[FollowUp, ...]:
        """Return those options that have an answer or are the question itself; ``()`` for fewer than two."""
        answered = [
            FollowUp(label, str(self.original if same else query))
            for label, query, same in options
            if same or self._has_answer(query)
        ]
        return tuple(answered) if len(answered) > 1 else ()

    def _has_answer(self, query: Query) -> bool:
        """Return whether a question of the same form has an answer; may be false for one that has, never the reverse."""
        about = self.form.about
        of_models = about is About.CHOICE and self.dimension is None
        if (query.by and query.by not in self.rules.measures) or (of_models and query.by is Measure.MODELS):
            return False
        # The row of a model that was asked for is stored.
        if query.within is ListName.HUB and about is not About.MODEL and self.question.needs_every_row(query):
            return False
        if len(str(query)) > LONGEST_TEXT:
            return False
        try:
            other = scope(query, self.history)
        except NoDataError:
            return False
        compared: tuple[Snapshot, ...] = ()
        if query.since:
            start = query.since.start
            compared = tuple(s for s in other.comparable[:-1] if s.taken_on >= start)[:1]
        elif self.form.needs.earlier:
            compared = month_before(other)[:1]
        if not compared and (query.since or self.form.needs.earlier):
            return False
        return all(self._records(s, query.by) for s in (*compared, other.now)) and self._has_names(other.now)

    def _records(self, snapshot: Snapshot, by: Measure | None) -> bool:
        """Return whether a snapshot records the task, the likes and the dimension of the question."""
        if self.form.about is About.MODEL:
            return True
        whole = next((count for _, count in self.history.counts([snapshot.id], None, self.task)), None)
        if whole is None or (by is Measure.LIKES and whole.likes is None):
            return False
        if self.dimension is None or grouping.stored(self.dimension) is Dimension.NAMESPACE:
            return True  # the namespace is part of every model's id
        return bool(self._names(snapshot, self.dimension, self.task))

    def _has_names(self, snapshot: Snapshot) -> bool:
        """Return whether a snapshot has the question's names, and models enough."""
        if self.form.about is About.MODEL:
            ids = [*self.query.names, *renames.former(self.query.names[0])]
            return snapshot.id in {number for number, _, _ in self.history.trail(ids, snapshot.list)}
        if self.rules.enough and not self.rules.enough(self._models_of(snapshot)):
            return False
        if self.dimension is None or self.form.about not in {About.NAME, About.SEVERAL}:
            return True
        if snapshot.id not in self._present:
            self._present[snapshot.id] = self._has_all(snapshot, self.dimension)
        return self._present[snapshot.id]

    def _has_all(self, snapshot: Snapshot, dimension: Dimension) -> bool:
        names = self._names(snapshot, dimension)
        on = snapshot.taken_on
        resolved = [lookup(raw, dimension, names, on) for raw in self.query.names]
        if self.form.about is About.SEVERAL:
            return None not in resolved
        present = self._names(snapshot, dimension, self.task)
        return resolved[0] in present or any(grouping.grouped_name(dimension, raw, on) == resolved[0] for raw in present)

    def _models_of(self, snapshot: Snapshot) -> list[Model]:
        models, task = self.history.models(snapshot.id), self.task
        return [m for m in models if not task or task in grouping.weights_of(m, Dimension.TASK)]

    def _names(self, snapshot: Snapshot, dimension: Dimension, task: str = "") -> frozenset[str]:
        """Return the names of a snapshot's rollups: namespaces, for creators."""
        key = (snapshot.id, grouping.stored(dimension), task)
        if key not in self._cached_names:
            counts = self.history.grouped([snapshot.id], grouping.stored(dimension), task)[snapshot.id]
            self._cached_names[key] = frozenset(count.name for count in counts)
        return self._cached_names[key]


def _short(items: Iterable[FollowUp]) -> tuple[FollowUp, ...]:
    return tuple(item for item in items if len(item.query) <= LONGEST_TEXT)


def _label(month: Period | None) -> str:
    """Return ``Jul 2026`` for a month, ``Aug 22, 2026`` for a day."""
    if month is None:
        return ""
    return short_day(month.start) if month.day else f"{month.start:%b %Y}"


def _back(day: date, months: int) -> Period:
    """Return the month that is ``months`` before that of a day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return Period(year, month + 1)
