"""The questions that the bot knows, as values for the processes that don't load the code that answers them."""

from __future__ import annotations

from analytics.questions.registry import QUESTIONS
from bot.domain.store_summary import Entry


def entries() -> tuple[Entry, ...]:
    """Return the available questions."""
    return tuple(Entry(question.form, question.summary, question.examples, question.brief) for question in QUESTIONS)
