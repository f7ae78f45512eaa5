"""A view's shifts between its snapshots, told as :mod:`analytics.statistics.coverage` decides, with reasons and notes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.answer import Basis, Cause, Moment
from analytics.domain import Measure
from analytics.errors import NoDataError
from analytics.formatting.phrases import LEAST_CHANGE, day, ordinal, plural, top_of
from analytics.names import renames
from analytics.questions.comparability import notes_on, over_time
from analytics.statistics import attribution, coverage, coverage_notes
from analytics.statistics.comparison import present_ids
from analytics.statistics.comparison import shifts as changes_between
from analytics.statistics.findings import FailedChecks, findings, turns
from analytics.statistics.robustness import made_by_one, trend_without
from analytics.statistics.spikes import without

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analytics.answer import Ranking, Reason, Shift
    from analytics.domain import Model, Snapshot
    from analytics.questions.question import View
    from analytics.statistics.coverage import Comparison
    from analytics.statistics.findings import Finding, Turn
    from analytics.statistics.spikes import Jump


@dataclass(frozen=True, slots=True)
class Past:
    """A dimension over time: the two or more snapshots that record it, and their rankings."""

    snapshots: tuple[Snapshot, ...]
    moments: Mapping[Measure, tuple[Moment, ...]]
    comparisons: Mapping[Measure, Comparison]
    """From the first to the last snapshot."""
    notes: tuple[str, ...]

    def shifts(self, most: int | None = None) -> tuple[Shift, ...]:
        """Return the shifts from the first to the last ranking by each measure: the largest first.

        ``most``: of those with a rank, by each measure; the others come after them.
        """
        return tuple(
            shift
            for comparison in self.comparisons.values()
            for shift in (
                *[shift for shift in comparison.shifts if shift.is_ranked][:most],
                *[shift for shift in comparison.shifts if not shift.is_ranked],
            )
        )

    def has_course(self, by: Measure) -> bool:
        """Return whether the shares at all dates are of the same kind, so that what happened in between may be told."""
        return self.comparisons[by].has_course


def past(view: View, names: Collection[str] | None = None) -> Past:
    """Rank the dimension at each snapshot since the query's ``since``.

    ``names``: those whose shifts will be told; all by default.

    Raises:
        NoDataError: when fewer than two snapshots record what is asked.

    """
    recorded, notes = since(view)
    comparisons = {by: compare_over_time(view, recorded, by, names) for by in view.measures}
    moments = {
        by: tuple(Moment(s.taken_on, ranking) for s, ranking in zip(recorded, comparison.rankings, strict=True))
        for by, comparison in comparisons.items()
    }
    known = {by: notes_on_coverage(view, recorded[0], comparisons[by]) for by in view.measures}
    return Past(recorded, moments, comparisons, (*notes, *coverage_notes.by_measure(known)))


def since(view: View) -> tuple[tuple[Snapshot, ...], tuple[str, ...]]:
    """Return the two or more snapshots since the query's ``since`` that record the dimension, and notes about the choice.

    Raises:
        NoDataError: when there are fewer.

    """
    thinned = over_time(view.query, view.scope)
    view.require()
    recorded = view.recording(thinned)
    left_out = len(thinned) - len(recorded)
    what = "likes" if view.query.by is Measure.LIKES else view.dimension.plural
    if len(recorded) < 2:
        start = view.query.since.name if view.query.since else ""
        message = f"Only the snapshot from {day(view.now.taken_on)} records {what}, so there's nothing to compare since {start}."
        raise NoDataError(message, (str(view.query.but(since=None)),))
    verb = "doesn't record {}, so it's left out" if left_out == 1 else "don't record {}, so they're left out"
    notes = (f"{plural(left_out, 'snapshot')} {verb.format(what)}.",) if left_out else ()
    return recorded, (*notes_on(view.query, view.scope, recorded), *notes)


def compare(view: View, then: Snapshot, by: Measure, names: Collection[str] | None = None) -> Comparison:
    """Return the shifts by one measure, from an earlier snapshot that records the dimension to the present one.

    ``names``: those that will be told; all by default.

    Raises:
        NoDataError: when the present snapshot doesn't record the dimension or the measure.

    """
    moments, perhaps = view.moments([then, view.now], by), _without_task(view, [then, view.now])
    before, after = (coverage.with_others(moment.ranking, others) for moment, others in zip(moments, perhaps, strict=True))
    comparison = coverage.compare_rankings(before, after, names)
    if view.partial or not comparison.refused:
        return comparison
    return coverage.compare(view.models_of(then), view.models, view.dimension, by, names, perhaps)


def _without_task(view: View, snapshots: Sequence[Snapshot]) -> tuple[tuple[Model, ...], ...]:
    """Return the models of each snapshot that may have the query's task, because theirs isn't known."""
    listings = (view.history.models(s.id) if view.task and not view.partial else () for s in snapshots)
    return tuple(tuple(model for model in models if model.task is None) for models in listings)


def compare_over_time(view: View, snapshots: Sequence[Snapshot], by: Measure, names: Collection[str] | None = None) -> Comparison:
    """Return the same for a series of snapshots that record the dimension, the earliest first."""
    moments, perhaps = view.moments(snapshots, by), _without_task(view, snapshots)
    rankings = [coverage.with_others(moment.ranking, others) for moment, others in zip(moments, perhaps, strict=True)]
    comparison = coverage.series_of(rankings, names)
    if view.partial or comparison.has_course:
        return comparison
    return coverage.compare_over_time([view.models_of(s) for s in snapshots], view.dimension, by, names, perhaps)


def possible(view: View, ranking: Ranking) -> Ranking:
    """Return a ranking of the present snapshot that also has, as not recorded, the models that may have the query's task."""
    return coverage.with_others(ranking, _without_task(view, [view.now])[0])


