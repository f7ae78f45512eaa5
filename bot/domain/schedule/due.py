"""Due dates of a schedule, with the month or week that each digest covers, correct across daylight saving time.

A local time that a clock change skips becomes the moment of the change. A local time that occurs twice is the first of the two.
Each month or week is due exactly once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from analytics.digest.edition import Edition
from bot.domain.schedule.values import WEEKDAYS, Day, Rhythm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.schedule.values import Schedule

_SATURDAY = 5
_MOST = 120
"""Maximum number of missed periods to catch up on: ten years of months."""


@dataclass(frozen=True, slots=True)
class Due:
    """A due date (aware, UTC), and the month or week that the digest covers."""

    at: datetime
    edition: Edition


def next_due(schedule: Schedule, after: datetime) -> Due:
    """Return the first due date strictly after a moment (aware)."""
    return next(due for due in _all(schedule, after) if due.at > after)


def due_between(schedule: Schedule, after: datetime, until: datetime) -> list[Due]:
    """Return the due dates in ``(after, until]``, oldest first; only the latest 120."""
    found = []
    for due in _all(schedule, after):
        if due.at > until:
            break
        if due.at > after:
            found.append(due)
    return found[-_MOST:]


def _all(schedule: Schedule, around: datetime) -> Iterator[Due]:
    """Yield due dates in order, starting before a moment."""
    here = around.astimezone(ZoneInfo(schedule.zone)).date()
    edition = Edition.month(here) if schedule.rhythm is Rhythm.MONTHLY else Edition.week(here)
    edition = edition.before.before
    for _ in count():
        yield Due(_moment(schedule, _day(schedule.day, edition)), edition)
        edition = edition.after


def _day(day: Day, edition: Edition) -> date:
    """Return the day on which an edition is sent: its last, or the first suitable day of the next month or week."""
    if day is Day.LAST:
        return edition.last
    first = edition.last + timedelta(days=1)
    if day is Day.FIRST_WORKING:
        return first + timedelta(days=(7 - first.weekday()) if first.weekday() >= _SATURDAY else 0)
    return first + timedelta(days=WEEKDAYS.index(day))


def _moment(schedule: Schedule, day: date) -> datetime:
    zone = ZoneInfo(schedule.zone)
    local = datetime.combine(day, schedule.at, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    # The time is skipped by a clock change. The old offset (fold=0) and the new one (fold=1) give moments on either side of it.
    low, high = sorted((moment, local.replace(fold=1).astimezone(UTC)))
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return (high + timedelta(milliseconds=500)).replace(microsecond=0)
