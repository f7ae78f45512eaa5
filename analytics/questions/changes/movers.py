"""``movers``: which shares changed most since last month, and because of which models."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.answer import Answer, Basis, Cause
from analytics.chart import ChartKind, Series
from analytics.domain import Dimension, Measure
from analytics.errors import QueryError
from analytics.formatting.numbers import percent, rest_of
from analytics.formatting.phrases import (
    LEAST_CHANGE,
    day,
    enumerate_,
    name,
    noun_phrase,
    of_measure,
    points,
    points_of,
    signed,
    size,
)
from analytics.names.resolve import dimension_named
from analytics.notes import Remark
from analytics.query import About, Direction, Form, Needs, Option, Query, Spoken
from analytics.questions import chart_specs, shifts
from analytics.questions.comparability import month_before, notes_on_month, nothing_before
from analytics.questions.question import Question, View
from analytics.questions.question_parts import Fields, FollowUpRules, present, with_bounds
from analytics.statistics import highlights
from analytics.statistics.findings import Kind
from analytics.statistics.spikes import jump

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Reason, Shift
    from analytics.domain import Snapshot
    from analytics.statistics.coverage import Comparison
    from analytics.statistics.spikes import Jump
    from analytics.storage.history import History

_EXPLAINED = 12
"""Shifts that get their reasons, from the largest; the others are listed without."""
_NAMED_FROM = 0.2
"""Part of a shift from which a model is named in the headline."""


def _answer(query: Query, history: History) -> Answer:
    dimension = dimension_named(query.names[0]) if query.names else Dimension.CREATOR
    if dimension is None:
        words = [other.plural for other in Dimension]
        message = f"hfstats has no movers for “{query.names[0]}”. Choose {enumerate_(words, 'or')}."
        raise QueryError(message, tuple(str(query.but(names=(word,))) for word in words)[:3])
    if dimension is Dimension.TASK and query.task:
        message = "“movers tasks” compares all tasks, so it can't be limited to one."
        raise QueryError(message, (str(query.but(task=None)), str(query.but(names=("creators",)))))
    view = View(query, history, dimension)
    by = view.leading
    view.require()
    then, notes = _before(view)
    compared = _directed(shifts.compare(view, then, by), query.direction)
    found = _jump(view, then)
    explained = shifts.without_jump(view, then, compared, shifts.explain(view, then, compared, _EXPLAINED), found)
    ranked = [shift for shift in explained if shift.is_ranked]
    changes = [shift for shift in ranked if shift.points]
    number, changes = len(changes), changes[: query.top]
    source = view.source(then, by)
    since = day(then.taken_on)
    candidates = changes[: chart_specs.LINES]
    findings = shifts.findings_between(view, then, compared, candidates)
    main = next((finding.shift for finding in findings if finding.kind is Kind.SHIFT), None)
    finding = f"{highlights.gain(main, dimension)} since {since}" if main else _no_change(query, dimension, by, since)
    headline = finding + _reasons(main)
    if found and not query.direction:
        headline = found.said(f"since {since}") + found.added + _without(changes, dimension)
    elif compared.refused and not changes:
        headline = f"Too little is known to tell which {dimension.plural} changed since {since}"
    shown = (changes or ranked)[: chart_specs.LINES]  # the unchanged leaders where nothing changed
    chart = chart_specs.chart(
        ChartKind.SLOPE,
        headline,
        source,
        chart_specs.subtitle(source, query, view.task, by, over_time=True),
        [f"{name(dimension, s.name)}: {percent(s.before)} to {percent(s.after)}" for s in shown],
        categories=(then.taken_on.isoformat(), view.now.taken_on.isoformat()),
        series=tuple(Series(name(dimension, s.name), (s.before, s.after)) for s in shown),
    )
    leader = main.name if main else shown[0].name if shown else None
    present = next((shift.name for shift in shown if shift.rank_after), None)
    singular = Dimension.CREATOR if dimension is Dimension.NAMESPACE else dimension
    single = present if singular not in {Dimension.ACCESS, Dimension.DERIVATION} else None  # these have no such question
    others = [word for word in ("licenses", "tasks", "creators") if word != dimension.plural]
    answer = Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=replace(chart, emphasis=(name(dimension, leader),) if leader else ()),
        shifts=tuple(changes),
        top=query.top,
        notes=(
            *notes,
            *shifts.notes_on_coverage(view, then, compared),
            *(() if view.history.filters else _mix(changes[:1], dimension)),
            *(() if found else shifts.trend(view, then, compared, changes[:1])),
            *_not_ranked(explained, dimension),
        ),
        next=(
            *([str(Query(singular.value, (single,), within=query.within, at=query.at))] if single else []),
            *(str(query.but(names=(word,), task=None if word == "tasks" else query.task)) for word in others[:2]),
        ),
    )
    return with_bounds(answer, number, chart_specs.LINES)


def _directed(compared: Comparison, direction: Direction | None) -> Comparison:
    """Return a comparison with the shifts that go one way, where one is asked for, and those of what has no rank."""
    if direction is None:
        return compared
    sign = 1 if direction is Direction.UP else -1
    return replace(compared, shifts=tuple(s for s in compared.shifts if not s.is_ranked or s.points * sign > 0))


def _no_change(query: Query, dimension: Dimension, by: Measure, since: str) -> str:
    if query.direction is None:
        return highlights.no_change(by, since)
    verb = "gained" if query.direction is Direction.UP else "lost"
    return f"No {dimension} is known to have {verb} share of {of_measure(by)} since {since}"


def _before(view: View) -> tuple[Snapshot, tuple[str, ...]]:
    """Return the snapshot to compare with, and notes about the choice."""
    if view.query.since:
        snapshots, notes = shifts.since(view)
        return snapshots[0], notes
    usable = view.recording(month_before(view.scope))
    if not usable:
        raise nothing_before(view.query, view.scope, f"before {day(view.now.taken_on)}")
    return usable[0], notes_on_month(view.scope, usable[0])


def _jump(view: View, then: Snapshot) -> Jump | None:
    """Return the model that alone makes a shift of downloads; ``None`` by other measures, of some models, and the whole Hub."""
    is_of_all = view.leading is Measure.DOWNLOADS and not view.task and not view.partial and not view.history.filters
    return jump(view.models_of(then), view.models) if is_of_all else None


def _without(changes: Sequence[Shift], dimension: Dimension) -> str:
    """Return the end of a headline about one model: the largest change without it."""
    sizes = {shift.name: shift.without or 0.0 for shift in changes}
    largest = max(sizes, key=lambda raw: (abs(sizes[raw]), raw), default=None)
    if largest is None or abs(sizes[largest]) < LEAST_CHANGE:
        return ""
    verb = "gained" if sizes[largest] > 0 else "lost"
    return f"; without it, {noun_phrase(dimension, largest).text} {verb} {size(sizes[largest])}"


def _reasons(shift: Shift | None) -> str:
    """Return the end of a headline about a shift: the models that made most of it."""
    if shift is None:
        return ""
    return led_by(shift, [reason for reason in shift.reasons if reason.points / shift.points >= _NAMED_FROM][:2])


def _mix(largest: Sequence[Shift], dimension: Dimension) -> tuple[str, ...]:
    """Divide the largest shift between models that stayed in the list and those that entered or left, if any did."""
    notes = []
    for shift in largest:
        split = shift.split
        if not split or shift.by is Measure.MODELS or abs(split.mix) < LEAST_CHANGE:
            continue
        change = points_of(shift)
        only_mix = abs(split.grew + split.declared) < LEAST_CHANGE
        stayed = 0.0 if only_mix else rest_of(change, [split.mix])
        mix = f"{points(change if only_mix else split.mix)} from models that entered or left the list"
        parts = [f"{points(stayed)} from models that stayed in the list", mix] if stayed else [mix]
        notes.append(Remark(f"{noun_phrase(dimension, shift.name).start}: {', '.join(parts)}."))
    return tuple(notes)


def _not_ranked(shifts: Sequence[Shift], dimension: Dimension) -> tuple[str, ...]:
    """Give the change of what isn't declared or known, which is no mover but makes room for the others or takes it."""
    apart = [shift for shift in shifts if not shift.is_ranked and abs(shift.points) >= LEAST_CHANGE]
    return tuple(
        f"{noun_phrase(dimension, shift.name).start} have no rank: {percent(shift.before)} of {of_measure(shift.by)} before, "
        f"{percent(shift.after)} now."
        for shift in apart
    )


