"""Why a share moved: the models that made it move, and how much is due to who is in the list. Listings in, portions out."""

from __future__ import annotations

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
"""Dimensions that a model's own id decides; in the others it is what the model declares."""
OTHERS = "the other models"
"""Who made what no model with a row of its own made."""


@dataclass(frozen=True, slots=True)
class _Read:
    """One listing by what each model is called today."""

    values: Mapping[str, float]
    """The value of every model."""
    recorded: Mapping[str, float]
    """The weight of every model whose names in the dimension are recorded: 1 each."""
    weights: Mapping[str, Mapping[str, float]]
    """The weight with which every model stands under each of its names."""

    def under(self, name: str) -> _Side:
        """Look at it from one name."""
        under = {model: weight for model, names in self.weights.items() if (weight := names.get(name))}
        return _Side(self.values, self.recorded, under)


@dataclass(frozen=True, slots=True)
class _Side:
    """One listing from one name."""

    values: Mapping[str, float]
    recorded: Mapping[str, float]
    under: Mapping[str, float]
    """The weight of every model that stands under the name."""

    def part(self, among: Collection[str], weights: Mapping[str, float] | None = None) -> float:
        """Return the name's share of the recorded whole, among some models; with other weights than its own, if given."""
        weights = self.under if weights is None else weights
        whole = sum(self.values[model] * self.recorded.get(model, 0.0) for model in among)
        return sum(self.values[model] * weights.get(model, 0.0) for model in among) / whole if whole else 0.0

    def parts(self) -> dict[str, float]:
        """Return each model's own share of the list under the name."""
        whole = sum(self.values[model] * weight for model, weight in self.recorded.items())
        return {model: self.values[model] * weight / whole if whole else 0.0 for model, weight in self.under.items()}


def explained(
    shifts: Sequence[Shift], before: Sequence[Model], after: Sequence[Model], dimension: Dimension
) -> tuple[Shift, ...]:
    """Give shifts by one measure their reasons and their split; ``before`` and ``after`` are the listings at their two dates."""
    if not shifts:
        return ()
    was, is_ = _both(before, after, dimension, shifts[0].by)
    sides = ((shift, was.under(shift.name), is_.under(shift.name)) for shift in shifts)
    return tuple(replace(one, reasons=_reasons(then, now, dimension), split=_split(then, now)) for one, then, now in sides)


def explained_in_part(
    shifts: Sequence[Shift], before: tuple[Sequence[Model], float], after: tuple[Sequence[Model], float], dimension: Dimension
) -> tuple[Shift, ...]:
    """Give shifts by one measure their reasons where rows are kept of the leading models only.

    ``before`` and ``after`` are the rows of each date with the whole's recorded value. A model whose rows are kept at both dates
    has its part; all others have theirs together, so that the sum is the shift. By number of models there is nothing to tell.
    """
    if not shifts or shifts[0].by is Measure.MODELS:
        return tuple(shifts)
    was, is_ = _both(before[0], after[0], dimension, shifts[0].by)
    return tuple(_in_part(one, was.under(one.name), is_.under(one.name), (before[1], after[1]), dimension) for one in shifts)


def _in_part(shift: Shift, then: _Side, now: _Side, wholes: tuple[float, float], dimension: Dimension) -> Shift:
    before, after = wholes
    changes = {}
    for model in then.values.keys() & now.values.keys():
        was = then.values[model] * then.under.get(model, 0.0) / before if before else 0.0
        is_ = now.values[model] * now.under.get(model, 0.0) / after if after else 0.0
        if was or is_:
            changes[model] = is_ - was
    found = [Reason(model, _cause(model, then, now, dimension, change), change) for model, change in changes.items()]
    found.append(Reason(OTHERS, Cause.TOGETHER, shift.points - sum(changes.values())))
    return replace(shift, reasons=tuple(sorted(found, key=lambda reason: (-abs(reason.points), reason.model))))


def _reasons(then: _Side, now: _Side, dimension: Dimension) -> tuple[Reason, ...]:
    """Break a shift down to the models that made it, largest effect first.

    A model's part is its own share of the list after less before: ``w1*v1/V1 - w0*v0/V0``, with ``w`` the weight with which it
    stands under the name, ``v`` its value and ``V`` the list's recorded total. These add up exactly to the shift, because the
    name's share is the sum of its models' at each date.
    """
    was, now_is = then.parts(), now.parts()
    changes = {model: now_is.get(model, 0.0) - was.get(model, 0.0) for model in was.keys() | now_is.keys()}
    found = [Reason(model, _cause(model, then, now, dimension, change), change) for model, change in changes.items()]
    return tuple(sorted(found, key=lambda reason: (-abs(reason.points), reason.model)))


def _cause(model: str, then: _Side, now: _Side, dimension: Dimension, change: float) -> Cause:
    if model not in then.values:
        return Cause.ENTERED
    if model not in now.values:
        return Cause.LEFT
    if then.under.get(model) != now.under.get(model):
        return Cause.RENAMED if dimension in _BY_NAME else Cause.DECLARED
    return Cause.GREW if change >= 0 else Cause.SHRANK


def _split(then: _Side, now: _Side) -> Split:
    """Part a shift into growth and mix, with the share of the name in the place of productivity.

    Source: Melitz and Polanec, "Dynamic Olley-Pakes productivity decomposition with entry and exit", RAND Journal of Economics
    46 (2015), pages 362 to 375.

    With ``s`` the share among all models of a date and ``c`` the share among those that are in the list at both: what entered
    made ``s1 - c1``, what left made ``c0 - s0``, and those who stayed the rest, ``c1 - c0``, of which ``declared`` is what comes
    of another license or name alone. The four add up exactly to the shift: each cancels a term of the next.
    """
    stayed = then.values.keys() & now.values.keys()
    share_then, share_now = then.part(then.values.keys()), now.part(now.values.keys())
    stayed_then, stayed_now = then.part(stayed), now.part(stayed)
    undeclared = _Side(now.values, then.recorded, then.under).part(stayed)  # today's values under what was declared then
    return Split(
        grew=undeclared - stayed_then,
        declared=stayed_now - undeclared,
        entered=share_now - stayed_now,
        left=stayed_then - share_then,
    )


def _both(before: Sequence[Model], after: Sequence[Model], dimension: Dimension, by: Measure) -> tuple[_Read, _Read]:
    now_called = {model.hub_id: model.id for model in after if model.hub_id}
    return _read(before, dimension, by, now_called), _read(after, dimension, by, {})


def _read(models: Sequence[Model], dimension: Dimension, by: Measure, now_called: Mapping[str, str]) -> _Read:
    """Read one listing; ``now_called`` gives the present id of a model by the Hub's own number, where the source has it."""
    values: dict[str, float] = {}
    recorded: dict[str, float] = {}
    weights: dict[str, Mapping[str, float]] = {}
    for model in models:
        called = renames.successor(now_called.get(model.hub_id or "", model.id))
        own, value = grouping.weights_of(model, dimension), value_of(model, by)
        whole = sum(own.values())
        if called in values:
            # A list may have a model under its old and its new id: then its weight is the mean of both, by their values.
            both = values[called] + value
            part = value / both if both else 0.5
            whole = recorded[called] * (1 - part) + whole * part
            other, value = weights[called], both
            own = {name: other.get(name, 0.0) * (1 - part) + own.get(name, 0.0) * part for name in other.keys() | own.keys()}
        recorded[called], weights[called], values[called] = whole, own, value
    return _Read(values, {model: weight for model, weight in recorded.items() if weight}, weights)
