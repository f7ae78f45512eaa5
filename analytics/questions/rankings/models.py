"""``models``: the list itself, by downloads or likes; over time, who stood where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.answer import Answer, Moment
from analytics.chart import ChartKind, Unit
from analytics.domain import KEPT_ROWS, Dimension, ListName, Measure
from analytics.errors import NoDataError, QueryError
from analytics.formatting.numbers import count, percent
from analytics.formatting.phrases import day, of_measure, plural
from analytics.query import Form, Option, Query
from analytics.questions import chart_specs
from analytics.questions.question import Question, View
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking
    from analytics.domain import Model
    from analytics.storage.history import History


def _answer(query: Query, history: History) -> Answer:
    if query.by is Measure.MODELS:
        message = "“models” counts single models: by downloads or by likes, not by models."
        raise QueryError(message, (str(query.but(by=None)), str(query.but(by=Measure.LIKES))))
    view = View(query, history, Dimension.NAMESPACE)
    if view.partial and query.since:
        message = "Nobody enters or leaves the whole Hub's list but by being made: “models” over time is told of the other lists."
        raise QueryError(message, (str(query.but(since=None)), str(query.but(within=ListName.TOP))))
    return _over_time(view) if query.since else _now(view)


def _ranking(view: View, models: Sequence[Model], when: str) -> Ranking:
    by = view.leading
    if by is Measure.LIKES and all(m.likes is None for m in models):
        raise NoDataError(f"The source of {when} does not record likes.", (str(view.query.but(by=None)),))
    if not view.partial:
        return comparison.model_ranking([(m, 1.0) for m in models], by, sum(comparison.value_of(m, by) for m in models))
    # Rows are kept of those that lead by one measure; those that lead by this one are the first of them.
    found = comparison.model_ranking([(m, 1.0) for m in models], by, view.whole_of(by))
    return replace(found, shares=found.shares[:KEPT_ROWS])


def _now(view: View) -> Answer:
    query = view.query
    ranking = _ranking(view, view.models, str(view.now.taken_on))
    first = ranking.shares[0]
    ten = sum(share.portion for share in ranking.shares[:10])
    rest = f"; the first ten carry {percent(ten)}" if len(ranking.shares) > 10 else ""
    headline = f"{first.name} leads with {count(first.value)} {ranking.by}, {percent(first.portion)} of the list{rest}"
    source = replace(view.source(), coverage=1.0)
    shown = ranking.shares[: min(query.top or chart_specs.BARS, chart_specs.BARS)]
    chart = chart_specs.chart(
        ChartKind.BARS,
        headline,
        source,
        chart_specs.subtitle(source, query, view.task, view.leading),
        [f"{s.name}: {count(s.value)}" for s in shown],
        categories=tuple(s.name for s in shown),
        series=chart_specs.values(ranking.by, shown),
    )
    since = chart_specs.year_back(view.scope)
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=replace(chart, unit=Unit.COUNT, emphasis=(shown[0].name,)),
        rankings=(ranking,),
        top=query.top,
        next=(
            str(Query("model", (first.name,), within=query.within, at=query.at)),
            *([str(query.but(since=since, top=None))] if since else []),
            *([str(Query("likes", within=query.within, at=query.at))] if view.whole.likes is not None else ["creators"]),
        ),
    )


def _over_time(view: View) -> Answer:
    query = view.query
    past = view.past()
    snapshots = past.snapshots
    moments = tuple(Moment(s.taken_on, _ranking(view, view.models_of(s), str(s.taken_on))) for s in snapshots)
    first, last = moments[0].ranking, moments[-1].ranking
    then, now = ({share.name for share in side.shares} for side in (first, last))
    source = replace(view.source(snapshots[0]), coverage=1.0)
    leader, was = last.shares[0], comparison.find(first, last.shares[0].name)
    stayed = "still leads" if was and was.rank == 1 else f"leads now, {f'up from {was.rank}' if was else 'new in the list'}"
    headline = f"{leader.name} {stayed}; {plural(len(now - then), 'model')} entered the list since {day(snapshots[0].taken_on)}"
    names = [share.name for share in last.shares[: min(query.top or chart_specs.LINES, chart_specs.LINES)]]
    drawn = chart_specs.drawable(moments)
    kind, series, unit = chart_specs.timed(ChartKind.BUMP, drawn, names, None)
    details = [f"{share.name}: {count(share.value)} {of_measure(last.by)}" for share in last.shares[:6]]
    under = chart_specs.subtitle(source, query, view.task, view.leading, over_time=True)
    chart = chart_specs.chart(kind, headline, source, under, details, categories=chart_specs.dates(drawn), series=series)
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=replace(chart, unit=unit, emphasis=(leader.name,)),
        rankings=(last,),
        top=query.top,
        series=tuple(replace(m, ranking=replace(m.ranking, shares=m.ranking.shares[: query.top or 30])) for m in moments),
        shifts=comparison.shifts(first, last)[: query.top],
        notes=past.notes,
        next=(str(Query("model", (leader.name,), within=query.within)), str(query.but(since=None)), "movers"),
    )


MODELS = Question(
    form=Form("models", frozenset(Option), aliases=("leaderboard",), example="models", singular="model"),
    summary="The list itself, by downloads or by likes",
    examples=("models", "models by likes top 10", "models task fill-mask"),
    answer=_answer,
)
