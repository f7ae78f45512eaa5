"""Log warnings about unauthenticated requests, at most one line a minute."""

from __future__ import annotations

import logging
import time
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)

INTERVAL = 60.0
"""Seconds between two lines."""


class ThrottledWarning:
    """A warning with the number of occurrences since the last log line."""

    def __init__(self, text: str, clock: Callable[[], float] = time.monotonic) -> None:
        """``text`` has a ``%s`` for the number and one for each detail of :meth:`count`."""
        self._text = text
        self._clock = clock
        self._lock = Lock()
        self._since = 0
        self._next = clock()

    def count(self, *details: str) -> None:
        """Count an occurrence, and log if the last line is a minute old. Details must not contain request data."""
        with self._lock:
            self._since += 1
            now = self._clock()
            if now < self._next:
                return
            many, self._since, self._next = self._since, 0, now + INTERVAL
        _log.warning(self._text, many, *details)
