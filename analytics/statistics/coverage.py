"""How shifts may be told where a source doesn't record each model's license, task and so on: one rule for all who tell them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.answer import Basis, Coverage
from analytics.formatting.phrases import LEAST_CHANGE
from analytics.names.grouping import weights_of
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from analytics.answer import Ranking, Shift
    from analytics.domain import Dimension, Measure, Model

COVERAGE_DIFFERENCE = 0.05
"""Difference in coverage, as a part of the measure, beyond which shares of all recorded models aren't set against each other."""

COMPLETE = 0.9995
"""Coverage from which all is recorded: what is missing rounds to 0.0%."""

ENOUGH = 2 / 3
"""Part of the measure, at each date, that the models recorded at all dates must have for a shift among them to be told.

What is left out may also differ between the dates by no more than :data:`COVERAGE_DIFFERENCE`.
"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The shifts between two dates that may be told, and what they rest on."""

    coverage: Coverage
    """Of the list at both dates."""
    rankings: tuple[Ranking, ...]
    """The shares at each date, the earliest first: of all recorded models, or of those recorded at all dates."""
    shifts: tuple[Shift, ...]
    """From the first to the last date, the largest first, each with its basis and bounds, without reasons."""
    refused: tuple[str, ...] = ()
    """Names whose shift isn't told, because it may be a rise or a fall."""
    left_out: int = 0
    """Models that a date lists but doesn't record; no shift on the basis :attr:`Basis.BOTH` counts them."""
    compared: Coverage | None = None
    """The part of the measure of the models that are counted on that basis; ``None`` where no shift has it."""
    models: tuple[tuple[Model, ...], ...] = ()
    """Those models by date; empty where no shift has that basis."""
    has_course: bool = True
    """Whether the shares at all dates are of the same kind, so that what happened between the first and the last may be told."""


def compare(  # noqa: PLR0917 - two listings, what to compare of them, and two options
    before: Sequence[Model],
    after: Sequence[Model],
    dimension: Dimension,
    by: Measure,
    names: Collection[str] | None = None,
    perhaps: Sequence[Sequence[Model]] = ((), ()),
) -> Comparison:
    """Decide how the shifts in one dimension by one measure may be told, from the listings at two dates.

    ``names``: those that will be told; all by default. ``perhaps``: at each date, further models that may belong to the listing,
    and count as not recorded: those without a known task, where the listings are of one task. The bounds of a shift are those of
    a list in which none, or all, of the models that aren't recorded are of that name, at each date. A shift is told

    - of all recorded models, if coverage differs by at most :data:`COVERAGE_DIFFERENCE` and the bounds of each shift that is
      large enough to be told have one sign
    - the same with its bounds, if coverage differs by more and the bounds have one sign
    - of the models recorded at both dates, if the bounds of some shift allow both signs, and these models have :data:`ENOUGH`
      of the measure and parts of it that differ by at most :data:`COVERAGE_DIFFERENCE`; but by its bounds, if these have the
      other sign
    - otherwise by its bounds, if these have one sign, and not at all, if they allow both.

    Total: any two listings have a comparison, also empty ones.
    """
    first, second = (
        with_others(comparison.ranking_of(models, by, dimension), others)
        for models, others in zip((before, after), perhaps, strict=True)
    )
    plain = compare_rankings(first, second, names)
    return (plain.refused and _among_recorded([before, after], dimension, plain, names, perhaps)) or plain


def compare_over_time(
    listings: Sequence[Sequence[Model]],
    dimension: Dimension,
    by: Measure,
    names: Collection[str] | None = None,
    perhaps: Sequence[Sequence[Model]] = (),
) -> Comparison:
    """Decide the same for two or more dates, the earliest first, so that the shares at each date are of the same kind.

    They are of all models if each date records :data:`COMPLETE`, else of those recorded at all dates. Where those don't have
    enough, or go against a shift that is certain, only the shift between the first and the last date may be told, not the course
    between them.
    """
    perhaps = perhaps or [()] * len(listings)
    rankings = tuple(
        with_others(comparison.ranking_of(models, by, dimension), others)
        for models, others in zip(listings, perhaps, strict=True)
    )
    if all(coverage_of(ranking) >= COMPLETE for ranking in rankings):
        return series_of(rankings, names)
    plain = compare_rankings(rankings[0], rankings[-1], names)
    among = _among_recorded(listings, dimension, plain, names, perhaps)
    if among and all(shift.basis is Basis.BOTH for shift in among.shifts):
        return among
    ends = compare(listings[0], listings[-1], dimension, by, names, (perhaps[0], perhaps[-1]))
    return replace(ends, rankings=rankings, has_course=False)


def series_of(rankings: Sequence[Ranking], names: Collection[str] | None = None) -> Comparison:
    """Decide the same from the shares at two or more dates alone."""
    complete = all(coverage_of(ranking) >= COMPLETE for ranking in rankings)
    return replace(compare_rankings(rankings[0], rankings[-1], names), rankings=tuple(rankings), has_course=complete)


def compare_rankings(before: Ranking, after: Ranking, names: Collection[str] | None = None) -> Comparison:
    """Decide the same from the shares alone, for lists whose rows aren't stored: never of the models recorded at both dates."""
    coverage = Coverage(after.by, coverage_of(after), coverage_of(before))
    shifts = _bounded(before, after, names)
    refused = tuple(shift.name for shift in _open(shifts))
    alike = abs(coverage_of(after) - coverage_of(before)) <= COVERAGE_DIFFERENCE
    if not (alike and not refused):
        shifts = _ordered(replace(shift, basis=Basis.BOUNDS) for shift in shifts if sign(shift))
    return Comparison(coverage, (before, after), shifts, refused)


