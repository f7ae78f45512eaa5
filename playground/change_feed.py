"""Tells whoever waits (a page, a test) that something changed."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Feed:
    """A number that grows with each change, and a way to wait for the next."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._version = 0
        self._closed = False

    @property
    def version(self) -> int:
        """How many changes there were."""
        return self._version

    @property
    def closed(self) -> bool:
        """Whether no more changes will come."""
        return self._closed

    def touch(self) -> int:
        """Count a change and wake everybody up."""
        with self._changed:
            self._version += 1
            self._changed.notify_all()
            return self._version

    def close(self) -> None:
        """Let go of everybody who waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def after(self, version: int, timeout: float) -> int:
        """Wait until the version is past ``version``, the feed is closed, or ``timeout`` seconds are over."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._version > version, timeout)
            return self._version

    def until(self, predicate: Callable[[], T], timeout: float) -> T:
        """Ask ``predicate`` after each change until it answers with something true.

        Raises:
            TimeoutError: ``timeout`` seconds were over.

        """
        deadline = time.monotonic() + timeout
        while True:
            version = self._version
            if answer := predicate():
                return answer
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"nothing like that happened within {timeout:g} seconds")
            # A predicate may look at things that are not in the feed, so it is asked now and then anyway.
            self.after(version, min(left, 0.1))
