"""Neighbors: where one can go from an answer. Knows which questions have an answer without asking them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.answer import Near, Offer
from analytics.domain import Dimension, ListName, Measure
from analytics.errors import NoDataError
from analytics.formatting.phrases import name
from analytics.language.grammar import LONGEST_TEXT
from analytics.names import grouping, renames
from analytics.names.resolve import dimension_named, lookup
from analytics.query import Option, Period, Query
from analytics.questions.comparability import month_before, months_beside, scope
from analytics.statistics.correlation import correlate
from analytics.storage.request_cache import RequestCache

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from analytics.answer import Answer
    from analytics.domain import Snapshot
    from analytics.query import Form
    from analytics.storage.history import History

_MONTHS = (3, 6, 12)
"""How far back the ranges reach, besides the whole history."""
_LEADING = 8
"""Names offered of each kind."""
_NOT_ALONE = {Dimension.NAMESPACE, Dimension.ACCESS, Dimension.DERIVATION}
"""Dimensions of which no single name can be asked about."""
_ONE_NAME = {dimension.value: dimension for dimension in Dimension if dimension not in _NOT_ALONE}
_ALL_NAMES = {dimension.plural: dimension for dimension in Dimension}
_ONE_MEASURE = {"models", "movers", "forecast"}
"""Questions that count by one measure at a time: without ``by``, by downloads."""


def neighbors(query: Query, form: Form, answer: Answer, history: History) -> Near:
    """Find what may be asked from here: by another measure, in another month, over another time, of a part.

    ``history`` is read for a few more snapshots' rollups at most; no question is asked.
    """
    if query.word == "compare" and not answer.rankings:
        return Near()  # two dates: the question is bound to them
    around = _Around(query, form, answer, history)
    earlier, later = around.months()
    return Near(around.measures(), earlier, later, around.ranges(), around.inside())


class _Around:
    """One answered question, and what its history has beside it."""

    def __init__(self, query: Query, form: Form, answer: Answer, history: History) -> None:
        self.asked = query
        self.form = form
        self.answer = answer
        self.history = history if isinstance(history, RequestCache) else RequestCache(history)
        self.scope = scope(query, history)
        self.now = self.scope.now
        self.dimension = self._dimension()
        self._known: dict[tuple[int, Dimension, str], frozenset[str]] = {}
        self.task = self._task()
        self.query = self._named()
        self._there: dict[int, bool] = {}

    def _dimension(self) -> Dimension | None:
        """Return what the question ranks or compares; ``None`` for single models."""
        word, names = self.asked.word, self.asked.names
        if word in {"movers", "concentration", "forecast"}:
            return dimension_named(names[0]) if names else Dimension.CREATOR
        if word == "compare":
            return Dimension(self.answer.rankings[0].of)
        return _ONE_NAME.get(word) or _ALL_NAMES.get(word)

    def _task(self) -> str:
        if self.asked.task is None:
            return ""
        return lookup(self.asked.task, Dimension.TASK, self._names(self.now, Dimension.TASK)) or self.asked.task

    def _named(self) -> Query:
        """Return the question with the name as the data have it: what was typed may mean another model in another month."""
        if self.asked.word not in {*_ONE_NAME, "model"}:
            return self.asked
        told = [share.name for ranking in self.answer.rankings for share in ranking.shares]
        return self.asked.but(names=(*told, *(shift.name for shift in self.answer.shifts))[:1])

    def measures(self) -> tuple[Offer, ...]:
        """Offer the question by each measure."""
        if Option.BY not in self.form.options:
            return ()
        one = self.asked.word in _ONE_MEASURE or self.asked.since is not None
        ways: list[tuple[Measure | None, str]] = [(by, f"By {by}") for by in Measure]
        if not one:
            ways = [(None, "Models and downloads"), *ways]
        elif self.asked.by is not Measure.DOWNLOADS:
            ways = [(None if by is Measure.DOWNLOADS else by, label) for by, label in ways]
        return self._choice((label, self.query.but(by=by), by is self.asked.by) for by, label in ways)

    def months(self) -> tuple[Offer | None, Offer | None]:
        """Offer the question in the months before and after."""
        if Option.AT not in self.form.options:
            return None, None
        before, after = months_beside(self.asked, self.scope, self.history)
        return self._in_month(before), self._in_month(after)

    def _in_month(self, month: Period | None) -> Offer | None:
        asked = self.query.but(at=month)
        return Offer(_label(month), str(asked)) if month and self._has_answer(asked) else None

    def ranges(self) -> tuple[Offer, ...]:
        """Offer the question now and over time, as far back as there are snapshots of that kind."""
        if Option.SINCE not in self.form.options:
            return ()
        now = "Against the month before" if self.asked.word == "movers" else "Now"
        ways: list[tuple[str, Period | None]] = [(now, None)]
        first = self._first()
        if first:
            spans = [(f"Last {months} months", _back(self.now.taken_on, months)) for months in _MONTHS]
            ways += [(label, since) for label, since in spans if first < since]
            ways.append((f"All, since {_label(first)}", first))
        if self.asked.since not in {since for _, since in ways}:
            ways.append((f"Since {_label(self.asked.since)}", self.asked.since))
        return self._choice((label, self.query.but(since=since), since == self.asked.since) for label, since in ways)

    def _first(self) -> Period | None:
        """Return the first month of a comparable snapshot that records what is asked; looks at one snapshot a year."""
        yearly: dict[int, Snapshot] = {}
        for snapshot in self.scope.comparable[:-1]:
            yearly.setdefault(snapshot.taken_on.year, snapshot)
        found = next((s for s in yearly.values() if self._records(s, self.asked.by)), None)
        return Period(found.taken_on.year, found.taken_on.month) if found else None

    def inside(self) -> tuple[tuple[str, tuple[Offer, ...]], ...]:
        """Offer what the answer is made of: the names of a ranking, the creators and models under a name."""
        answer, found = self.answer, []
        if answer.creators:
            found.append(("Creators", self._singles(Dimension.CREATOR, [s.name for s in answer.creators.shares])))
        if answer.models:
            found.append(("Models", self._models([s.name for s in answer.models.shares])))
        if self.asked.word == "models":
            found.append(("Models", self._models([s.name for s in answer.rankings[-1].shares])))
        if self.asked.word == "likes":
            found.append(("Models", self._models(answer.chart.emphasis)))
        if self.dimension and self.asked.word in _ALL_NAMES:
            found.append((self.dimension.plural.capitalize(), self._singles(self.dimension, self._leading())))
        if self.dimension and self.asked.word == "movers":
            moved = [shift.name for shift in answer.shifts if shift.rank_after]
            found.append((self.dimension.plural.capitalize(), self._singles(self.dimension, moved)))
        if self.dimension and self.asked.word == "forecast":
            told = dict.fromkeys(one.name for one in answer.forecasts)
            found.append((self.dimension.plural.capitalize(), self._singles(self.dimension, list(told))))
        return tuple((kind, offers) for kind, offers in found if offers)

    def _leading(self) -> Sequence[str]:
        return [share.name for share in self.answer.rankings[-1].shares]

    def _singles(self, dimension: Dimension, names: Sequence[str]) -> tuple[Offer, ...]:
        single = Dimension.CREATOR if dimension is Dimension.NAMESPACE else dimension
        if single in _NOT_ALONE:
            return ()
        known = self._names(self.now, single)
        task = None if dimension is Dimension.TASK else self.asked.task
        return _short(
            Offer(name(dimension, one), str(self.asked.but(word=single.value, names=(one,), task=task, top=None, since=None)))
            for one in names[:_LEADING]
            if lookup(one, single, known)
        )

    def _models(self, ids: Sequence[str]) -> tuple[Offer, ...]:
        if self.now.list is ListName.HUB:
            return ()  # a row may be kept for its likes, and then its rank has a gap before it
        within, at = self.asked.within, self.asked.at
        return _short(Offer(one, str(Query("model", (one,), within=within, at=at))) for one in ids[:_LEADING])

    def _choice(self, ways: Iterable[tuple[str, Query, bool]]) -> tuple[Offer, ...]:
        """Offer what has an answer, and the question itself in its own words; nothing where that is all."""
        found = [
            Offer(label, str(self.asked if same else query)) for label, query, same in ways if same or self._has_answer(query)
        ]
        return tuple(found) if len(found) > 1 else ()

    def _has_answer(self, query: Query) -> bool:
        """Tell whether a question of the same form has an answer; some that have one are not seen to have it."""
        of_models = query.word == "models" or (query.word == "concentration" and query.names and self.dimension is None)
        if query.word == "forecast" and query.by is Measure.LIKES:
            return False  # six months would have to record them
        if query.within is ListName.HUB and query.word == "models" and query.since:
            return False
        if (of_models and query.by is Measure.MODELS) or len(str(query)) > LONGEST_TEXT:
            return False
        try:
            found = scope(query, self.history)
        except NoDataError:
            return False
        compared: tuple[Snapshot, ...] = ()
        if query.since:
            start = query.since.start
            compared = tuple(s for s in found.comparable[:-1] if s.taken_on >= start)[:1]
        elif query.word == "movers":
            compared = month_before(found)[:1]
        if not compared and (query.since or query.word == "movers"):
            return False
        return all(self._records(s, query.by) for s in (*compared, found.now)) and self._names_there(found.now)

    def _records(self, snapshot: Snapshot, by: Measure | None) -> bool:
        """Tell whether a snapshot records the task, the likes and the dimension that are asked about."""
        if self.asked.word == "model":
            return True
        whole = next((count for _, count in self.history.counts([snapshot.id], None, self.task)), None)
        if whole is None or (by is Measure.LIKES and whole.likes is None):
            return False
        if self.dimension is None or grouping.stored(self.dimension) is Dimension.NAMESPACE:
            return True  # every model's id tells its namespace
        return bool(self._names(snapshot, self.dimension, self.task))

    def _names_there(self, snapshot: Snapshot) -> bool:
        """Tell whether what the question names, or correlates, is in a snapshot."""
        word = self.asked.word
        if word == "model":
            ids = [*self.query.names, *renames.former(self.query.names[0])]
            return snapshot.id in {number for number, _, _ in self.history.trail(ids, snapshot.list)}
        if word == "likes":
            return self._correlate(snapshot)
        if self.dimension is None or not self.query.names or word in {"movers", "concentration", "forecast"}:
            return True
        if snapshot.id not in self._there:
            self._there[snapshot.id] = self._all_there(snapshot, self.dimension)
        return self._there[snapshot.id]

    def _all_there(self, snapshot: Snapshot, dimension: Dimension) -> bool:
        names = self._names(snapshot, dimension)
        found = [lookup(one, dimension, names) for one in self.query.names]
        if self.asked.word == "compare":
            return None not in found
        present = self._names(snapshot, dimension, self.task)
        return found[0] in present or any(grouping.folded(dimension, one) == found[0] for one in present)

    def _correlate(self, snapshot: Snapshot) -> bool:
        models = self.history.models(snapshot.id)
        task = self.task
        try:
            correlate([m for m in models if not task or task in grouping.weights_of(m, Dimension.TASK)])
        except ValueError:
            return False
        return True

    def _names(self, snapshot: Snapshot, dimension: Dimension, task: str = "") -> frozenset[str]:
        """Return the names that a snapshot has rollups of: of namespaces, for creators."""
        key = (snapshot.id, grouping.stored(dimension), task)
        if key not in self._known:
            counts = self.history.grouped([snapshot.id], grouping.stored(dimension), task)[snapshot.id]
            self._known[key] = frozenset(count.name for count in counts)
        return self._known[key]


def _short(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    return tuple(offer for offer in offers if len(offer.query) <= LONGEST_TEXT)


def _label(month: Period | None) -> str:
    """Return 2026-07 as ``Jul 2026``, a day as ``22 Aug 2026``."""
    if month is None:
        return ""
    return f"{month.day} {month.start:%b %Y}" if month.day else f"{month.start:%b %Y}"


def _back(day: date, months: int) -> Period:
    """Return the month that lies so many before a day's."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return Period(year, month + 1)
