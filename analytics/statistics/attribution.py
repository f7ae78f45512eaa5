"""Why a share changed: contributions of single models, and of models entering and leaving the list."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.answer import Cause, Reason, Shift, Split
from analytics.domain import Dimension, Measure
from analytics.names import grouping, renames
from analytics.statistics.comparison import value_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analytics.domain import Model

_BY_NAME = frozenset({Dimension.CREATOR, Dimension.NAMESPACE, Dimension.KIND, Dimension.COUNTRY})
"""Dimensions that follow from a model's id; the others from what the model declares."""
_DECIMALS = 12
"""Of a change of portion; what is smaller comes from rounding."""
OTHERS = "the other models"
"""Name for all models without a row of their own."""


@dataclass(frozen=True, slots=True)
class _Values:
    """One listing by the models' present ids."""

    values: Mapping[str, float]
    """The value of every model."""
    recorded: Mapping[str, float]
    """The weight of every model whose names in the dimension are recorded: 1 each."""
    weights: Mapping[str, Mapping[str, float]]
    """The weight of every model under each of its names."""

    def under(self, name: str) -> _Side:
        """Return the listing's values with those of one name."""
        under = {model: weight for model, names in self.weights.items() if (weight := names.get(name))}
        return _Side(self.values, self.recorded, under)


@dataclass(frozen=True, slots=True)
class _Side:
    """One listing with the models under one name."""

    values: Mapping[str, float]
    recorded: Mapping[str, float]
    under: Mapping[str, float]
    """The weight of every model under the name."""

    def portion(self, among: Collection[str], weights: Mapping[str, float] | None = None) -> float:
        """Return the name's portion among some models, optionally with other weights than its own."""
        weights = self.under if weights is None else weights
        whole = sum(self.values[model] * self.recorded.get(model, 0.0) for model in among)
        return sum(self.values[model] * weights.get(model, 0.0) for model in among) / whole if whole else 0.0

    def portions(self) -> dict[str, float]:
        """Return the portion of each model under the name."""
        whole = sum(self.values[model] * weight for model, weight in self.recorded.items())
        return {model: self.values[model] * weight / whole if whole else 0.0 for model, weight in self.under.items()}


def explained(
    shifts: Sequence[Shift], before: Sequence[Model], after: Sequence[Model], dimension: Dimension
) -> tuple[Shift, ...]:
    """Add reasons and split to shifts by one measure; ``before`` and ``after`` are the listings at their two dates."""
    if not shifts:
        return ()
    first, second = _both(before, after, dimension, shifts[0].by)
    sides = ((shift, first.under(shift.name), second.under(shift.name)) for shift in shifts)
    return tuple(replace(shift, reasons=_reasons(then, now, dimension), split=_split(then, now)) for shift, then, now in sides)


def explained_in_part(
    shifts: Sequence[Shift], before: tuple[Sequence[Model], float], after: tuple[Sequence[Model], float], dimension: Dimension
) -> tuple[Shift, ...]:
    """Add reasons to shifts by one measure where only the leading models have rows.

    ``before`` and ``after`` are the rows of each date with the list's recorded total. Each model with rows at both dates is one
    reason, all others together another, so that the sum is the shift. By number of models, shifts get no reasons.
    """
    if not shifts or shifts[0].by is Measure.MODELS:
        return tuple(shifts)
    first, second = _both(before[0], after[0], dimension, shifts[0].by)
    return tuple(
        _in_part(shift, first.under(shift.name), second.under(shift.name), (before[1], after[1]), dimension) for shift in shifts
    )


def _in_part(shift: Shift, then: _Side, now: _Side, wholes: tuple[float, float], dimension: Dimension) -> Shift:
    before, after = wholes
    changes = {}
    for model in then.values.keys() & now.values.keys():
        old = then.values[model] * then.under.get(model, 0.0) / before if before else 0.0
        new = now.values[model] * now.under.get(model, 0.0) / after if after else 0.0
        if old or new:
            changes[model] = new - old
    reasons = [Reason(model, _cause(model, then, now, dimension, change), change) for model, change in changes.items()]
    reasons.append(Reason(OTHERS, Cause.TOGETHER, shift.points - sum(changes.values())))
    return replace(shift, reasons=tuple(sorted(reasons, key=lambda reason: (-abs(reason.points), reason.model))))


def _reasons(then: _Side, now: _Side, dimension: Dimension) -> tuple[Reason, ...]:
    """Return each model's contribution to a shift, the largest effect first.

    The contribution is ``w1*v1/V1 - w0*v0/V0``: the model's portion at the later date less that at the earlier one, with ``w``
    its weight under the name, ``v`` its value and ``V`` the list's recorded total. The contributions add up to the shift exactly,
    because the name's portion is the sum of its models' portions at each date.
    """
    old, new = then.portions(), now.portions()
    changes = {model: new.get(model, 0.0) - old.get(model, 0.0) for model in old.keys() | new.keys()}
    apparent = _apparent(changes, then, now)
    reasons = [
        Reason(model, _cause(model, then, now, dimension, change), change)
        for model, change in changes.items()
        if model not in apparent
    ]
    if apparent:
        reasons.append(Reason(OTHERS, Cause.TOGETHER, math.fsum(changes[model] for model in apparent)))
    return tuple(sorted(reasons, key=lambda reason: (-abs(reason.points), reason.model)))


