"""``entries``: which models entered the list and which left it since last month."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.answer import Answer
from analytics.chart import MOST_BARS, ChartKind, Series
from analytics.domain import Dimension, Measure
from analytics.errors import QueryError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, enumerate_, ordinal, plural
from analytics.names.narrowing import OF_THE_ID
from analytics.notes import Remark
from analytics.query import Form, Needs, Option, Query, Rows, Spoken
from analytics.questions import chart_specs
from analytics.questions.comparability import month_before, notes_on_month, nothing_before
from analytics.questions.question import Question, View
from analytics.questions.question_parts import Fields, FollowUpRules, present, with_bounds
from analytics.questions.shifts import since
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking, Share, Shift
    from analytics.domain import Model, Snapshot
    from analytics.storage.history import History

_NAMED = 40
"""Models that entered or left in the list of the answer, unless ``top`` says otherwise: those with most downloads."""
_LEFT_NAMED = 3


def _answer(query: Query, history: History) -> Answer:
    _require_lasting(query)
    view = View(query, history, Dimension.NAMESPACE)
    then, notes = _before(view)
    listings = view.models_of(then), view.models
    before, after = (_ranking(models, ids) for models, ids in zip(listings, comparison.present_ids(listings), strict=True))
    entered, left = _only_in(after, before), _only_in(before, after)
    source = replace(view.source(then), coverage=1.0)
    headline = _headline(entered, left, then)
    shown = (entered or after.shares)[: min(query.top or chart_specs.BARS, MOST_BARS)]
    chart = chart_specs.chart(
        ChartKind.BARS,
        headline,
        source,
        chart_specs.subtitle(source, query, view.task, Measure.DOWNLOADS, over_time=True),
        [f"{share.name}: {percent(share.portion)} of downloads, {ordinal(share.rank or 0)}" for share in shown],
        categories=tuple(share.name for share in shown),
        series=(Series("downloads", tuple(share.portion for share in shown)),),
    )
    first = shown[0].name
    answer = Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=replace(chart, emphasis=(first,)),
        shifts=_changes(before, after, query.top),
        top=query.top,
        notes=(*notes, *_notes_on_left(left)),
        next=(
            str(Query("model", (first,), within=query.within, at=query.at)),
            *(str(Query(word, within=query.within, at=query.at)) for word in ("models", "creators")),
        ),
    )
    return with_bounds(answer, len(entered) + len(left), charted=len(entered))


def _require_lasting(query: Query) -> None:
    """Refuse a filter that a model may come to fit without entering the list."""
    other = next((one.dimension for one in query.filters if one.dimension not in OF_THE_ID), None)
    if other:
        narrowing = f"“entries” can be narrowed by {enumerate_(list(OF_THE_ID), 'or')}, not by {other}"
        raise QueryError(f"{narrowing}, which models can change while they're in the list.", (str(query.but(filters=())),))


def _before(view: View) -> tuple[Snapshot, tuple[str, ...]]:
    """Return the snapshot to compare with, and notes about the choice."""
    if view.query.since:
        snapshots, notes = since(view)
        return snapshots[0], notes
    earlier = month_before(view.scope)
    if not earlier:
        raise nothing_before(view.query, view.scope, f"before {day(view.now.taken_on)}")
    return earlier[0], notes_on_month(view.scope, earlier[0])


def _ranking(models: Sequence[Model], ids: Sequence[str]) -> Ranking:
    """Rank models by downloads under their present ids, so that a renamed one neither enters nor leaves."""
    current = [(replace(model, id=present_id), 1.0) for model, present_id in zip(models, ids, strict=True)]
    return comparison.model_ranking(current, Measure.DOWNLOADS, sum(model.downloads for model in models))


def _only_in(ranking: Ranking, other: Ranking) -> tuple[Share, ...]:
    names = {share.name for share in other.shares}
    return tuple(share for share in ranking.shares if share.name not in names)


def _changes(before: Ranking, after: Ranking, top: int | None) -> tuple[Shift, ...]:
    changed = [shift for shift in comparison.shifts(before, after) if not (shift.rank_before and shift.rank_after)]
    if not top:
        return tuple(changed[:_NAMED])
    entered, left = ([shift for shift in changed if (shift.rank_after is None) is gone][:top] for gone in (False, True))
    return tuple(shift for shift in changed if shift in entered or shift in left)


def _headline(entered: Sequence[Share], left: Sequence[Share], then: Snapshot) -> str:
    since = f"since {day(then.taken_on)}"
    if not entered and not left:
        return f"No models entered or left the list {since}"
    if not entered:
        return f"{plural(len(left), 'model')} left the list {since}, and none entered"
    models = f"{plural(len(entered), 'model')} with {percent(sum(share.portion for share in entered))} of downloads"
    first = f"{entered[0].name} ({ordinal(entered[0].rank or 0)})"
    return f"{models} entered the list {since}{': ' if len(entered) == 1 else ', led by '}{first}"


def _notes_on_left(left: Sequence[Share]) -> tuple[str, ...]:
    """Describe the models that left: their number, the largest, and their share of downloads."""
    if not left:
        return ()
    named = enumerate_([f"{share.name} ({ordinal(share.rank or 0)})" for share in left[:_LEFT_NAMED]])
    had = f"had {percent(sum(share.portion for share in left))} of downloads then"
    if len(left) <= _LEFT_NAMED:
        return (Remark(f"{named} left the list; {'it' if len(left) == 1 else 'together they'} {had}."),)
    number = plural(len(left), "model")
    return (Remark(f"{number} left the list; together they {had}."), Remark(f"The largest that left were {named}."))


ENTRIES = Question(
    form=Form(
        "entries",
        frozenset({Option.IN, Option.TASK, Option.TOP, Option.AT, Option.SINCE}),
        aliases=("exits", "newcomers", "arrivals", "departures"),
        example="entries",
        needs=Needs(Rows.ALL, earlier=True),
        spoken=Spoken(
            (
                *(
                    "entered",
                    "entries",
                    "entry",
                    "newcomer",
                    "newcomers",
                    "new",
                    "whats new",
                    "new models",
                    "left",
                    "dropped out",
                ),
                *("came and went", "exits", "dropped", "entered and left", "joined", "fell out", "disappeared", "arrived"),
                *("arrivals", "departures", "new entries", "dropouts"),
            ),
            priority=-1,
            measures=frozenset(),
            over_time=False,
        ),
    ),
    summary="Which models entered the list and which left it since last month",
    examples=("entries", "entries in trending", "entries since 2026-01"),
    answer=_answer,
    charts=frozenset({ChartKind.BARS}),
    fields=Fields(sometimes=frozenset({"shifts"})),
    follow_ups=FollowUpRules(names=present),
    title=lambda answer: "New models" if any(not shift.rank_before for shift in answer.shifts) else "Models",
    brief="models that entered or left",
)