def explain(view: View, then: Snapshot, comparison: Comparison, most: int | None = None) -> tuple[Shift, ...]:
    """Return the shifts of a comparison with the present snapshot, the first ``most`` of them with their reasons."""
    shifts, others = comparison.shifts[:most], comparison.shifts[len(comparison.shifts[:most]) :]
    if not shifts:
        return others
    days = then.taken_on, view.now.taken_on
    if view.partial:
        was, now = (ranking.recorded for ranking in (comparison.rankings[0], comparison.rankings[-1]))
        models = (view.models_of(then), was), (view.models, now)
        explained = attribution.explained_in_part(shifts, *models, view.dimension, days)
        return (*explained, *others)
    listings = {basis: (view.models_of(then), view.models) for basis in Basis}
    if comparison.models:
        listings[Basis.BOTH] = comparison.models[0], comparison.models[-1]
    reasons = {
        shift.name: shift
        for basis in Basis
        for shift in attribution.explained([s for s in shifts if s.basis is basis], *listings[basis], view.dimension, days)
    }
    reasons = {raw: _without_moves(view, then, shift) for raw, shift in reasons.items()}
    places = _Places(view, then)
    return (*(places.on(reasons[shift.name]) for shift in shifts), *others)


def _without_moves(view: View, then: Snapshot, shift: Shift) -> Shift:
    """Return a shift with the causes of models that came to a task or filter, or went from it, and stayed in the list."""
    if not view.task and not view.history.filters:
        return shift
    listings = view.history.all_models(then.id), view.history.all_models(view.now.id)
    before, after = (dict(zip(ids, models, strict=True)) for ids, models in zip(present_ids(listings), listings, strict=True))
    after |= {renames.successor(model.id): after[known] for known, model in before.items() if known in after}
    changed = (replace(reason, cause=_moved(reason, view, before, after)) for reason in shift.reasons)
    return replace(shift, reasons=tuple(changed))


def _moved(reason: Reason, view: View, before: Mapping[str, Model], after: Mapping[str, Model]) -> Cause:
    """Return the cause where a model came to a task or filter, or went from it, and is in the list at both dates."""
    other = {Cause.ENTERED: before, Cause.LEFT: after}.get(reason.cause, {}).get(reason.model)
    if other is None:
        return reason.cause
    entered = reason.cause is Cause.ENTERED
    if view.task and other.task is None:
        return Cause.NEWLY_RECORDED if entered else Cause.NO_LONGER_RECORDED
    return reason.cause if not view.history.filters else Cause.DECLARED


def without_jump(
    view: View, then: Snapshot, comparison: Comparison, shifts: Sequence[Shift], found: Jump | None
) -> tuple[Shift, ...]:
    """Add the change without a model that alone makes the shifts, unless the comparison leaves that model out anyway."""
    if found is None or (comparison.models and found.model not in comparison.models[-1 if found.entered else 0]):
        return tuple(shifts)
    on = (view.now if found.entered else then).taken_on
    return without(shifts, comparison.rankings[0], comparison.rankings[-1], found, view.dimension, on=on)


def trend(view: View, then: Snapshot, comparison: Comparison, explained: Sequence[Shift]) -> tuple[str, ...]:
    """Say where one model makes a shift that has its reasons; not where what isn't recorded could change it."""
    days = then.taken_on, view.now.taken_on
    return trend_without(_certain(view, comparison, explained), *_ends(view, then, comparison), view.dimension, days)


def _certain(view: View, comparison: Comparison, explained: Sequence[Shift]) -> list[Shift]:
    """Return the explained shifts whose largest model can be left out: those of listings with all rows, not told by bounds."""
    if view.partial or comparison.coverage.by is Measure.MODELS:
        return []
    return [shift for shift in explained if shift.basis is Basis.BOTH or shift.low is None]


def _ends(view: View, then: Snapshot, comparison: Comparison) -> tuple[Sequence[Model], Sequence[Model]]:
    """Return the models of both dates that the shifts of a comparison are told of."""
    return (comparison.models[0], comparison.models[-1]) if comparison.models else (view.models_of(then), view.models)


