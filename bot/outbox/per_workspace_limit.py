"""Limit concurrent deliveries to slow workspaces, so that they don't delay the others."""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

SLOW = 2.0
"""Seconds. A workspace is slow if its last delivery took longer."""


class PerWorkspaceLimit:
    """Concurrent deliveries in one process."""

    def __init__(self, slow_places: int = 8) -> None:
        """Allow at most ``slow_places`` concurrent deliveries to slow workspaces."""
        self._free = slow_places
        self._slow: set[str] = set()
        self._lock = Lock()

    def enter(self, workspace: str) -> AbstractContextManager[None] | None:
        """Return a context manager for a delivery; ``None`` if the workspace is slow and the limit is reached."""
        with self._lock:
            slow = workspace in self._slow
            if slow and not self._free:
                return None
            self._free -= slow
        return self._timed(workspace, slow)

    @contextmanager
    def _timed(self, workspace: str, slow: bool) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._free += slow
                if time.monotonic() - started > SLOW:
                    self._slow.add(workspace)
                else:
                    self._slow.discard(workspace)
