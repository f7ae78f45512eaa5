"""Whether this process can do its work, part by part: looked at all the time in the background, told at once."""

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
    """When the look began, by the monotonic clock."""
    reason: str | None
    """Why the part is not ready."""


class Health:
    """Looks at each part in a thread of its own, so that a part that hangs neither delays who asks nor hides another part."""

    def __init__(self, parts: Mapping[str, Callable[[], object]], *, every: float = 2.0, stale: float = 10.0) -> None:
        """Take parts by name, each with a function that raises while the part is not ready; an HfStatsError's sentence is told.

        A part is looked at ``every`` so many seconds. One whose last finished look is older than ``stale`` is not ready.
        """
        self._parts = dict(parts)
        self._every = every
        self._stale = stale
        self._found: dict[str, _Finding] = {}

    def start(self) -> Callable[[], None]:
        """Begin to look; returns what stops it, without waiting for a look that is under way."""
        stopped = Event()
        for name in self._parts:
            Thread(target=self._watch, args=(name, stopped), name=f"health {name}", daemon=True).start()
        return stopped.set

    def reasons(self) -> dict[str, str | None]:
        """Return for each part why it is not ready, ``None`` where it is. Runs no check and waits for nothing."""
        return {name: self._reason(self._found.get(name)) for name in self._parts}

    def _reason(self, found: _Finding | None) -> str | None:
        if found is None:
            return "Not checked yet."
        age = time.monotonic() - found.at
        return found.reason if age <= self._stale else f"No response for {age:.0f} seconds."

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
            stopped.wait(self._every)


def _look(check: Callable[[], object]) -> str | None:
    try:
        check()
    except HfStatsError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, this part is not ready
        return type(error).__name__
    return None
