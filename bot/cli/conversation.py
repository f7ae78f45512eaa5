"""The words after ``hfstats ask`` that the grammar doesn't read: what the Slack command understands, on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from analytics.errors import QueryError
from analytics.formatting.visible import visible
from analytics.questions.registry import FORMS
from bot.analytics_pool import summarize_store
from bot.analytics_pool.entries import entries
from bot.blocks.text import notice_text
from bot.conversation.name_index import NameIndex
from bot.conversation.natural_language import NaturalLanguage
from bot.conversation.request_parser import SENTENCE, RequestParser
from bot.domain.request import Command, Help, Misunderstood, Question

if TYPE_CHECKING:
    from analytics.query import Query
    from analytics.storage.history import History
    from bot.domain.store_summary import StoreSummary


class _Summaries:
    """Summarizes the store in this process."""

    def __init__(self, history: History) -> None:
        self._history = history

    def summarize_store(self, known: str = "") -> StoreSummary | None:  # noqa: ARG002 - asked once
        return summarize_store.summarize(self._history)


def read(line: str, history: History, error: QueryError) -> Query | Command | Help:
    """Return the question, the command or the help that ``line`` asks for.

    ``error`` is why the grammar doesn't read it.

    Raises:
        QueryError: where the line isn't understood, or only works in Slack, saying where to type it.

    """
    if not line:
        raise error
    name_index = NameIndex(_Summaries(history))
    name_index.current()
    match RequestParser(entries(), NaturalLanguage(name_index, FORMS)).parse(line):
        case Question(query=asked, rephrased=rephrased):
            if rephrased and len(line.split()) < SENTENCE:  # a script must see a mistyped question as an error
                raise QueryError(str(error), (str(asked),))
            if rephrased:
                click.echo(visible(f"I read that as: {asked}"), err=True)
            return asked
        case Help() | Command(word="status" | "digest") as request:
            return request
        case Command(word="report"):
            raise QueryError("On the command line, the report is a command of its own: hfstats report --month 2026-08.")
        case Command(word=word):
            raise QueryError(f"“{word}” works in Slack only: type /hfstats {line} in a channel.", (f"help {word}", "help"))
        case Misunderstood(notice):
            raise QueryError(notice.text, notice.suggestions)


def print_help(request: Help) -> None:
    """Print what help there is for the command line's user."""
    click.echo(visible(notice_text(request.notice).replace("/hfstats", "hfstats ask")))
