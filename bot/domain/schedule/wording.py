"""Descriptions of schedules and moments for people."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain.schedule.values import Day, Rhythm

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.schedule.values import Schedule


def describe(schedule: Schedule) -> str:
    """Return a description: ``on the first working day of each month at 09:00 (Europe/Berlin)``."""
    if schedule.rhythm is Rhythm.WEEKLY:
        day = f"every {schedule.day.capitalize()}"
    elif schedule.day is Day.LAST:
        day = "on the last day of each month"
    else:
        day = "on the first working day of each month"
    return f"{day} at {schedule.at:%H:%M} ({schedule.zone})"


def describe_moment(moment: datetime, zone: str) -> str:
    """Return a moment in a time zone: ``Tuesday, December 1, 2026, 09:00``."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%A, %B} {local.day}, {local:%Y, %H:%M}"
