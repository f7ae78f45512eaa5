"""``entries``: which models came into the list and which left it, since the month before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.answer import Answer
from analytics.chart import ChartKind, Series
from analytics.domain import Dimension, Measure
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, enumerate_, ordinal, plural
from analytics.names import renames
from analytics.query import Form, Option, Query
from analytics.questions import chart_specs
from analytics.questions.comparability import month_before, notes_on_month, nothing_before
from analytics.questions.question import Question, View
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking, Share, Shift
    from analytics.domain import Model, Snapshot
    from analytics.storage.history import History

_NAMED = 40
"""Models that came or left that are listed, unless ``top`` says otherwise: those with most downloads."""
_LEFT_NAMED = 3


def _answer(query: Query, history: History) -> Answer:
    view = View(query, history, Dimension.NAMESPACE)
    then, notes = _before(view)
    was, now_is = _ranked(view.models_of(then)), _ranked(view.models)
    came, left = _only_in(now_is, was), _only_in(was, now_is)
    source = replace(view.source(then), coverage=1.0)
    headline = _headline(came, left, then)
    shown = (came or now_is.shares)[: min(query.top or chart_specs.BARS, chart_specs.BARS)]
    chart = chart_specs.chart(
        ChartKind.BARS,
        headline,
        source,
        chart_specs.subtitle(source, query, view.task, Measure.DOWNLOADS, over_time=True),
        [f"{share.name}: {percent(share.portion)} of downloads, {ordinal(share.rank)}" for share in shown],
        categories=tuple(share.name for share in shown),
        series=(Series("downloads", tuple(share.portion for share in shown)),),
    )
    first = shown[0].name
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=replace(chart, emphasis=(first,)),
        shifts=_changes(was, now_is, query.top or _NAMED),
        top=query.top,
        notes=(*notes, *_gone(left)),
        next=(
            str(Query("model", (first,), within=query.within, at=query.at)),
            *(str(Query(word, within=query.within, at=query.at)) for word in ("models", "creators")),
        ),
    )


def _before(view: View) -> tuple[Snapshot, tuple[str, ...]]:
    """Find what to compare with, and what there is to say about it."""
    if view.query.since:
        past = view.past()
        return past.snapshots[0], past.notes
    earlier = month_before(view.scope)
    if not earlier:
        raise nothing_before(view.query, view.scope, f"before {view.now.taken_on:%Y-%m-%d}")
    return earlier[0], notes_on_month(view.scope, earlier[0])


def _ranked(models: Sequence[Model]) -> Ranking:
    """Rank by downloads under the names that models have today: who was renamed neither came nor left."""
    today = [(replace(model, id=renames.successor(model.id)), 1.0) for model in models]
    return comparison.model_ranking(today, Measure.DOWNLOADS, sum(model.downloads for model in models))


def _only_in(one: Ranking, other: Ranking) -> tuple[Share, ...]:
    there = {share.name for share in other.shares}
    return tuple(share for share in one.shares if share.name not in there)


def _changes(was: Ranking, now_is: Ranking, most: int) -> tuple[Shift, ...]:
    return tuple(shift for shift in comparison.shifts(was, now_is) if not (shift.rank_before and shift.rank_after))[:most]


def _headline(came: Sequence[Share], left: Sequence[Share], then: Snapshot) -> str:
    since = f"since {day(then.taken_on)}"
    if not came and not left:
        return f"No model entered or left the list {since}"
    if not came:
        return f"No model entered the list {since}; {plural(len(left), 'model')} left it"
    carry = "carries" if len(came) == 1 else "carry"
    have = f"{carry} {percent(sum(share.portion for share in came))} of downloads"
    return f"{plural(len(came), 'model')} entered the list {since} and {have}, led by {came[0].name} ({ordinal(came[0].rank)})"


def _gone(left: Sequence[Share]) -> tuple[str, ...]:
    """Say how many left, what they had, and who the largest were."""
    if not left:
        return ()
    named = enumerate_([f"{share.name} ({ordinal(share.rank)})" for share in left[:_LEFT_NAMED]])
    had = f"{percent(sum(share.portion for share in left))} of the downloads of then"
    if len(left) <= _LEFT_NAMED:
        return (f"{named} left it, with {had}.",)
    return (f"{plural(len(left), 'model')} left it, with {had}; the largest were {named}.",)


ENTRIES = Question(
    form=Form(
        "entries",
        frozenset({Option.IN, Option.TASK, Option.TOP, Option.AT, Option.SINCE}),
        aliases=("exits", "newcomers", "arrivals", "departures"),
        example="entries",
    ),
    summary="Which models entered the list and which left it since the month before",
    examples=("entries", "entries in trending", "entries since 2026-01"),
    answer=_answer,
    brief="who came and went",
)
