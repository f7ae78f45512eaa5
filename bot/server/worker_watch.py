"""Notify the operator when no worker is running, from ``hfstats serve``."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from analytics.errors import StoreError
from bot.slack_api.errors import FAILURES, error_code
from bot.storage.heartbeats import SILENT_AFTER, duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.storage.heartbeats import HeartbeatStore
    from bot.storage.job_slots import JobSlots

_log = logging.getLogger(__name__)

EVERY_SECONDS = 10.0
"""Seconds between two checks."""
TOLD_AFTER = timedelta(minutes=2)
"""Time without a heartbeat after which the operator is notified; longer than a restart or a deployment."""
LOOKS = 3
"""Consecutive checks without a heartbeat before a notification, in case the machine or the database was suspended."""


class WorkerWatch:
    """Checks the heartbeats and notifies the operator once per outage, across all processes."""

    def __init__(self, heartbeats: HeartbeatStore, done: JobSlots, tell: Callable[[str], None]) -> None:
        """``tell`` posts a text to the operator directly, because no worker is running to deliver it."""
        self._heartbeats = heartbeats
        self._done = done
        self._tell = tell
        self._silent_looks = 0
        self._logged = ""
        self._untold = ""
        self.state = "unknown"
        """At the last check: ``ok``, ``stale`` (no heartbeat for a minute), ``never`` (no worker ever ran) or ``unknown``."""

    def look(self) -> None:
        """Check the heartbeats once.

        Raises:
            StoreError: when the database cannot be used; the state is ``unknown`` then.

        """
        try:
            workers = self._heartbeats.find()
        except StoreError:
            self._silent_looks, self.state = 0, "unknown"
            raise
        if not workers:
            self.state = "never"
            return
        last = workers[0]
        silence = datetime.now(UTC) - last.beat_at
        self.state = "ok" if silence <= SILENT_AFTER else "stale"
        if silence <= TOLD_AFTER:
            if self._logged:
                _log.warning("worker %s is running again; overdue work is being caught up", last.name)
            self._silent_looks, self._logged, self._untold = 0, "", ""
            return
        self._silent_looks += 1
        if self._silent_looks >= LOOKS and self._logged != last.slot:
            age = duration(silence.total_seconds())
            text = (
                f"No worker has sent a heartbeat for {age}; the last was {last.name}. Digests, alerts and snapshots are on hold."
            )
            _log.error("%s", text)
            self._logged = last.slot
            self._untold = text if self._done.first("worker silent", last.slot) else ""
        if self._untold:
            self._post()

    def _post(self) -> None:
        try:
            self._tell(self._untold)
        except FAILURES as error:
            _log.warning("could not notify the operator: %s", error_code(error))
        else:
            self._untold = ""

    def start(self) -> Callable[[], None]:
        """Check every ten seconds in a thread; returns a function that stops it."""
        stopped = Event()

        def run() -> None:
            while not stopped.is_set():
                try:
                    self.look()
                except StoreError:
                    pass  # readiness reports it
                except Exception:  # noqa: BLE001 - nothing would notice the end of this thread
                    _log.exception("the worker check failed")
                stopped.wait(EVERY_SECONDS)

        Thread(target=run, name="worker-watch", daemon=True).start()
        return stopped.set
