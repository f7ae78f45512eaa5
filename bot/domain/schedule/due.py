"""When a schedule is due, and of which month or week the digest is then. Right across daylight saving.

A local time that does not exist, since clocks are put forward over it, is the moment they are put forward to; one that exists
twice is the first of the two. Every month and every week is due exactly once.
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
"""Periods that are made up for at most; ten years of months."""


@dataclass(frozen=True, slots=True)
class Due:
    """A moment (aware, UTC), and the month or week that is told of then."""

    at: datetime
    edition: Edition


def next_due(schedule: Schedule, after: datetime) -> Due:
    """Return what is due first after a moment (aware), strictly."""
    return next(due for due in _all(schedule, after) if due.at > after)


def due_between(schedule: Schedule, after: datetime, until: datetime) -> list[Due]:
    """Return all that is due after one moment and not after the other, the oldest first; the latest 120 of them."""
    found = []
    for due in _all(schedule, after):
        if due.at > until:
            break
        if due.at > after:
            found.append(due)
    return found[-_MOST:]


def _all(schedule: Schedule, around: datetime) -> Iterator[Due]:
    """Yield what is due in order, from before the moment on."""
    here = around.astimezone(ZoneInfo(schedule.zone)).date()
    edition = Edition.month(here) if schedule.rhythm is Rhythm.MONTHLY else Edition.week(here)
    edition = edition.before.before
    for _ in count():
        yield Due(_moment(schedule, _day(schedule.day, edition)), edition)
        edition = edition.after


def _day(day: Day, edition: Edition) -> date:
    """Return the day on which an edition is sent: the month's last, or the first fit one of the month or week after it."""
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
    # In a gap. Before it the old offset holds (fold=0), after it the new one: their readings enclose the change.
    low, high = sorted((moment, local.replace(fold=1).astimezone(UTC)))
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return (high + timedelta(milliseconds=500)).replace(microsecond=0)
