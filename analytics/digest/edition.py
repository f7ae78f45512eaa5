"""``Edition``, the month or week that a digest covers."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from analytics.errors import QueryError

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_WEEK = re.compile(r"(\d{4})-[Ww](\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Edition:
    """A calendar month or an ISO week, UTC. ``str`` gives ``2026-07`` or ``2026-W30``, which :meth:`parse` reads."""

    first: date
    last: date

    @classmethod
    def month(cls, of: date) -> Self:
        """Return the month that a day lies in."""
        return cls(of.replace(day=1), of.replace(day=calendar.monthrange(of.year, of.month)[1]))

    @classmethod
    def week(cls, of: date) -> Self:
        """Return the ISO week, Monday to Sunday, that a day lies in."""
        monday = of - timedelta(days=of.weekday())
        return cls(monday, monday + timedelta(days=6))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2026-07`` or ``2026-W30``.

        Raises:
            QueryError: for anything else, and for a month or week that does not exist.

        """
        try:
            if month := _MONTH.fullmatch(text.strip()):
                return cls.month(date(int(month[1]), int(month[2]), 1))
            if week := _WEEK.fullmatch(text.strip()):
                return cls.week(date.fromisocalendar(int(week[1]), int(week[2]), 1))
        except ValueError:
            pass
        raise QueryError(f"“{text}” isn't a month or a week. Write a month like 2026-07 or a week like 2026-W30.")

    @property
    def weekly(self) -> bool:
        """Whether this is a week."""
        return (self.last - self.first).days == 6

    @property
    def before(self) -> Edition:
        """The month or week before."""
        last = self.first - timedelta(days=1)
        return Edition.week(last) if self.weekly else Edition.month(last)

    @property
    def after(self) -> Edition:
        """The month or week after."""
        first = self.last + timedelta(days=1)
        return Edition.week(first) if self.weekly else Edition.month(first)

    @property
    def name(self) -> str:
        """As people write it: ``July 2026``, ``the week of July 20, 2026``."""
        return f"the week of {self.first:%B} {self.first.day}, {self.first.year}" if self.weekly else f"{self.first:%B %Y}"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        if not self.weekly:
            return f"{self.first:%Y-%m}"
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02}"
