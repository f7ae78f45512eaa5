"""When something is due again and again: read from words, computed in a time zone, said to people. Pure."""

from bot.schedule.due import Due, next_due, owed
from bot.schedule.said import said, said_moment
from bot.schedule.values import Day, Rhythm, Schedule
from bot.schedule.words import parse_schedule, read_schedule

__all__ = ["Day", "Due", "Rhythm", "Schedule", "next_due", "owed", "parse_schedule", "read_schedule", "said", "said_moment"]
