"""The words after ``hfstats ask`` that the grammar doesn't read: what the Slack command understands, on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from analytics.errors import QueryError
from analytics.formatting.visible import visible
from analytics.questions.registry import FORMS, QUESTIONS
from bot.analytics_pool import summarize_store
from bot.blocks.text import notice_text
from bot.conversation.name_index import NameIndex
from bot.conversation.natural_language import NaturalLanguage
from bot.conversation.request_parser import RequestParser
from bot.domain.request import Command, Help, Misunderstood, Question
from bot.domain.store_summary import Entry

if TYPE_CHECKING:
    from analytics.query import Query
    from analytics.storage.history import History
    from bot.domain.store_summary import StoreSummary

_FEWEST_WORDS = 3
"""Words of a sentence. Fewer are a mistyped question, which a script must see as an error."""


class _Summaries:
    """Summarizes the store in this process."""

    def __init__(self, history: History) -> None:
        self._history = history

    def summarize_store(self, known: str = "") -> StoreSummary | None:  # noqa: ARG002 - asked once
        return summarize_store.summarize(self._history)


def read(line: str, history: History, error: QueryError) -> Query | Command | None:
    """Return the question or the command that ``line`` asks for; print its help and return ``None`` if it asks for that.

    ``error`` is why the grammar doesn't read it.

    Raises:
        QueryError: where the line isn't understood, or only works in Slack, saying where to type it.

    """
    if not line:
        raise error
    name_index = NameIndex(_Summaries(history))
    name_index.current()
    entries = tuple(Entry(question.form, question.summary, question.examples, question.brief) for question in QUESTIONS)
    match RequestParser(entries, NaturalLanguage(name_index, FORMS)).parse(line):
        case Question(query=asked, rephrased=rephrased):
            if rephrased and len(line.split()) < _FEWEST_WORDS:
                raise QueryError(str(error), (str(asked),))
            if rephrased:
                click.echo(visible(f"I read that as: {asked}"), err=True)
            return asked
        case Help(notice):
            click.echo(visible(notice_text(notice).replace("/hfstats", "hfstats ask")))
        case Command(word="status" | "digest") as command:
            return command
        case Command(word=word):
            raise QueryError(f"“{word}” works in Slack only: type /hfstats {line} in a channel.", (f"help {word}", "help"))
        case Misunderstood(notice):
            raise QueryError(notice.text, notice.suggestions)
    return None
