"""A run of numbers as a line of block characters, a character a month. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

FEWEST = 3
"""Months with a value below which nothing is drawn: two say no more than their numbers."""
MOST = 12
"""Months that fit on a line of a phone."""
_BARS = "▁▂▃▄▅▆▇█"
_LEVEL = "▄"
_GAP = "\N{EN SPACE}"


@dataclass(frozen=True, slots=True)
class Point:
    """One number at one date; ``None`` where there was none."""

    day: date
    value: float | None


@dataclass(frozen=True, slots=True)
class Trend:
    """The line, and what stands at its ends."""

    bars: str
    """From the smallest value to the largest; a month without a value is a space."""
    first: Point
    last: Point


def trend(points: Sequence[Point]) -> Trend | None:
    """Draw the last value of each month, of a year at most; ``None`` where there are fewer than three."""
    last = _months(points)
    present = [month for month, point in last.items() if point.value is not None]
    if not present:
        return None
    shown = range(max(present[0], present[-1] - MOST + 1), present[-1] + 1)
    found = [last.get(month) for month in shown]
    values = [point.value if point else None for point in found]
    known = [point for point in found if point and point.value is not None]
    if len(known) < FEWEST:
        return None
    low = min(value for value in values if value is not None)
    high = max(value for value in values if value is not None)
    return Trend("".join(_bar(value, low, high) for value in values), known[0], known[-1])


def absent_since(points: Sequence[Point]) -> date | None:
    """Return when the last month before the present one ended without a value; ``None`` where it had one or is not known."""
    months = list(_months(points).values())
    return months[-2].day if len(months) > 1 and months[-2].value is None else None


def _months(points: Sequence[Point]) -> dict[int, Point]:
    """Return the last point of each month, by the number of the month."""
    return {point.day.year * 12 + point.day.month: point for point in sorted(points, key=lambda point: point.day)}


def _bar(value: float | None, low: float, high: float) -> str:
    if value is None:
        return _GAP
    return _BARS[round((value - low) / (high - low) * (len(_BARS) - 1))] if high > low else _LEVEL
