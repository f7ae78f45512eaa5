"""The code that runs in an analytics process. The only part of the bot that loads matplotlib."""

from __future__ import annotations

import gc
import pickle
import re
from typing import TYPE_CHECKING

from analytics.charts.drawing import draw
from analytics.digest.basis import basis as basis_of
from analytics.digest.builder import DIMENSIONS, latest
from analytics.digest.builder import digest as digest_of
from analytics.digest.edition import Edition
from analytics.domain import Dimension, ListName
from analytics.questions.registry import ask
from analytics.report.builder import report as report_of
from analytics.storage import database, database_wait
from analytics.storage.sql_history import SqlHistory
from bot.analytics_pool import summarize_store
from bot.analytics_pool.entries import entries
from bot.domain.reply import LATEST_WEEK, PUBLISHED, Picture

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from analytics.answer import Answer
    from analytics.digest.basis import Basis
    from analytics.digest.values import Digest
    from analytics.query import Query
    from analytics.report.values import Report
    from analytics.storage.history import History
    from bot.domain.store_summary import Entry, StoreSummary


class AnalyticsProcess:
    """Answers questions about a history."""

    def __init__(self, history: History) -> None:
        """Use ``history`` as the data."""
        self._history = history

    def answer(self, query: Query) -> tuple[Answer, Picture]:
        """Answer a question and draw its chart.

        Raises:
            HfStatsError: for names or dates that have no answer.

        """
        answer = ask(query, self._history)
        name = re.sub(r"[^a-z0-9]+", "-", answer.query.casefold()).strip("-")[:80]
        return answer, Picture(draw(answer.chart), answer.chart.alt, f"hfstats-{name}.png")

    def basis(self, edition: str, within: str) -> Basis:
        """Return the data that the digest for a month or week would rest on now."""
        return basis_of(Edition.parse(edition), self._history, ListName(within))

    def digest(
        self, edition: str, within: str, sections: tuple[str, ...], *, as_recorded: bool = False
    ) -> tuple[Digest, Picture]:
        """Build the digest for a month or week and draw its picture.

        ``""`` is the month of the latest snapshot, :data:`~bot.domain.reply.LATEST_WEEK` its week. With ``as_recorded``, nothing
        is filled in from other dates.

        Raises:
            HfStatsError: for a month or week without a digest, with the reason.

        """
        list_ = ListName(within)
        is_named = edition not in {"", LATEST_WEEK}
        named = Edition.parse(edition) if is_named else latest(self._history, list_, weekly=edition == LATEST_WEEK)
        dimensions = [Dimension(name) for name in sections] or list(DIMENSIONS)
        built = digest_of(named, self._history, within=list_, dimensions=dimensions, as_recorded=as_recorded)
        return built, Picture(draw(built.chart), built.chart.alt, f"hfstats-digest-{named}.png")

    def report(self, month: str, within: str, published: str = "") -> tuple[Report, dict[str, Picture]]:
        """Build the report of a month and draw the charts of its chapters, by their keys, and of its ``forecast``.

        ``""`` is the month of the latest snapshot. ``published``: :data:`~bot.domain.reply.PUBLISHED` adds the published figures.

        Raises:
            HfStatsError: for a month without a report, with the reason.

        """
        list_ = ListName(within)
        edition = Edition.parse(month) if month else latest(self._history, list_)
        built = report_of(edition, self._history, within=list_, with_published=published == PUBLISHED)
        charts = {section.key: section.chart for section in built.sections} | {"forecast": built.forecast}
        name = f"hfstats-report-{edition}"
        pictures = {key: Picture(draw(chart), chart.alt, f"{name}-{key}.png") for key, chart in charts.items() if chart}
        return built, pictures

    @staticmethod
    def entries() -> tuple[Entry, ...]:
        """Return the available questions."""
        return entries()

    def summarize_store(self, known: str = "") -> StoreSummary | None:
        """Return the store's summary; ``None`` if its edition is still ``known``."""
        return None if known and summarize_store.edition(self._history) == known else summarize_store.summarize(self._history)


_DATABASE_WITHIN = 8.0
"""Seconds that one request may wait for the database; much less than the request's own limit."""


def start(url: str) -> AnalyticsProcess:
    """Open the store for the life of the process, and turn garbage collection off; :func:`serve` runs it."""
    analytics = AnalyticsProcess(SqlHistory(database.engine(url)))
    # Loaded modules stay for the life of the process; a collection while drawing would raise the 95th percentile.
    gc.collect()
    gc.freeze()
    gc.disable()
    return analytics


def serve(analytics: AnalyticsProcess, questions: Connection) -> None:
    """Handle requests one after another until the pipe closes.

    A request is a name from :data:`FUNCTIONS` with its arguments. The response is a pickled pair: whether it succeeded, and the
    result or the exception.
    """
    while True:
        try:
            function, arguments = questions.recv()
        except EOFError:
            return
        questions.send_bytes(_answered(analytics, function, arguments))
        gc.collect()


FUNCTIONS = frozenset({"answer", "basis", "digest", "report", "summarize_store", "entries"})
"""The methods of :class:`AnalyticsProcess` that can be called."""


def _answered(analytics: AnalyticsProcess, function: str, arguments: tuple[object, ...]) -> bytes:
    try:
        if function not in FUNCTIONS:
            raise LookupError(function)  # noqa: TRY301 - sent back like every other error
        with database_wait.at_most(_DATABASE_WITHIN):
            return pickle.dumps((True, getattr(analytics, function)(*arguments)))
    except Exception as error:  # noqa: BLE001 - raised again in the calling process
        return _raised(error)


def _raised(error: Exception) -> bytes:
    try:
        pickled = pickle.dumps((False, error))
        pickle.loads(pickled)  # noqa: S301 - some libraries' errors can be pickled but not unpickled
    except Exception:  # noqa: BLE001 - the caller must learn about the failure, whatever the exception's class does
        return pickle.dumps((False, RuntimeError(f"{type(error).__module__}.{type(error).__qualname__}")))
    return pickled
