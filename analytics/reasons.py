"""Why a share moved: the models that made it move, and how much is due to who is in the list. Listings in, portions out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics import grouping
from analytics.answer import Cause, Reason, Shift, Split
from analytics.compare import value_of
from analytics.domain import Dimension, Measure
from analytics.names import renames

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analytics.domain import Model

_BY_NAME = frozenset({Dimension.CREATOR, Dimension.NAMESPACE, Dimension.KIND, Dimension.COUNTRY})
"""Dimensions that a model's own id decides; in the others it is what the model declares."""
OTHERS = "the other models"
"""Who made what no model with a row of its own made."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One listing by what each model is called today."""

    values: Mapping[str, float]
    """The value of every model."""
    recorded: Mapping[str, float]
    """The weight of every model whose names in the dimension are recorded: 1 each."""
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


def explained(shift: Shift, before: Sequence[Model], after: Sequence[Model], dimension: Dimension) -> Shift:
    """Give a shift its reasons and its split; ``before`` and ``after`` are the listings at its two dates."""
    now_called = {model.hub_id: model.id for model in after if model.hub_id}
    then = _side(before, dimension, shift.name, shift.by, now_called)
    now = _side(after, dimension, shift.name, shift.by, {})
    return replace(shift, reasons=_reasons(then, now, dimension), split=_split(then, now))


def explained_in_part(
    shift: Shift, before: tuple[Sequence[Model], float], after: tuple[Sequence[Model], float], dimension: Dimension
) -> Shift:
    """Give a shift its reasons where rows are kept of the leading models only.

    ``before`` and ``after`` are the rows of each date with the whole's recorded value. A model whose rows are kept at both dates
    has its part; all others have theirs together, so that the sum is the shift. By number of models there is nothing to tell.
    """
    if shift.by is Measure.MODELS:
        return shift
    now_called = {model.hub_id: model.id for model in after[0] if model.hub_id}
    then = _side(before[0], dimension, shift.name, shift.by, now_called)
    now = _side(after[0], dimension, shift.name, shift.by, {})
    changes = {}
    for model in then.values.keys() & now.values.keys():
        was = then.values[model] * then.under.get(model, 0.0) / before[1] if before[1] else 0.0
        is_ = now.values[model] * now.under.get(model, 0.0) / after[1] if after[1] else 0.0
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


def _side(models: Sequence[Model], dimension: Dimension, name: str, by: Measure, now_called: Mapping[str, str]) -> _Side:
    """Read one listing; ``now_called`` gives the present id of a model by the Hub's own number, where the source has it."""
    values: dict[str, float] = {}
    recorded: dict[str, float] = {}
    under: dict[str, float] = {}
    for model in models:
        called = renames.successor(now_called.get(model.hub_id or "", model.id))
        weights = grouping.weights_of(model, dimension)
        value, whole = value_of(model, by), values.get(called, 0.0) + value_of(model, by)
        # A list may have a model under its old and its new id: then its weight is the mean of both, by their values.
        part = 1.0 if called not in values else value / whole if whole else 0.5
        recorded[called] = recorded.get(called, 0.0) * (1 - part) + sum(weights.values()) * part
        under[called] = under.get(called, 0.0) * (1 - part) + weights.get(name, 0.0) * part
        values[called] = whole
    return _Side(values, {m: w for m, w in recorded.items() if w}, {m: w for m, w in under.items() if w})
