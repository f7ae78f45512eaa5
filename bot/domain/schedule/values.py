"""The values of a schedule: rhythm, day, time and time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from enum import StrEnum


class Rhythm(StrEnum):
    """How often."""

    MONTHLY = "monthly"
    WEEKLY = "weekly"


class Day(StrEnum):
    """On which day of the month or week."""

    FIRST_WORKING = "first-working-day"
    """Monday to Friday; holidays aren't considered."""
    LAST = "last-day"
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEKDAYS = (Day.MONDAY, Day.TUESDAY, Day.WEDNESDAY, Day.THURSDAY, Day.FRIDAY, Day.SATURDAY, Day.SUNDAY)
MONTH_DAYS = (Day.FIRST_WORKING, Day.LAST)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A recurring schedule. ``str`` returns the text that :func:`bot.domain.schedule.parsing.parse_schedule` parses."""

    rhythm: Rhythm = Rhythm.MONTHLY
    day: Day = Day.FIRST_WORKING
    at: time = time(9)
    zone: str = "UTC"
    """IANA name."""

    def __post_init__(self) -> None:
        days = MONTH_DAYS if self.rhythm is Rhythm.MONTHLY else WEEKDAYS
        if self.day not in days:
            raise ValueError(f"{self.rhythm} is on one of {', '.join(days)}, not on {self.day}")

    def __str__(self) -> str:
        return f"{self.rhythm} on {self.day} at {self.at:%H:%M} {self.zone}"
