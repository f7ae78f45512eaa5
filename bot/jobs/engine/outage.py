"""One log line when the database goes, one when it is back, and how long to wait in between."""

from __future__ import annotations

import logging
import time
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_log = logging.getLogger(__name__)

LONGEST_WAIT = 10.0
"""Seconds between two attempts to reach the database, at most."""


def waits() -> Iterator[float]:
    """Yield the seconds before each next attempt: 1, 2, 4, 8, and then :data:`LONGEST_WAIT` for ever."""
    seconds = 1.0
    while True:
        yield seconds
        seconds = min(LONGEST_WAIT, 2 * seconds)


class Outage:
    """Knows what failed for want of the database and has not worked since; safe to use from any thread."""

    def __init__(self) -> None:
        """Begin with a database that works."""
        self._lock = Lock()
        self._failing: dict[str, None] = {}
        self._since = 0.0

    @property
    def failing(self) -> tuple[str, ...]:
        """What failed and has not worked since, in order; empty while the database works."""
        with self._lock:
            return tuple(self._failing)

    def failed(self, what: str, reason: object, since: float | None = None) -> None:
        """Note that something could not use the database; the first of an outage is logged with its reason.

        What has run ``since`` a moment (of the monotonic clock) and ends late, after an outage that was told, is no outage of
        its own.
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
        """Note that something used the database; when nothing fails any more, that is logged."""
        with self._lock:
            if self._failing.pop(what, self) is self or self._failing:
                return
            seconds = time.monotonic() - self._since
        _log.warning("The database is back after %.0f s; jobs are running again.", seconds)
