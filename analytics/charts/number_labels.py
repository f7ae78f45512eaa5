"""Formats numbers on charts, as in sentences but shorter beside an axis, and chooses ticks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analytics.chart import Unit
from analytics.formatting.numbers import count, percent

if TYPE_CHECKING:
    from collections.abc import Iterator


def label(value: float, unit: Unit) -> str:
    """Return the label at the end of a bar or line: ``57.6%``, ``258M`` or, for a rank, ``1``."""
    if unit is Unit.PORTION:
        return percent(value)
    return count(value) if unit is Unit.COUNT else f"{value:.0f}"


def tick(value: float, unit: Unit) -> str:
    """Return the label of a grid line, whose value is round: ``20%``, ``2.5%``, ``40M``."""
    return f"{100 * value:.3g}%" if unit is Unit.PORTION else count(value)


def ticks(highest: float, most: int = 5) -> tuple[float, ...]:
    """Return round values from 0 to the first at or above ``highest``, at most ``most`` steps of 1, 2, 2.5 or 5."""
    if highest <= 0:
        return (0.0,)
    power = 10.0 ** math.floor(math.log10(highest / most))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10, 20) if highest <= power * factor * most)
    return tuple(round(place * step, 12) for place in range(math.ceil(highest / step - 1e-9) + 1))


def powers(lowest: float, highest: float) -> tuple[float, ...]:
    """Return the ticks of a logarithmic axis: powers of ten, or more values where those are fewer than two."""
    for factors in ((1,), (1, 2, 5), tuple(range(1, 10))):
        values = tuple(value for value in _multiples(lowest, highest, factors) if lowest <= value <= highest)
        if len(values) >= 2:
            break
    apart = math.ceil(len(values) / 6)
    return values[::apart] if apart else values


def _multiples(lowest: float, highest: float, factors: tuple[int, ...]) -> Iterator[float]:
    for exponent in range(math.floor(math.log10(lowest)), math.ceil(math.log10(highest)) + 1):
        for factor in factors:
            yield factor * 10.0**exponent
