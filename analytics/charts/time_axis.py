"""A linear time axis: the position of each date, and the labels under it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from analytics.formatting.phrases import short_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MONTHS = (1, 2, 3, 6, 12, 24, 60)
_DAYS = (1, 2, 7, 14)

ALONE = 80
"""Pixels from the left to a date that is the only one."""


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Dates between two pixels. A single date is ``ALONE`` pixels right of the left one."""

    dates: tuple[date, ...]
    left: float
    right: float

    def at(self, when: date) -> float:
        """Return the pixel of a date."""
        span = (self.dates[-1] - self.dates[0]).days
        return self.left + ((self.right - self.left) * (when - self.dates[0]).days / span if span else ALONE)

    @property
    def pixels(self) -> tuple[float, ...]:
        """The pixel of each date."""
        return tuple(self.at(when) for when in self.dates)

    def marks(self, apart: float) -> tuple[tuple[float, str], ...]:
        """Return pixel and label of round dates (starts of months or years, or days) at least ``apart`` pixels apart.

        Where there are fewer than two, return the first and the last date instead.
        """
        for marks in self._candidates():
            pixels = [self.at(when) for when, _ in marks]
            if all(after - before >= apart for before, after in pairwise(pixels)):
                if len(marks) < 2:
                    break
                return tuple(zip(pixels, (words for _, words in marks), strict=True))
        ends = dict.fromkeys((self.dates[0], self.dates[-1]))
        return tuple((self.at(when), short_day(when)) for when in ends)

    def _candidates(self) -> Iterator[list[tuple[date, str]]]:
        first, last = self.dates[0], self.dates[-1]
        if (last - first).days <= 70:
            for step in _DAYS:
                count = (last - first).days // step
                days = [first + timedelta(days=step * place) for place in range(count + 1)]
                yield [(when, f"{when:%b} {when.day}") for when in days]
        for step in _MONTHS:
            starts = [date(m // 12, m % 12 + 1, 1) for m in range(first.year * 12, last.year * 12 + 12, step)]
            within = [when for when in starts if first <= when <= last]
            yield [(when, f"{when:%Y}" if step >= 12 else f"{when:%b %Y}") for when in within]


def parse(categories: Sequence[str]) -> tuple[date, ...]:
    """Parse ISO dates.

    Raises:
        ValueError: unless each is later than the one before.

    """
    dates = tuple(date.fromisoformat(category) for category in categories)
    for before, after in pairwise(dates):
        if after <= before:
            raise ValueError(f"dates must rise: {after} comes after {before}")
    return dates
