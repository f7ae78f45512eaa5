"""When something is due again and again: parsed from words, computed in a time zone, worded for people.

Pure functions. It imports nothing of the bot.
"""

from bot.domain.schedule.due import Due, next_due, owed
from bot.domain.schedule.parsing import parse_schedule, read_schedule
from bot.domain.schedule.values import Day, Rhythm, Schedule
from bot.domain.schedule.wording import said, said_moment

__all__ = ["Day", "Due", "Rhythm", "Schedule", "next_due", "owed", "parse_schedule", "read_schedule", "said", "said_moment"]
