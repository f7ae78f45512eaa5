"""When something is due again and again: parsed from words, computed in a time zone, worded for people.

Pure functions. It imports nothing of the bot.
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