def with_others(ranking: Ranking, others: Sequence[Model]) -> Ranking:
    """Return a ranking of a listing that may have further models, of which nothing is recorded."""
    return replace(ranking, total=ranking.total + math.fsum(comparison.value_of(model, ranking.by) for model in others))


def coverage_of(ranking: Ranking) -> float:
    """Return the part of a measure whose names are recorded; 1 where there is nothing to record."""
    return min(ranking.recorded / ranking.total, 1.0) if ranking.total else 1.0


def _among_recorded(
    listings: Sequence[Sequence[Model]],
    dimension: Dimension,
    plain: Comparison,
    names: Collection[str] | None,
    perhaps: Sequence[Sequence[Model]],
) -> Comparison | None:
    """Return the comparison of the models that are recorded wherever they're listed; ``None`` where these have too little."""
    by = plain.coverage.by
    recorded, left_out = _recorded(listings, dimension, perhaps)
    everything = ((*models, *others) for models, others in zip(listings, perhaps, strict=True))
    wholes = [math.fsum(comparison.value_of(model, by) for model in models) for models in everything]
    rankings = tuple(
        replace(comparison.ranking_of(models, by, dimension), total=whole) for models, whole in zip(recorded, wholes, strict=True)
    )
    parts = [coverage_of(ranking) for ranking in rankings]
    if min(parts) < ENOUGH or max(parts) - min(parts) > COVERAGE_DIFFERENCE:
        return None
    bounds = {shift.name: shift for shift in _bounded(plain.rankings[0], plain.rankings[-1], names)}
    shifts = [_told(s, bounds[s.name]) for s in comparison.shifts(rankings[0], rankings[-1]) if s.name in bounds]
    shown = {shift.name for shift in shifts}
    return Comparison(
        plain.coverage,
        rankings,
        _ordered(shifts),
        tuple(name for name in plain.refused if name not in shown),
        left_out,
        Coverage(by, parts[-1], parts[0]),
        recorded,
    )


def _told(shift: Shift, bounds: Shift) -> Shift:
    """Return a shift among the models recorded at both dates; that of all, where it surely has the other sign."""
    if shift.points * sign(bounds) < 0:
        return replace(bounds, basis=Basis.BOUNDS)
    return replace(shift, basis=Basis.BOTH, low=bounds.low, high=bounds.high)


def _ordered(shifts: Iterable[Shift]) -> tuple[Shift, ...]:
    """Sort shifts by what is certain of them, the largest first; names without a rank come last."""
    return tuple(sorted(shifts, key=lambda shift: (not shift.is_ranked, -certain(shift), shift.name)))


def certain(shift: Shift) -> float:
    """Return the size of a shift as a portion: of one that is told by bounds, the bound that is nearer to zero."""
    bounds = (shift.low, shift.high) if shift.basis is Basis.BOUNDS else (shift.points,)
    return min(abs(bound or 0.0) for bound in bounds)


def _bounded(before: Ranking, after: Ranking, names: Collection[str] | None) -> tuple[Shift, ...]:
    """Return the shifts of all recorded models; with the least and the largest that they can be, unless all are recorded."""
    shifts = [shift for shift in comparison.shifts(before, after) if names is None or shift.name in names]
    if min(map(coverage_of, (before, after))) > 1 - 1e-9:
        return tuple(shifts)
    then, now = ({share.name: share.value for share in side.shares} for side in (before, after))
    ranges = ((shift, _range(before, then.get(shift.name, 0.0)), _range(after, now.get(shift.name, 0.0))) for shift in shifts)
    return tuple(replace(shift, low=late[0] - early[1], high=late[1] - early[0]) for shift, early, late in ranges)


def _range(side: Ranking, value: float) -> tuple[float, float]:
    """Return the share of a name if none, and if all, of the models that aren't recorded are of it."""
    if not side.total:
        return 0.0, 0.0
    return value / side.total, (value + max(side.total - side.recorded, 0.0)) / side.total


def sign(shift: Shift) -> int:
    """Return 1 or -1 where the shift of the whole list has that sign, whatever isn't recorded; 0 where it may have either."""
    low, high = (shift.points if bound is None else bound for bound in (shift.low, shift.high))
    return 1 if low > 0 else -1 if high < 0 else 0


def _open(shifts: Iterable[Shift]) -> list[Shift]:
    """Return the shifts that can't be told as they are: large enough to be told, and of either sign.

    Where none is large enough, that nothing changed would be told, so all of them count.
    """
    shifts = list(shifts)
    large = [shift for shift in shifts if abs(shift.points) >= LEAST_CHANGE] or shifts
    return [shift for shift in large if shift.low is not None and not sign(shift)]


def _recorded(
    listings: Sequence[Sequence[Model]], dimension: Dimension, perhaps: Sequence[Sequence[Model]]
) -> tuple[tuple[tuple[Model, ...], ...], int]:
    """Return the listings without the models that some date lists but doesn't record, and how many these are."""
    ids = comparison.present_ids([(*models, *others) for models, others in zip(listings, perhaps, strict=True)])
    sides = [list(zip(models, of_date, strict=False)) for models, of_date in zip(listings, ids, strict=True)]
    unknown = {model_id for side in sides for model, model_id in side if not weights_of(model, dimension)}
    unknown.update(model_id for models, of_date in zip(listings, ids, strict=True) for model_id in of_date[len(models) :])
    return tuple(tuple(model for model, model_id in side if model_id not in unknown) for side in sides), len(unknown)
