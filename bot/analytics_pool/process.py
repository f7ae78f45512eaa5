"""What runs inside an analytics process: ask and draw. The only part of the bot that loads matplotlib."""

from __future__ import annotations

import gc
import re
from typing import TYPE_CHECKING

from analytics import database
from analytics.charts import draw
from analytics.digest.build import DIMENSIONS, latest
from analytics.digest.build import digest as digest_of
from analytics.digest.edition import Edition
from analytics.domain import Dimension, ListName
from analytics.questions import QUESTIONS, ask, parse
from analytics.store import SqlHistory
from bot import survey
from bot.overview import Entry
from bot.reply import Picture

if TYPE_CHECKING:
    from analytics.answer import Answer
    from analytics.digest.values import Digest
    from analytics.history import History
    from bot.overview import Overview


class Analyst:
    """A history with its questions, held by one process."""

    def __init__(self, history: History) -> None:
        """Answer from ``history``."""
        self._history = history

    def answer(self, text: str) -> tuple[Answer, Picture]:
        """Read a question, answer it and draw its chart.

        Raises:
            HfStatsError: for words, names or dates that have no answer.

        """
        answer = ask(parse(text), self._history)
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

    def overview(self, known: str = "") -> Overview | None:
        """Look over the store; ``None`` when nothing came or went since the edition that is ``known``."""
        return None if known and survey.edition(self._history) == known else survey.survey(self._history)


_analysts: list[Analyst] = []


def start(url: str) -> None:
    """Open the store once for the life of this process."""
    _analysts[:] = [Analyst(SqlHistory(database.engine(url)))]
    # What is loaded by now lives as long as the process; collecting in the middle of a drawing costs its slowest twentieth.
    gc.collect()
    gc.freeze()
    gc.disable()


def answer(text: str) -> tuple[Answer, Picture]:
    """Answer in this process; see :meth:`Analyst.answer`."""
    try:
        return _analysts[0].answer(text)
    finally:
        gc.collect()


def digest(edition: str, within: str, sections: tuple[str, ...]) -> tuple[Digest, Picture]:
    """Build a digest in this process; see :meth:`Analyst.digest`."""
    try:
        return _analysts[0].digest(edition, within, sections)
    finally:
        gc.collect()


def overview(known: str) -> Overview | None:
    """Look over the store in this process; see :meth:`Analyst.overview`."""
    try:
        return _analysts[0].overview(known)
    finally:
        gc.collect()


def entries() -> tuple[Entry, ...]:
    """Return what can be asked."""
    return tuple(Entry(question.form, question.summary, question.examples, question.brief) for question in QUESTIONS)
