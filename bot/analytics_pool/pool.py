"""A few warm processes that ask and draw, so that the process that talks to Slack never waits for either."""

from __future__ import annotations

import logging
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from bot.analytics_pool.parent_watch import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.answer import Answer
    from analytics.digest.values import Digest
    from bot.overview import Entry, Overview
    from bot.reply import Picture

_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)

LONGEST_ANSWER = 60.0
"""Seconds that anybody waits for an answer; the slowest takes a fraction of one."""


class Pool:
    """The analytics processes. One that dies is replaced, and what it was asked is asked once more."""

    def __init__(self, database_url: str, processes: int = 1) -> None:
        """Start nothing yet; the first question, or :meth:`warm`, does."""
        self._url = database_url
        self._processes = processes
        self._lock = Lock()
        self._executor: ProcessPoolExecutor | None = None

    def answer(self, text: str) -> tuple[Answer, Picture]:
        """Answer a question.

        Raises:
            HfStatsError: for words, names or dates that have no answer.

        """
        return self._run(_answer, text)

    def digest(self, edition: str, within: str, sections: tuple[str, ...] = ()) -> tuple[Digest, Picture]:
        """Build the digest of a month or week; ``""`` is the month of the latest snapshot, no sections are all.

        Raises:
            HfStatsError: for an edition that has none, saying why.

        """
        return self._run(_digest, edition, within, sections)

    def overview(self, known: str = "") -> Overview | None:
        """Look over the store; ``None`` when nothing came or went since the edition that is ``known``.

        Raises:
            HfStatsError: when the database cannot be read.

        """
        return self._run(_overview, known)

    def entries(self) -> tuple[Entry, ...]:
        """Return what can be asked."""
        return self._run(_entries)

    def warm(self) -> None:
        """Start every process, so that the first to ask does not wait for imports."""
        for future in [self._alive().submit(_entries) for _ in range(self._processes)]:
            future.result(LONGEST_ANSWER)

    def close(self) -> None:
        """Finish what is being answered and stop the processes."""
        with self._lock:
            executor, self._executor = self._executor, None
        if executor:
            executor.shutdown(wait=True, cancel_futures=True)

    def _run(self, function: Callable[..., _Result], *arguments: object) -> _Result:
        executor = self._alive()
        try:
            return executor.submit(function, *arguments).result(LONGEST_ANSWER)
        except BrokenProcessPool:
            _log.warning("an analytics process died; starting a new one")
            self._discard(executor)
            return self._alive().submit(function, *arguments).result(LONGEST_ANSWER)

    def _alive(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._executor is None:
                # Not fork: this process has threads, and a fork of one that holds a lock never gets it back.
                context = multiprocessing.get_context("spawn")
                self._executor = ProcessPoolExecutor(self._processes, context, initializer=_start, initargs=(self._url,))
            return self._executor

    def _discard(self, broken: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._executor is broken:
                self._executor = None
        broken.shutdown(wait=False)


# These stand here so that this process can name what another one runs without loading it.


def _start(url: str) -> None:
    end_with_parent()
    from bot.analytics_pool import imports  # noqa: F401, PLC0415 - before pandas
    from bot.analytics_pool import process as analyst  # noqa: PLC0415 - matplotlib belongs to the analytics processes

    analyst.start(url)


def _answer(text: str) -> tuple[Answer, Picture]:
    from bot.analytics_pool import process as analyst  # noqa: PLC0415 - as above

    return analyst.answer(text)


def _digest(edition: str, within: str, sections: tuple[str, ...]) -> tuple[Digest, Picture]:
    from bot.analytics_pool import process as analyst  # noqa: PLC0415 - as above

    return analyst.digest(edition, within, sections)


def _overview(known: str) -> Overview | None:
    from bot.analytics_pool import process as analyst  # noqa: PLC0415 - as above

    return analyst.overview(known)


def _entries() -> tuple[Entry, ...]:
    from bot.analytics_pool import process as analyst  # noqa: PLC0415 - as above

    return analyst.entries()
