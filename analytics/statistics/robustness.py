"""Does a share hang on one model? The share again, without the model that carries most of it. Listings in, portions out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.formatting.numbers import percent
from analytics.formatting.phrases import of_measure
from analytics.names.grouping import weights_of
from analytics.statistics.comparison import value_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analytics.domain import Dimension, Measure, Model

TOLD = 0.05
"""Part of the whole that one model must be worth to a share for it to be told."""


@dataclass(frozen=True, slots=True)
class Without:
    """A share with the model that carries most of it, and without."""

    model: str
    portion: float
    rest: float
    """The share, had the list not had that model."""


def without_largest(models: Sequence[Model], dimension: Dimension, names: Collection[str], by: Measure) -> Without | None:
    """Take the largest model under some names out of the list: ``(S - w*v) / (V - v)`` for ``S / V``; ``None`` if none is left.

    ``S`` is what stands under the names, ``V`` all that is recorded, ``v`` the model's value, ``w`` its weight under the names.
    """
    recorded = [(model, weights, value_of(model, by)) for model in models if (weights := weights_of(model, dimension))]
    under = [(sum(weights.get(name, 0.0) for name in names), value, model) for model, weights, value in recorded]
    whole, part = sum(value for _, value, _ in under), sum(weight * value for weight, value, _ in under)
    weight, value, largest = max(under, key=lambda one: (one[0] * one[1], one[2].id), default=(0.0, 0.0, None))
    if largest is None or not weight * value or whole <= value:
        return None
    return Without(largest.id, part / whole, max(0.0, part - weight * value) / (whole - value))


def hangs_on(found: Without | None, who: str, by: Measure) -> tuple[str, ...]:
    """Say what a share would be without its largest model, where that is another one."""
    if found is None or abs(found.portion - found.rest) < TOLD:
        return ()
    now, rest = percent(found.portion), percent(found.rest)
    return (f"Without {found.model}, {who} would have {rest} of {of_measure(by)} instead of {now}.",)
