"""``models``: the models of the list by downloads or likes, and their ranks over time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.answer import Answer, Moment
from analytics.chart import MOST_BARS, ChartKind, Unit
from analytics.domain import KEPT_ROWS, Dimension, ListName, Measure
from analytics.errors import QueryError
from analytics.formatting.numbers import count, percent
from analytics.formatting.phrases import day, of_measure, ordinal, plural
from analytics.query import About, Form, Needs, Option, Query, Rows, Spoken
from analytics.questions import chart_specs
from analytics.questions.question import Question, View, no_likes
from analytics.questions.question_parts import Fields, FollowUpRules, ranked, with_bounds
from analytics.questions.shifts import since
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking
    from analytics.domain import Snapshot
    from analytics.storage.history import History


def _answer(query: Query, history: History) -> Answer:
    if query.by is Measure.MODELS:
        message = "“models” ranks single models, so it works by downloads or by likes only."
        raise QueryError(message, (str(query.but(by=None)), str(query.but(by=Measure.LIKES))))
    view = View(query, history, Dimension.NAMESPACE)
    if view.partial and query.since:
        message = "“models” over time isn't available for the whole Hub. Try another list."
        raise QueryError(message, (str(query.but(since=None)), str(query.but(within=ListName.TOP))))
    return _answer_over_time(view) if query.since else _answer_at_date(view)


def _ranking(view: View, snapshot: Snapshot, present_ids: Sequence[str] = ()) -> Ranking:
    """Rank the models of a snapshot, under their present ids where these are given."""
    by, models = view.leading, view.models_of(snapshot)
    if present_ids:
        models = tuple(replace(model, id=present) for model, present in zip(models, present_ids, strict=True))
    if by is Measure.LIKES and all(m.likes is None for m in models):
        raise no_likes(snapshot, view.query)
    if not view.partial:
        return comparison.model_ranking([(m, 1.0) for m in models], by, sum(comparison.value_of(m, by) for m in models))
    # Rows are stored of the leaders by any measure; the first of them are the leaders by this one.
    ranking = comparison.model_ranking([(m, 1.0) for m in models], by, view.whole_of(by))
    return replace(ranking, shares=ranking.shares[:KEPT_ROWS])


def _answer_at_date(view: View) -> Answer:
    query = view.query
    ranking = _ranking(view, view.now)
    first = ranking.shares[0]
    ten = sum(share.portion for share in ranking.shares[:10])
    rest = f"; the top ten have {percent(ten)}" if len(ranking.shares) > 10 else ""
    whole = f"{view.task} {ranking.by}" if view.task else f"their {ranking.by}" if view.history.filters else "the list"
    unit = ranking.by.removesuffix("s") if first.value == 1 else ranking.by
    headline = f"{first.name} leads with {count(first.value)} {unit} ({percent(first.portion)} of {whole}){rest}"
    source = replace(view.source(), coverage=1.0)
    shown = ranking.shares[: min(query.top or chart_specs.BARS, MOST_BARS)]
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
    answer = Answer(
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
    return with_bounds(answer, len(ranking.shares), partial=view.partial)


def _answer_over_time(view: View) -> Answer:
    query = view.query
    snapshots, notes = since(view)
    ids = comparison.present_ids([view.models_of(s) for s in snapshots])
    moments = tuple(Moment(s.taken_on, _ranking(view, s, present)) for s, present in zip(snapshots, ids, strict=True))
    first, last = moments[0].ranking, moments[-1].ranking
    then, now = ({share.name for share in side.shares} for side in (first, last))
    source = replace(view.source(snapshots[0]), coverage=1.0)
    leader, before = last.shares[0], comparison.find(first, last.shares[0].name)
    change = f"up from {ordinal(before.rank)}" if before and before.rank else "new to the list"
    leads = "still leads" if before and before.rank == 1 else f"now leads, {change}"
    entered = plural(len(now - then), "model") if now - then else "no models"
    came = "came in" if view.history.filters else "entered the list"  # they may have changed what they declare
    headline = f"{leader.name} {leads}; {entered} {came} since {day(snapshots[0].taken_on)}"
    names = [share.name for share in last.shares[: min(query.top or chart_specs.LINES, chart_specs.LINES)]]
    chart_moments = chart_specs.drawable(moments)
    kind, series, unit = chart_specs.timed(ChartKind.BUMP, chart_moments, names, None)
    details = [f"{share.name}: {count(share.value)} {of_measure(last.by)}" for share in last.shares[:6]]
    subtitle = chart_specs.subtitle(source, query, view.task, view.leading, over_time=True)
    chart = chart_specs.chart(
        kind, headline, source, subtitle, details, categories=chart_specs.dates(chart_moments), series=series
    )
    answer = Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=replace(chart, unit=unit, emphasis=(leader.name,)),
        rankings=(last,),
        top=query.top,
        series=tuple(replace(m, ranking=replace(m.ranking, shares=m.ranking.shares[: query.top or 30])) for m in moments),
        shifts=comparison.shifts(first, last)[: query.top],
        notes=notes,
        next=(str(Query("model", (leader.name,), within=query.within)), str(query.but(since=None)), "movers"),
    )
    return with_bounds(answer, len(last.shares), chart_specs.LINES, partial=view.partial)


MODELS = Question(
    form=Form(
        "models",
        frozenset(Option),
        aliases=("leaderboard",),
        example="models",
        singular="model",
        about=About.MODELS,
        needs=Needs(Rows.SOME),
        spoken=Spoken(measures=frozenset({Measure.DOWNLOADS, Measure.LIKES})),
    ),
    summary="The models in the list, by downloads or by likes",
    examples=("models", "models by likes top 10", "models task fill-mask"),
    answer=_answer,
    charts=frozenset({ChartKind.BARS, ChartKind.BUMP, ChartKind.SLOPE}),
    fields=Fields(frozenset({"rankings"}), frozenset({"series", "shifts"})),
    follow_ups=FollowUpRules(names=ranked, measures=frozenset({Measure.DOWNLOADS, Measure.LIKES}), one_measure=True),
    needs_rows=lambda query: query.since is not None,
)
