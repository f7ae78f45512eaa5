"""Recurring schedules: parsing, due dates in a time zone, and descriptions.

Pure functions, without I/O. It imports nothing else of the bot.
"""

from bot.domain.schedule.due import Due, due_between, next_due
from bot.domain.schedule.parsing import parse_schedule, read_schedule
from bot.domain.schedule.values import Day, Rhythm, Schedule
from bot.domain.schedule.wording import describe, describe_moment

__all__ = [
    "Day",
    "Due",
    "Rhythm",
    "Schedule",
    "describe",
    "describe_moment",
    "due_between",
    "next_due",
    "parse_schedule",
    "read_schedule",
]
