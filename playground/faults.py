"""Planned misbehaviour, for tests: which call fails, how, and how often."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one call. The delay comes first, then the rest."""

    error: str | None = None
    """Answer ``{"ok": false, "error": …}`` and do nothing."""
    status: int | None = None
    """Answer with this HTTP status and do nothing."""
    retry_after: int | None = None
    """Answer 429 ``ratelimited`` with this ``Retry-After``, in seconds, and do nothing."""
    drop: Literal["before", "after"] | None = None
    """Close the connection without an answer, before or after the call takes effect."""
    delay: float = 0.0
    """Seconds to wait before anything happens."""


class Faults:
    """What goes wrong, by method. ``response_url`` and ``upload`` count as methods."""

    def __init__(self) -> None:
        self.post_interval = 0.0
        """Seconds that must lie between two posts to one conversation; Slack's rule is about 1. 0 is off."""
        self.file_delay = 0.0
        """Seconds until an uploaded file is ready."""
        self.files_never_ready = False
        self._planned: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._lock = threading.Lock()

    def plan(self, method: str, fault: Fault, times: int = 1) -> None:
        """Let the next ``times`` calls of ``method`` go wrong."""
        with self._lock:
            self._planned[method].extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """Tell what goes wrong with this call of ``method``; each planned fault is used once."""
        with self._lock:
            waiting = self._planned[method]
            return waiting.popleft() if waiting else None
