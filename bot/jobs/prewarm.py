"""Prewarming: what is asked most is answered when a snapshot comes, so that whoever asks first does not wait for a chart."""

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
"""Seconds between two looks at whether there is a new snapshot; a look costs one small query."""


class Prewarmer:
    """Asks the same questions anew whenever the history changes, and keeps the answers in the cache."""

    def __init__(self, answer_cache: AnswerCache, questions: Sequence[Query]) -> None:
        """Keep the answers to ``questions`` at hand."""
        self._recent = answer_cache
        self._questions = questions
        self._warm: Hashable = None

    def look(self) -> int:
        """Answer the questions if a snapshot came or went since the last look; return how many were answered.

        Raises:
            StoreError: when the database cannot be used.

        """
        version = self._recent.version()
        if version == self._warm:
            return 0
        answered = sum(self._answered(query) for query in self._questions)
        # Only now: what failed on the way is asked again at the next look.
        self._warm = version
        return answered

    def start(self) -> Callable[[], None]:
        """Look now and every minute, in a thread of its own; returns what stops it."""
        stopped = Event()

        def run() -> None:
            while True:
                try:
                    self.look()
                except HfStatsError as error:
                    _log.warning("the common charts are not at hand: %s", error)
                except Exception:  # noqa: BLE001 - a thread that ends here would be missed by nobody
                    _log.exception("the common charts are not at hand")
                if stopped.wait(_EVERY):
                    return

        Thread(target=run, name="prewarm", daemon=True).start()
        return stopped.set

    def _answered(self, query: Query) -> bool:
        try:
            self._recent.answer(query)
        except (NoDataError, QueryError):  # a store of one month has no movers
            return False
        return True
