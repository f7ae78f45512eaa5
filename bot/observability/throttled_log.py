"""Log lines about what strangers send: at most one a minute, however much they send."""

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
    """One warning that says how many times something happened since the last one."""

    def __init__(self, text: str, clock: Callable[[], float] = time.monotonic) -> None:
        """``text`` holds a ``%s`` for the number, and one for each detail of :meth:`count`."""
        self._text = text
        self._clock = clock
        self._lock = Lock()
        self._since = 0
        self._next = clock()

    def count(self, *details: str) -> None:
        """Count once, and write the line where the last one is a minute old. Details must be words of ours, not a stranger's."""
        with self._lock:
            self._since += 1
            now = self._clock()
            if now < self._next:
                return
            many, self._since, self._next = self._since, 0, now + INTERVAL
        _log.warning(self._text, many, *details)
