"""``movers``: whose share changed most since the month before, and which models made it change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.answer import Answer
from analytics.chart import ChartKind, Series
from analytics.domain import Dimension, Measure
from analytics.errors import QueryError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, name, of_measure, points
from analytics.names.resolve import dimension_named
from analytics.query import Form, Option, Query
from analytics.questions import chart_specs
from analytics.questions.comparability import month_before, notes_on_month, nothing_before
from analytics.questions.question import Question, View
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Reason, Shift
    from analytics.domain import Snapshot
    from analytics.storage.history import History

_EXPLAINED = 12
"""Shifts that get their reasons; the smaller ones are listed without."""
_PART_TOLD = 0.0005
"""A part of a shift that rounds to no tenth of a point is not told."""
_WORTH_TELLING = 0.2
"""Part of a shift from which a model is named in the headline."""


def _answer(query: Query, history: History) -> Answer:
    dimension = dimension_named(query.names[0]) if query.names else Dimension.CREATOR
    if dimension is None:
        among = [one.plural for one in Dimension]
        message = f"I can tell the movers among {', '.join(among)}, not among “{query.names[0]}”."
        raise QueryError(message, tuple(str(query.but(names=(word,))) for word in among)[:3])
    if dimension is Dimension.TASK and query.task:
        message = "“movers tasks” compares the tasks, so it cannot be narrowed to one."
        raise QueryError(message, (str(query.but(task=None)), str(query.but(names=("creators",)))))
    view = View(query, history, dimension)
    by = view.leading
    view.require()
    then, notes = _before(view)
    before, after = view.moments([then, view.now], by)
    found = comparison.shifts(before.ranking, after.ranking)
    changes = [*view.explained(found[:_EXPLAINED], then), *found[_EXPLAINED:]]
    moved = [shift for shift in changes if shift.points][: query.top]
    source = view.source(then)
    headline = _headline(moved, dimension, by, f"{day(then.taken_on)}")
    shown = (moved or changes)[: chart_specs.LINES]  # where nothing moved, the leaders that stayed
    chart = chart_specs.chart(
        ChartKind.SLOPE,
        headline,
        source,
        chart_specs.subtitle(source, query, view.task, by, over_time=True),
        [f"{name(dimension, s.name)}: {percent(s.before)} to {percent(s.after)}" for s in shown],
        categories=(then.taken_on.isoformat(), view.now.taken_on.isoformat()),
        series=tuple(Series(name(dimension, s.name), (s.before, s.after)) for s in shown),
    )
    leader = shown[0].name if shown else None
    present = next((shift.name for shift in shown if shift.rank_after), None)
    singular = Dimension.CREATOR if dimension is Dimension.NAMESPACE else dimension
    alone = present if singular not in {Dimension.ACCESS, Dimension.DERIVATION} else None  # nobody asks for "open" alone
    others = [word for word in ("licenses", "tasks", "creators") if word != dimension.plural]
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        # The picture shows who moved; why is for the sentence above it, and would not fit.
        chart=replace(chart, title=headline.partition(": ")[0], emphasis=(name(dimension, leader),) if leader else ()),
        shifts=tuple(moved),
        notes=(*notes, *_mix(moved[:1], dimension)),
        next=(
            *([str(Query(singular.value, (alone,), within=query.within, at=query.at))] if alone else []),
            *(str(query.but(names=(word,), task=None if word == "tasks" else query.task)) for word in others[:2]),
        ),
    )


def _before(view: View) -> tuple[Snapshot, tuple[str, ...]]:
    """Find what to compare with, and what there is to say about it."""
    if view.query.since:
        past = view.past()
        return past.snapshots[0], past.notes
    usable = view.recording(month_before(view.scope))
    if not usable:
        raise nothing_before(view.query, view.scope, f"before {view.now.taken_on:%Y-%m-%d}")
    return usable[0], notes_on_month(view.scope, usable[0])


def _headline(changes: Sequence[Shift], dimension: Dimension, by: Measure, since: str) -> str:
    if not changes or abs(changes[0].points) < 0.0005:
        return f"No share of {of_measure(by)} moved by a tenth of a point since {since}"
    top = changes[0]
    verb = "gained" if top.points > 0 else "lost"
    text = f"{name(dimension, top.name)} {verb} {points(abs(top.points)).lstrip('+')} of {of_measure(by)} since {since}"
    told = [reason for reason in top.reasons if reason.points / top.points >= _WORTH_TELLING][:2]
    short = {reason.model.partition("/")[2] for reason in told}
    why = ", ".join(because(reason, whole_id=len(short) < len(told)) for reason in told)
    return f"{text}: {why}" if why else text


def _mix(largest: Sequence[Shift], dimension: Dimension) -> tuple[str, ...]:
    """Say how much of the largest shift is due to who is in the list, where that is part of it."""
    told = []
    for shift in largest:
        split = shift.split
        if not split or shift.by is Measure.MODELS or abs(split.mix) < _PART_TOLD:
            continue
        stayed = points(split.grew + split.declared).removesuffix(" points").removesuffix(" point")
        who = name(dimension, shift.name)
        told.append(f"{who}: {stayed} by the models that stayed, {points(split.mix)} by those that entered or left the list.")
    return tuple(told)


def because(reason: Reason, *, whole_id: bool = False) -> str:
    """Say one model's part in a shift."""
    short = reason.model if whole_id else reason.model.partition("/")[2] or reason.model
    moved = points(reason.points).removesuffix(" points").removesuffix(" point")
    return f"{short} {moved}" if reason.cause in {"grew", "shrank"} else f"{short} {moved} ({reason.cause})"


MOVERS = Question(
    form=Form("movers", frozenset(Option), most=1, aliases=("shifts", "changes", "moves"), example="movers"),
    summary="Whose share changed most since the month before, and why",
    examples=("movers", "movers licenses", "movers tasks by models since 2026-01"),
    answer=_answer,
)
