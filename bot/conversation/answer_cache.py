"""Answers given lately, kept until the next snapshot: the same question of many people at one moment is computed once."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from analytics.answer import Answer
    from analytics.query import Query
    from bot.conversation.router import Answers
    from bot.domain.reply import Picture
    from bot.domain.store_summary import StoreSummary

MOST = 64
"""Answers kept; one takes about a tenth of a megabyte."""


class AnswerCache:
    """Stands before whatever answers questions, and asks it only what it did not answer lately."""

    def __init__(self, answers: Answers, version: Callable[[], Hashable], most: int = MOST) -> None:
        """``version`` changes whenever the history does; an answer is good for one version."""
        self._answers = answers
        self._version = version
        self._most = most
        self._kept: OrderedDict[tuple[Hashable, Query], Future[tuple[Answer, Picture]]] = OrderedDict()
        self._lock = Lock()

    def answer(self, query: Query) -> tuple[Answer, Picture]:
        """Answer a question; see :meth:`bot.analytics_pool.pool.Pool.answer`. What is raised is not kept."""
        key = (self._version(), query)
        with self._lock:
            known = self._kept.get(key)
            if known:
                self._kept.move_to_end(key)
            else:
                mine = self._kept[key] = Future()
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        if known:
            return known.result()
        try:
            mine.set_result(self._answers.answer(query))
        except BaseException as error:
            with self._lock:
                self._kept.pop(key, None)
            mine.set_exception(error)
            raise
        return mine.result()

    def version(self) -> Hashable:
        """Return what changes whenever the history does.

        Raises:
            StoreError: when the database cannot be used.

        """
        return self._version()

    def overview(self, known: str) -> StoreSummary | None:
        """Look over the store; see :meth:`bot.analytics_pool.pool.Pool.overview`."""
        return self._answers.overview(known)
