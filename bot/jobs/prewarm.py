"""Prewarm the answer cache with common questions after each snapshot."""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING

from analytics.errors import HfStatsError, NoDataError, QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from analytics.query import Query
    from bot.conversation.answer_cache import AnswerCache

_log = logging.getLogger(__name__)

_EVERY = 60.0
"""Seconds between two checks for a new snapshot; a check runs one small query."""


class Prewarmer:
    """Answers the same questions whenever the history changes, to fill the cache."""

    def __init__(self, answer_cache: AnswerCache, questions: Sequence[Query]) -> None:
        """Cache the answers to ``questions``."""
        self._recent = answer_cache
        self._questions = questions
        self._warm: Hashable = None

    def look(self) -> int:
        """Answer the questions if the history changed since the last check; returns how many were answered.

        Raises:
            StoreError: when the database cannot be used.

        """
        version = self._recent.version()
        if version == self._warm:
            return 0
        answered = sum(self._answered(query) for query in self._questions)
        # Set only now, so that a failed question is retried at the next check.
        self._warm = version
        return answered

    def start(self) -> Callable[[], None]:
        """Check now and every minute in a thread; returns a function that stops it."""
        stopped = Event()

        def run() -> None:
            while True:
                try:
                    self.look()
                except HfStatsError as error:
                    _log.warning("could not prewarm the common charts: %s", error)
                except Exception:  # noqa: BLE001 - nothing would notice the end of this thread
                    _log.exception("could not prewarm the common charts")
                if stopped.wait(_EVERY):
                    return

        Thread(target=run, name="prewarm", daemon=True).start()
        return stopped.set

    def _answered(self, query: Query) -> bool:
        try:
            self._recent.answer(query)
        except (NoDataError, QueryError):  # for example, no movers in a store with one month of data
            return False
        return True