def _apparent(changes: Mapping[str, float], then: _Side, now: _Side) -> frozenset[str]:
    """Return the models recorded at both dates whose part of what is recorded moved otherwise than their part of the whole list.

    Such a change comes from what is recorded of other models, so it isn't told of this one.
    """
    wholes = [math.fsum(side.values.values()) for side in (then, now)]

    def part(side: _Side, model: str, whole: float) -> float:
        return side.values[model] * side.under.get(model, 0.0) / whole if whole else 0.0

    both = [model for model in changes if model in then.recorded and model in now.recorded]
    changed = {model: part(now, model, wholes[1]) - part(then, model, wholes[0]) for model in both}
    return frozenset(
        model
        for model in both
        if round(changes[model], _DECIMALS) and round(changes[model], _DECIMALS) * round(changed[model], _DECIMALS) <= 0
    )


def _cause(model: str, then: _Side, now: _Side, dimension: Dimension, change: float) -> Cause:
    if model not in then.values:
        return Cause.ENTERED
    if model not in now.values:
        return Cause.LEFT
    recorded = round(now.recorded.get(model, 0.0) - then.recorded.get(model, 0.0), _DECIMALS)  # two ids may be recorded in part
    if recorded:
        return Cause.NEWLY_RECORDED if recorded > 0 else Cause.NO_LONGER_RECORDED
    if then.under.get(model) != now.under.get(model):
        return Cause.RENAMED if dimension in _BY_NAME else Cause.DECLARED
    return _cause_by_value(now.values[model] - then.values[model], round(change, _DECIMALS))


def _cause_by_value(value: float, change: float) -> Cause:
    """Return the cause for a model of the same name at both dates, from the changes of its own value and of its portion."""
    if change < 0:
        return Cause.SHRANK if value < 0 else Cause.DILUTED
    if change > 0:
        return Cause.GREW if value > 0 else Cause.OUTLASTED
    return Cause.GREW if value > 0 else Cause.SHRANK if value < 0 else Cause.UNCHANGED


def _split(then: _Side, now: _Side) -> Split:
    """Divide a shift into growth and mix, with the share of the name in the place of productivity.

    Source: Melitz and Polanec, "Dynamic Olley-Pakes productivity decomposition with entry and exit", RAND Journal of Economics
    46 (2015), pages 362 to 375.

    With ``s`` the share among all models of a date and ``c`` that among the models in the list at both: entries contribute
    ``s1 - c1``, exits ``c0 - s0``, and the models that stayed ``c1 - c0``, of which ``declared`` comes from another license or
    name alone. The four add up to the shift exactly, as each cancels a term of the next.
    """
    stayed = then.values.keys() & now.values.keys()
    share_then, share_now = then.portion(then.values.keys()), now.portion(now.values.keys())
    stayed_then, stayed_now = then.portion(stayed), now.portion(stayed)
    undeclared = _Side(now.values, then.recorded, then.under).portion(stayed)  # today's values under what was declared then
    return Split(
        grew=undeclared - stayed_then,
        declared=stayed_now - undeclared,
        entered=share_now - stayed_now,
        left=stayed_then - share_then,
    )


def _both(before: Sequence[Model], after: Sequence[Model], dimension: Dimension, by: Measure) -> tuple[_Values, _Values]:
    present_ids = {model.hub_id: model.id for model in after if model.hub_id}
    return _read(before, dimension, by, present_ids), _read(after, dimension, by, {})


def _read(models: Sequence[Model], dimension: Dimension, by: Measure, present_ids: Mapping[str, str]) -> _Values:
    """Read one listing; ``present_ids`` has the present ids of models by their ``hub_id``."""
    values: dict[str, float] = {}
    recorded: dict[str, float] = {}
    weights: dict[str, Mapping[str, float]] = {}
    for model in models:
        model_id = renames.successor(present_ids.get(model.hub_id or "", model.id))
        own, value = grouping.weights_of(model, dimension), value_of(model, by)
        whole = sum(own.values())
        if model_id in values:
            # Both the old and the new id may be in a list: the weight is their mean, weighted by value.
            both = values[model_id] + value
            part = value / both if both else 0.5
            whole = recorded[model_id] * (1 - part) + whole * part
            other, value = weights[model_id], both
            own = {name: other.get(name, 0.0) * (1 - part) + own.get(name, 0.0) * part for name in other.keys() | own.keys()}
        recorded[model_id], weights[model_id], values[model_id] = whole, own, value
    return _Values(values, {model: weight for model, weight in recorded.items() if weight}, weights)
