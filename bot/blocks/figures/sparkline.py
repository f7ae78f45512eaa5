"""Sparklines made of block characters, one per month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

FEWEST = 3
"""Fewest months with a value for a sparkline; two say no more than their numbers."""
MOST = 12
"""Months that fit on one line on a phone."""
_BARS = "▁▂▃▄▅▆▇█"
_LEVEL = "▄"
_GAP = "\N{EN SPACE}"


@dataclass(frozen=True, slots=True)
class Point:
    """A value on a date; ``None`` if there was none."""

    day: date
    value: float | None


@dataclass(frozen=True, slots=True)
class Trend:
    """A sparkline with its first and last point."""

    bars: str
    """Scaled from the smallest to the largest value; a month without a value is a space."""
    first: Point
    last: Point


def trend(points: Sequence[Point]) -> Trend | None:
    """Return a sparkline of the last value of each month, for at most a year; ``None`` for fewer than three months."""
    last = _months(points)
    present = [month for month, point in last.items() if point.value is not None]
    if not present:
        return None
    shown = range(max(present[0], present[-1] - MOST + 1), present[-1] + 1)
    monthly = [last.get(month) for month in shown]
    values = [point.value if point else None for point in monthly]
    known = [point for point in monthly if point and point.value is not None]
    if len(known) < FEWEST:
        return None
    low = min(value for value in values if value is not None)
    high = max(value for value in values if value is not None)
    return Trend("".join(_bar(value, low, high) for value in values), known[0], known[-1])


def absent_since(points: Sequence[Point]) -> date | None:
    """Return the date of last month's point if it has no value; ``None`` otherwise."""
    months = list(_months(points).values())
    return months[-2].day if len(months) > 1 and months[-2].value is None else None


def _months(points: Sequence[Point]) -> dict[int, Point]:
    """Return the last point of each month, by the number of the month."""
    return {point.day.year * 12 + point.day.month: point for point in sorted(points, key=lambda point: point.day)}


def _bar(value: float | None, low: float, high: float) -> str:
    if value is None:
        return _GAP
    return _BARS[round((value - low) / (high - low) * (len(_BARS) - 1))] if high > low else _LEVEL
