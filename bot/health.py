"""Whether this process can do its work: the database answers, its tables are current, and so do the analytics processes."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING

from analytics.errors import HfStatsError

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = 2.0
"""Seconds for which a finding is good, however many ask."""


class Health:
    """Runs its checks when asked, and not more often than every two seconds."""

    def __init__(self, checks: tuple[Callable[[], object], ...]) -> None:
        """Take a check that raises as a reason not to be ready; an HfStatsError's sentence is told."""
        self._checks = checks
        self._lock = Lock()
        self._reason: str | None = None
        self._good_until = 0.0

    def reason(self) -> str | None:
        """Return why this process is not ready; ``None`` when it is."""
        with self._lock:
            if time.monotonic() >= self._good_until:
                self._reason = self._look()
                self._good_until = time.monotonic() + KEPT
            return self._reason

    def _look(self) -> str | None:
        for check in self._checks:
            try:
                check()
            except HfStatsError as error:
                return str(error)
            except Exception as error:  # noqa: BLE001 - whatever it is, this process is not ready
                return f"{type(error).__name__} in {getattr(check, '__name__', 'a check')}"
        return None
