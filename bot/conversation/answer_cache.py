"""A cache of answers, valid until the next snapshot. If many people ask the same at once, it's computed once."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import LRUCache

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from analytics.answer import Answer
    from analytics.query import Query
    from bot.conversation.router import Answers
    from bot.domain.reply import Picture
    from bot.domain.store_summary import StoreSummary

MOST = 64
"""Answers in the cache; each takes about a tenth of a megabyte."""


class AnswerCache:
    """Passes on only the questions whose answers aren't cached."""

    def __init__(self, answers: Answers, version: Callable[[], Hashable], most: int = MOST) -> None:
        """``version`` changes whenever the history does; an answer is valid for one version."""
        self._answers = answers
        self._version = version
        self._cache: LRUCache[tuple[Hashable, Query], Future[tuple[Answer, Picture]]] = LRUCache(most)
        self._lock = Lock()

    def answer(self, query: Query) -> tuple[Answer, Picture]:
        """Answer a question; see :meth:`bot.analytics_pool.pool.Pool.answer`. Errors aren't cached."""
        key = (self._version(), query)
        with self._lock:
            cached = self._cache.get(key)
            if cached is None:
                future = self._cache[key] = Future()
        if cached:
            return cached.result()
        try:
            future.set_result(self._answers.answer(query))
        except BaseException as error:
            with self._lock:
                self._cache.pop(key, None)
            future.set_exception(error)
            raise
        return future.result()

    def version(self) -> Hashable:
        """Return a value that changes whenever the history does.

        Raises:
            StoreError: if the database can't be used.

        """
        return self._version()

    def summarize_store(self, known: str) -> StoreSummary | None:
        """Summarize the store; see :meth:`bot.analytics_pool.pool.Pool.summarize_store`."""
        return self._answers.summarize_store(known)