def led_by(shift: Shift, reasons: Sequence[Reason]) -> str:
    """Return the end of a sentence about a shift: ``, led by Qwen3-8B (+6.1, entered the list), with +2.0 from other models``.

    ``reasons`` are those to name, the largest first; what they leave of the change as it is told comes from the other models.
    Where there are none, it comes from rounding, and goes to the largest. A model is named without its namespace where that is
    unambiguous.
    """
    if not reasons:
        return ""
    short = {_without_namespace(reason.model) for reason in reasons}
    named = [reason.model if len(short) < len(reasons) else _without_namespace(reason.model) for reason in reasons]
    causes = ["" if reason.cause in {Cause.GREW, Cause.SHRANK} else f", {reason.why}" for reason in reasons]
    contributions = [reason.points for reason in reasons]
    rest = 0.0 if shift.basis is Basis.BOUNDS else rest_of(points_of(shift), contributions)
    if len(reasons) == sum(reason.points != 0 for reason in shift.reasons):
        contributions[0], rest = contributions[0] + rest, 0.0
    parts = zip(named, contributions, causes, strict=True)
    leading = enumerate_([f"{model} ({signed(contribution)}{cause})" for model, contribution, cause in parts])
    return f", led by {leading}" + (f", with {signed(rest)} from other models" if rest else "")


def _without_namespace(model: str) -> str:
    return model.rpartition("/")[2]


MOVERS = Question(
    form=Form(
        "movers",
        frozenset(Option),
        most=1,
        directed=True,
        aliases=("shifts", "changes", "moves"),
        example="movers",
        about=About.CHOICE,
        needs=Needs(earlier=True),
        spoken=Spoken(
            (
                *("movers", "mover", "biggest movers", "gained", "gain", "gains", "gaining", "lost", "lose", "loses", "losing"),
                *("losers", "winners", "winners and losers", "grew", "growing", "fastest", "fastest growing", "changed most"),
                *("changed the most", "moved", "moved most", "moved the most", "shifted", "shifts", "rising", "falling"),
                *("risers", "shrank", "shrinking", "declining", "lost most", "gained most", "biggest change"),
                *("biggest changes", "what changed", "what changed most", "who gained", "and why"),
                *("fell", "fallen", "rose", "risen", "declined", "climbed"),
            ),
            measures=frozenset({Measure.DOWNLOADS, Measure.LIKES}),
            over_time=False,
        ),
    ),
    summary="Which shares changed most since last month, and why",
    examples=("movers", "movers licenses", "movers creators down", "movers tasks by models since 2026-01"),
    answer=_answer,
    charts=frozenset({ChartKind.SLOPE}),
    fields=Fields(sometimes=frozenset({"shifts"})),
    title=lambda _: "Largest changes of {names}",
    follow_ups=FollowUpRules(names=present, one_measure=True),
)
