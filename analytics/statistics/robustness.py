"""How much a share depends on its largest model: the share again without that model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.formatting.numbers import percent
from analytics.formatting.phrases import of_measure
from analytics.names.grouping import weights_of
from analytics.statistics.comparison import value_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from analytics.domain import Dimension, Measure, Model
    from analytics.formatting.phrases import NounPhrase

NOTABLE = 0.05
"""Difference of the portion with and without the largest model from which it is reported."""


@dataclass(frozen=True, slots=True)
class Without:
    """A share with and without its largest model."""

    model: str
    portion: float
    rest: float
    """The portion if the list didn't have that model."""


def without_largest(
    models: Sequence[Model], dimension: Dimension, names: Collection[str], by: Measure, on: date | None = None
) -> Without | None:
    """Return the share of some names without their largest model; ``None`` where nothing else is recorded.

    Computed as ``(S - w*v) / (V - v)`` instead of ``S / V``, with ``S`` the names' value, ``V`` all that is recorded, ``v`` the
    model's value and ``w`` its weight under the names. ``on`` is the listing's date.
    """
    recorded = [(model, weights, value_of(model, by)) for model in models if (weights := weights_of(model, dimension, on))]
    under = [(sum(weights.get(name, 0.0) for name in names), value, model) for model, weights, value in recorded]
    whole, part = sum(value for _, value, _ in under), sum(weight * value for weight, value, _ in under)
    weight, value, largest = max(under, key=lambda row: (row[0] * row[1], row[2].id), default=(0.0, 0.0, None))
    if largest is None or not weight * value or whole <= value:
        return None
    return Without(largest.id, part / whole, max(0.0, part - weight * value) / (whole - value))


def sentence_without(without: Without | None, subject: NounPhrase, by: Measure) -> tuple[str, ...]:
    """Return a sentence about the share without its largest model; ``()`` where it would be much the same."""
    if without is None or abs(without.portion - without.rest) < NOTABLE:
        return ()
    now, rest = percent(without.portion), percent(without.rest)
    return (f"Without {without.model}, {subject.text} would have {rest} of {of_measure(by)} instead of {now}.",)
