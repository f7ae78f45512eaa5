"""Readiness of this process's parts, checked in the background so that probes get an answer immediately."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING

from analytics.errors import HfStatsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Finding:
    at: float
    """When the check started, by the monotonic clock."""
    reason: str | None
    """Why the part isn't ready; ``None`` if it is."""


class Health:
    """Checks each part in its own thread, so that a hanging check delays neither probes nor other checks."""

    def __init__(self, parts: Mapping[str, Callable[[], object]], *, interval: float = 2.0, stale: float = 10.0) -> None:
        """``parts``: check functions by name, which raise if the part isn't ready; an HfStatsError's message is the reason.

        Checks run every ``interval`` seconds. A part whose last finished check is older than ``stale`` seconds isn't ready.
        """
        self._parts = dict(parts)
        self._interval = interval
        self._stale = stale
        self._found: dict[str, _Finding] = {}

    def start(self) -> Callable[[], None]:
        """Start the checks; returns a function that stops them without waiting for a running check."""
        stopped = Event()
        for name in self._parts:
            Thread(target=self._watch, args=(name, stopped), name=f"health {name}", daemon=True).start()
        return stopped.set

    def reasons(self) -> dict[str, str | None]:
        """Return by part why it isn't ready, ``None`` if it is. Doesn't block."""
        return {name: self._reason(self._found.get(name)) for name in self._parts}

    def _reason(self, finding: _Finding | None) -> str | None:
        if finding is None:
            return "Not checked yet."
        age = time.monotonic() - finding.at
        return finding.reason if age <= self._stale else f"No response for {age:.0f} seconds."

    def _watch(self, name: str, stopped: Event) -> None:
        before: str | None = None
        while not stopped.is_set():
            began = time.monotonic()
            reason = _look(self._parts[name])
            self._found[name] = _Finding(began, reason)
            if reason and not before:
                _log.warning("%s is not ready: %s", name, reason)
            elif before and not reason:
                _log.warning("%s is ready again", name)
            before = reason
            stopped.wait(self._interval)


def _look(check: Callable[[], object]) -> str | None:
    try:
        check()
    except HfStatsError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - any error means that the part isn't ready
        return type(error).__name__
    return None
