"""Planned faults for tests: which calls fail, how and how often."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of one call. The delay comes first."""

    error: str | None = None
    """Answer ``{"ok": false, "error": …}`` and do nothing; with ``status``, under that status."""
    status: int | None = None
    """Answer with this HTTP status and do nothing."""
    retry_after: int | str | None = None
    """Answer 429 with this ``Retry-After``, in seconds or as a date; ``ratelimited`` unless there is a ``body``."""
    body: str | bytes | None = None
    """Answer with this instead of JSON, as a proxy does."""
    content_type: str = "text/html"
    """Of ``body``."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further headers of the answer."""
    takes_effect: bool = False
    """Do what is asked before the answer goes wrong."""
    drop: Literal["before", "after"] | None = None
    """Close the connection without a response, before or after the call takes effect."""
    delay: float = 0.0
    """Delay in seconds."""


class Faults:
    """Planned faults by method; ``response_url`` and ``upload`` count as methods."""

    def __init__(self) -> None:
        self.post_interval = 0.0
        """Minimum seconds between two posts to a conversation, about 1 in Slack; 0 turns the limit off."""
        self.file_delay = 0.0
        """Seconds until an uploaded file is processed."""
        self.files_never_ready = False
        self.free_plan = False
        """Whether the workspace's plan has no canvases outside a channel's tabs."""
        self._planned: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._lock = threading.Lock()

    def plan(self, method: str, fault: Fault, times: int = 1) -> None:
        """Plan a fault for the next ``times`` calls of ``method``."""
        with self._lock:
            self._planned[method].extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """Return and remove the planned fault of this call of ``method``; ``None`` if there is none."""
        with self._lock:
            waiting = self._planned[method]
            return waiting.popleft() if waiting else None
