"""Lanes: workspaces that answer slowly share a few places, so that they delay one another and nobody else."""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

SLOW = 2.0
"""Seconds; a delivery that takes longer makes its workspace a slow one, until one takes less."""


class PerWorkspaceLimit:
    """The places for deliveries in one process."""

    def __init__(self, slow_places: int = 8) -> None:
        """Let at most ``slow_places`` deliveries to slow workspaces go on at the same time."""
        self._free = slow_places
        self._slow: set[str] = set()
        self._lock = Lock()

    def enter(self, workspace: str) -> AbstractContextManager[None] | None:
        """Take a place for the time of a delivery; ``None`` when the workspace is slow and the slow lane full."""
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
