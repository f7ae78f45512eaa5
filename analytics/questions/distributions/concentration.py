"""``concentration``: how far a few creators (licenses, tasks, models) carry the list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.answer import Answer, Moment
from analytics.chart import ChartKind, Series
from analytics.domain import Dimension, ListName, Measure
from analytics.errors import NoDataError, QueryError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, of_measure, plural, points
from analytics.names.resolve import dimension_named
from analytics.query import Form, Option, Query
from analytics.questions import chart_specs
from analytics.questions.question import Question, View
from analytics.statistics.comparison import model_ranking, value_of
from analytics.statistics.concentration import LEADERS, Concentration, concentration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking
    from analytics.chart import Chart
    from analytics.domain import Snapshot
    from analytics.storage.history import History

_MODELS = ("model", "models")
_FIRST = tuple("The first" if many == 1 else f"The first {many}" for many in LEADERS)
_LEVEL = 0.05
"""Part of the effective number by which it must have moved to be said to have."""


@dataclass(frozen=True, slots=True)
class _What:
    """What is asked to be concentrated: the names of a dimension, or single models."""

    dimension: Dimension | None
    singular: str
    plural: str


def _answer(query: Query, history: History) -> Answer:
    what = _what(query)
    if what.dimension is None and query.by is Measure.MODELS:
        message = "Every model is one model: their concentration is by downloads or by likes."
        raise QueryError(message, (str(query.but(by=None)), str(query.but(by=Measure.LIKES))))
    view = View(query, history, what.dimension or Dimension.NAMESPACE)
    _told_apart(view, what)
    return _over_time(view, what) if query.since else _now(view, what)


def _what(query: Query) -> _What:
    typed = query.names[0] if query.names else Dimension.CREATOR.value
    if typed.casefold() in _MODELS:
        return _What(None, "model", "models")
    dimension = dimension_named(typed)
    if dimension is None:
        among = [*(one.plural for one in Dimension), "models"]
        message = f"I can tell the concentration of {', '.join(among)}, not of “{typed}”."
        raise QueryError(message, tuple(str(query.but(names=(word,))) for word in among)[:3])
    if dimension is Dimension.TASK and query.task:
        message = "“concentration tasks” is about all tasks, so it cannot be narrowed to one."
        raise QueryError(message, (str(query.but(task=None)), str(query.but(names=("creators",)))))
    return _What(dimension, dimension.value, dimension.plural)


def _told_apart(view: View, what: _What) -> None:
    """Refuse where the small ones are kept as one: they may be anything but that."""
    if view.partial and (what.dimension is None or view.ranking(view.leading).rest):
        message = f"The whole Hub is kept without its small {what.plural}, so their concentration is not known."
        raise NoDataError(message, (str(view.query.but(names=("licenses",))), str(view.query.but(within=ListName.TOP))))


def _measures(view: View, what: _What) -> tuple[Measure, ...]:
    return view.measures if what.dimension or view.query.by else (Measure.DOWNLOADS,)


def _ranking(view: View, what: _What, snapshot: Snapshot, by: Measure) -> Ranking:
    if what.dimension:
        return view.moments([snapshot], by)[0].ranking
    models = view.models_of(snapshot)
    if by is Measure.LIKES and all(model.likes is None for model in models):
        raise NoDataError(f"The source of {snapshot.taken_on} does not record likes.", (str(view.query.but(by=None)),))
    return model_ranking([(m, 1.0) for m in models], by, sum(value_of(m, by) for m in models))


def _found(ranking: Ranking, view: View) -> Concentration:
    try:
        return concentration([share.value for share in ranking.shares])
    except ValueError:
        message = f"There are no {of_measure(ranking.by)} that could be concentrated."
        raise NoDataError(message, (str(view.query.but(by=None)),)) from None


def _now(view: View, what: _What) -> Answer:
    query = view.query
    rankings = tuple(_ranking(view, what, view.now, by) for by in _measures(view, what))
    found = [_found(ranking, view) for ranking in rankings]
    last = found[-1]
    source = view.source() if what.dimension else replace(view.source(), coverage=1.0)
    headline = _headline(last, rankings[-1], what)
    chart = chart_specs.chart(
        ChartKind.PAIRED if len(found) == 2 else ChartKind.BARS,
        headline,
        source,
        chart_specs.subtitle(source, query, view.task, None if len(found) == 2 else rankings[0].by),
        [f"{label}: {percent(part)}" for label, part in zip(_FIRST, last.leaders, strict=True)],
        categories=_FIRST,
        series=tuple(Series(of_measure(r.by), one.leaders) for r, one in zip(rankings, found, strict=True)),
    )
    since = chart_specs.year_back(view.scope)
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=chart if len(found) == 2 else replace(chart, emphasis=_FIRST[:1]),
        rankings=rankings,
        top=query.top,
        statistics=_statistics(last, found[0] if len(found) == 2 else None),
        notes=_notes(last, rankings[-1], what),
        next=(*([str(query.but(since=since))] if since else []), *_elsewhere(query, what))[:3],
    )


def _headline(found: Concentration, ranking: Ranking, what: _What) -> str:
    carry = "carries" if found.n == 1 else "carry"
    three = plural(min(found.n, 3), what.singular)
    equal = f"as concentrated as {found.effective:.1f} equal ones"
    return f"{three} {carry} {percent(found.leaders[1])} of {of_measure(ranking.by)}: {equal}"


def _statistics(last: Concentration, models: Concentration | None) -> dict[str, float]:
    first, three, ten = last.leaders
    found = {"top1": first, "top3": three, "top10": ten, "effective": last.effective, "hhi": last.hhi, "gini": last.gini}
    return {**found, "names": last.n, **({"effective_by_models": models.effective} if models else {})}


def _notes(found: Concentration, ranking: Ranking, what: _What) -> tuple[str, ...]:
    of = f"{plural(found.n, what.singular)} by {of_measure(ranking.by)}"
    return (f"HHI {found.hhi:.3f}, Gini {found.gini:.2f}, effective number {found.effective:.1f} of {of}.",)


def _over_time(view: View, what: _What) -> Answer:
    query = view.query
    past = view.past()
    by = view.leading
    moments = past.moments[by] if what.dimension else _models_over_time(view, what, past.snapshots)
    found = [_found(moment.ranking, view) for moment in moments]
    first, last = found[0], found[-1]
    source = view.source(past.snapshots[0])
    headline = _moved(first, last, moments, what)
    return Answer(
        query=str(query),
        headline=headline,
        source=source if what.dimension else replace(source, coverage=1.0),
        chart=_timed_chart(view, moments, headline),
        rankings=(moments[-1].ranking,),
        top=query.top,
        series=tuple(replace(m, ranking=replace(m.ranking, shares=m.ranking.shares[: query.top or 10])) for m in moments),
        statistics={**_statistics(last, None), "hhi_before": first.hhi, "effective_before": first.effective},
        notes=(*past.notes, *_notes(last, moments[-1].ranking, what)),
        next=(str(query.but(since=None)), *_elsewhere(query, what))[:3],
    )


def _models_over_time(view: View, what: _What, snapshots: Sequence[Snapshot]) -> tuple[Moment, ...]:
    return tuple(Moment(one.taken_on, _ranking(view, what, one, view.leading)) for one in snapshots)


def _moved(first: Concentration, last: Concentration, moments: Sequence[Moment], what: _What) -> str:
    since = day(moments[0].taken_on)
    shift = points(last.leaders[1] - first.leaders[1])
    change = (last.effective - first.effective) / first.effective
    way = "More concentrated than" if change < -_LEVEL else "Less concentrated than" if change > _LEVEL else "As concentrated as"
    lead = f"{way} on {since}"
    return f"{lead}: the first 3 {what.plural} have {percent(last.leaders[1])} of {of_measure(moments[0].ranking.by)} ({shift})"


def _timed_chart(view: View, moments: Sequence[Moment], headline: str) -> Chart:
    drawn = chart_specs.drawable(moments)
    parts = [_found(moment.ranking, view).leaders for moment in drawn]
    source = replace(view.source(), since=drawn[0].taken_on)
    series = tuple(Series(label, tuple(one[place] for one in parts)) for place, label in enumerate(_FIRST))
    kind = ChartKind.SLOPE if len(drawn) == 2 else ChartKind.LINES
    details = [f"{one.name}: {percent(one.values[0] or 0.0)} to {percent(one.values[-1] or 0.0)}" for one in series]
    under = chart_specs.subtitle(source, view.query, view.task, view.leading, over_time=True)
    chart = chart_specs.chart(kind, headline, source, under, details, categories=chart_specs.dates(drawn), series=series)
    return replace(chart, emphasis=(_FIRST[1],))


def _elsewhere(query: Query, what: _What) -> tuple[str, ...]:
    others = [word for word in ("creators", "licenses", "models") if word != what.plural]
    kept = query.but(top=None, by=None if query.by is Measure.MODELS else query.by)
    return tuple(str(kept.but(names=(word,))) for word in others)


CONCENTRATION = Question(
    form=Form("concentration", frozenset(Option), most=1, aliases=("concentrated", "inequality"), example="concentration"),
    summary="How far a few creators, licenses, tasks or models carry the list: HHI, Gini, effective number",
    examples=("concentration", "concentration models", "concentration licenses since 2026-01"),
    answer=_answer,
    brief="a few or many",
)
