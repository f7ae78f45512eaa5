"""Notify waiting pages and tests of changes."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Feed:
    """A version number that grows with each change, with methods to wait for changes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._version = 0
        self._closed = False

    @property
    def version(self) -> int:
        """The number of changes."""
        return self._version

    @property
    def closed(self) -> bool:
        """Whether the feed has ended."""
        return self._closed

    def touch(self) -> int:
        """Count a change and wake all waiting threads."""
        with self._changed:
            self._version += 1
            self._changed.notify_all()
            return self._version

    def close(self) -> None:
        """End the feed and wake all waiting threads."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def after(self, version: int, timeout: float) -> int:
        """Wait for a version after ``version``, the end of the feed or ``timeout`` seconds; returns the version."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._version > version, timeout)
            return self._version

    def until(self, predicate: Callable[[], T], timeout: float) -> T:
        """Call ``predicate`` after each change until its result is true; returns the result.

        Raises:
            TimeoutError: after ``timeout`` seconds.

        """
        deadline = time.monotonic() + timeout
        while True:
            version = self._version
            if answer := predicate():
                return answer
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"nothing like that happened within {timeout:g} seconds")
            # A predicate may depend on other state, so it's also called regularly.
            self.after(version, min(left, 0.1))
