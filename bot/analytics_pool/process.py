"""What runs inside an analytics process: ask and draw. The only part of the bot that loads matplotlib."""

from __future__ import annotations

import gc
import pickle
import re
from typing import TYPE_CHECKING

from analytics.charts.drawing import draw
from analytics.digest.builder import DIMENSIONS, latest
from analytics.digest.builder import digest as digest_of
from analytics.digest.edition import Edition
from analytics.domain import Dimension, ListName
from analytics.questions.registry import QUESTIONS, ask
from analytics.storage import database, database_wait
from analytics.storage.sql_history import SqlHistory
from bot.analytics_pool import summarize_store
from bot.domain.reply import Picture
from bot.domain.store_summary import Entry

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from analytics.answer import Answer
    from analytics.digest.values import Digest
    from analytics.query import Query
    from analytics.storage.history import History
    from bot.domain.store_summary import StoreSummary


class AnalyticsProcess:
    """A history with its questions, held by one process."""

    def __init__(self, history: History) -> None:
        """Answer from ``history``."""
        self._history = history

    def answer(self, query: Query) -> tuple[Answer, Picture]:
        """Answer a question and draw its chart.

        Raises:
            HfStatsError: for names or dates that have no answer.

        """
        answer = ask(query, self._history)
        name = re.sub(r"[^a-z0-9]+", "-", answer.query.casefold()).strip("-")[:80]
        return answer, Picture(draw(answer.chart), answer.chart.alt, f"hfstats-{name}.png")

    def digest(self, edition: str, within: str, sections: tuple[str, ...]) -> tuple[Digest, Picture]:
        """Build the digest of a month or week and draw its picture; ``""`` is the month of the latest snapshot.

        Raises:
            HfStatsError: for an edition that has none, saying why.

        """
        list_ = ListName(within)
        named = Edition.parse(edition) if edition else latest(self._history, list_)
        dimensions = [Dimension(one) for one in sections] or list(DIMENSIONS)
        built = digest_of(named, self._history, within=list_, dimensions=dimensions)
        return built, Picture(draw(built.chart), built.chart.alt, f"hfstats-digest-{named}.png")

    @staticmethod
    def entries() -> tuple[Entry, ...]:
        """Return what can be asked."""
        return entries()

    def overview(self, known: str = "") -> StoreSummary | None:
        """Look over the store; ``None`` when nothing came or went since the edition that is ``known``."""
        return None if known and summarize_store.edition(self._history) == known else summarize_store.summarize(self._history)


_DATABASE_WITHIN = 8.0
"""Seconds that one question waits for the database, well under what anybody waits for the question."""


def start(url: str) -> AnalyticsProcess:
    """Open the store once for the life of this process."""
    analyst = AnalyticsProcess(SqlHistory(database.engine(url)))
    # What is loaded by now lives as long as the process; collecting in the middle of a drawing costs its slowest twentieth.
    gc.collect()
    gc.freeze()
    gc.disable()
    return analyst


def serve(analyst: AnalyticsProcess, questions: Connection) -> None:
    """Answer one question after the other until nobody is left to ask.

    A question is a name of :data:`FUNCTIONS` with arguments; an answer is whether that worked, and what came of it.
    """
    while True:
        try:
            function, arguments = questions.recv()
        except EOFError:
            return
        questions.send_bytes(_answered(analyst, function, arguments))
        gc.collect()


FUNCTIONS = frozenset({"answer", "digest", "overview", "entries"})
"""The methods of an :class:`Analyst` that can be asked for."""


def _answered(analyst: AnalyticsProcess, function: str, arguments: tuple[object, ...]) -> bytes:
    try:
        if function not in FUNCTIONS:
            raise LookupError(function)  # noqa: TRY301 - goes back like every other error
        with database_wait.at_most(_DATABASE_WITHIN):
            return pickle.dumps((True, getattr(analyst, function)(*arguments)))
    except Exception as error:  # noqa: BLE001 - raised where it was asked
        return _raised(error)


def _raised(error: Exception) -> bytes:
    try:
        told = pickle.dumps((False, error))
        pickle.loads(told)  # noqa: S301 - some errors of libraries can be written and not read
    except Exception:  # noqa: BLE001 - whatever its class does, the one who asked is told that it failed
        return pickle.dumps((False, RuntimeError(f"{type(error).__module__}.{type(error).__qualname__}")))
    return told


def entries() -> tuple[Entry, ...]:
    """Return what can be asked."""
    return tuple(Entry(question.form, question.summary, question.examples, question.brief) for question in QUESTIONS)