def findings_between(view: View, then: Snapshot, comparison: Comparison, explained: Sequence[Shift]) -> tuple[Finding, ...]:
    """Return what happened since an earlier snapshot, the weightiest finding first; ``explained`` are the candidates."""
    return findings(explained, comparison.rankings, _failed_checks(view, then, comparison, explained))


def findings_over_time(view: View, course: Past, explained: Sequence[Shift]) -> tuple[Finding, ...]:
    """Return the same for a series by its leading measure, with the shares that turned around in between."""
    first, compared, moments = course.snapshots[0], course.comparisons[view.leading], course.moments[view.leading]
    reversals = [(turn, _is_of_one_model(view, course, turn)) for turn in turns(moments)] if compared.has_course else []
    return findings(explained, compared.rankings, _failed_checks(view, first, compared, explained), reversals)


def _failed_checks(view: View, then: Snapshot, compared: Comparison, explained: Sequence[Shift]) -> FailedChecks:
    """Return the names whose shift hangs on one model, or goes the other way by the other measure."""
    days = then.taken_on, view.now.taken_on
    by_one = made_by_one(_certain(view, compared, explained), *_ends(view, then, compared), view.dimension, days)
    if view.query.by:
        return FailedChecks(by_one)
    before, after = (moment.ranking for moment in view.moments([then, view.now], Measure.MODELS))
    models = {shift.name: shift.points for shift in changes_between(before, after) if abs(shift.points) >= LEAST_CHANGE}
    return FailedChecks(by_one, {shift.name for shift in explained if shift.points * models.get(shift.name, 0.0) < 0})


def _is_of_one_model(view: View, course: Past, turn: Turn) -> bool:
    """Return whether a share's way to its turning point hangs on one model."""
    compared, moments = course.comparisons[view.leading], course.moments[view.leading]
    ends = (0, turn.place)
    before, after = (compared.models[end] if compared.models else view.models_of(course.snapshots[end]) for end in ends)
    days = moments[0].taken_on, turn.on
    changes = changes_between(moments[0].ranking, moments[turn.place].ranking)
    told = _certain(view, compared, [shift for shift in changes if shift.name == turn.name])
    explained = attribution.explained(told, before, after, view.dimension, days)
    return bool(made_by_one(explained, before, after, view.dimension, days))


class _Places:
    """Which list a model entered or left, and at which rank a longer one of the same date has it."""

    def __init__(self, view: View, then: Snapshot) -> None:
        self._view = view
        self._snapshots = {Cause.ENTERED: then, Cause.LEFT: view.now}
        self._ranks: dict[Cause, Mapping[str, int]] = {}

    def on(self, shift: Shift) -> Shift:
        """Add the places to the reasons of a shift."""
        return replace(shift, reasons=tuple(replace(reason, place=self._place(reason)) for reason in shift.reasons))

    def _place(self, reason: Reason) -> str:
        snapshot = self._snapshots.get(reason.cause)
        if snapshot is None or self._view.task:  # among the models of a task, the list itself may still have it
            return ""
        if reason.cause not in self._ranks:
            self._ranks[reason.cause] = _ranks_beyond(self._view, snapshot)
        rank = self._ranks[reason.cause].get(reason.model)
        verb, when = ("entered", "before") if reason.cause is Cause.ENTERED else ("out of", "now")
        return f"{verb} {top_of(snapshot.list, snapshot.size)}" + (f", {ordinal(rank)} {when}" if rank else "")


def _ranks_beyond(view: View, snapshot: Snapshot) -> Mapping[str, int]:
    """Return the ranks of models by their present ids in the longest list of the same kind and date; empty without one."""
    same_day = [s for s in view.history.snapshots(snapshot.list) if s.taken_on == snapshot.taken_on]
    longest = max((s for s in same_day if s.simulated == snapshot.simulated), key=lambda s: s.size)
    models = view.history.models(longest.id) if longest.size > snapshot.size else ()
    return {renames.successor(model.id): rank for rank, model in enumerate(models, start=1)}


def notes_on_coverage(view: View, then: Snapshot, comparison: Comparison) -> tuple[str, ...]:
    """Say how shifts are told where not all is recorded, and what was filled in from other dates."""
    notes = coverage_notes.recorded_in_part(comparison, view.dimension, then.taken_on)
    return (*notes, *notes_on_facts(view, comparison.coverage.by, then))


def notes_on_facts(view: View, by: Measure, then: Snapshot | None = None) -> tuple[str, ...]:
    """Say which facts of the present snapshot, and of the one compared with, were filled in from other dates."""
    return tuple(
        note
        for s in (then, view.now)
        if s and view.history.is_filled(s.id, view.stored)
        for note in coverage_notes.carried_over(
            view.history.carried(s.id, view.stored), view.models_of(s), view.dimension, by, s.taken_on
        )
    )
