"""Log database outages, once at the start and once at the end, and set the pauses between retries."""

from __future__ import annotations

import logging
import time
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_log = logging.getLogger(__name__)

LONGEST_WAIT = 10.0
"""Longest pause between attempts to reach the database, in seconds."""


def waits() -> Iterator[float]:
    """Yield the pauses between attempts in seconds: 1, 2, 4, 8, then always :data:`LONGEST_WAIT`."""
    seconds = 1.0
    while True:
        yield seconds
        seconds = min(LONGEST_WAIT, 2 * seconds)


class Outage:
    """Tracks the jobs that fail because of the database. Thread-safe."""

    def __init__(self) -> None:
        """Start without an outage."""
        self._lock = Lock()
        self._failing: dict[str, None] = {}
        self._since = 0.0

    @property
    def failing(self) -> tuple[str, ...]:
        """The failing jobs, in order; empty while the database works."""
        with self._lock:
            return tuple(self._failing)

    def failed(self, what: str, reason: object, since: float | None = None) -> None:
        """Record a job's database failure, and log the first one of an outage with its reason.

        ``since``: when the job started, by the monotonic clock. A job that started before the last outage ended is ignored.
        """
        with self._lock:
            first = not self._failing
            if first and since is not None and since < self._since:
                return
            self._failing[what] = None
            if first:
                self._since = time.monotonic()
        if first:
            _log.error("%s Digests, alerts and snapshots are on hold until it is back.", f"{reason}".rstrip(".") + ".")

    def worked(self, what: str) -> None:
        """Record that a job used the database, and log the end of the outage when no job is failing."""
        with self._lock:
            if self._failing.pop(what, self) is self or self._failing:
                return
            seconds = time.monotonic() - self._since
        _log.warning("The database is back after %.0f s; jobs are running again.", seconds)
