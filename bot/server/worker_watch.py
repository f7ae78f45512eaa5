"""What ``hfstats serve`` does about workers: notices that none works any more, and tells the operator."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from analytics.errors import StoreError
from bot.slack_api.errors import FAILURES, said
from bot.storage.heartbeats import SILENT_AFTER, duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.storage.heartbeats import HeartbeatStore
    from bot.storage.job_slots import JobSlots

_log = logging.getLogger(__name__)

EVERY_SECONDS = 10.0
"""Between two looks."""
TOLD_AFTER = timedelta(minutes=2)
"""Without any worker's heartbeat for that long, the operator is told: longer than a restart or a deploy takes."""
LOOKS = 3
"""As many looks in a row must find silence: a machine that slept, or a database that was away, is no dead worker."""


class WorkerWatch:
    """Looks at the heartbeats and tells of each silence once, across all processes that look."""

    def __init__(self, heartbeats: HeartbeatStore, done: JobSlots, tell: Callable[[str], None]) -> None:
        """``tell`` posts a text where the operator reads; the worker that would deliver it is dead."""
        self._heartbeats = heartbeats
        self._done = done
        self._tell = tell
        self._silent_looks = 0
        self._logged = ""
        self._untold = ""
        self.state = "unknown"
        """As of the last look: ``ok``, ``stale`` (no heartbeat for a minute), ``never`` (none has ever run) or ``unknown``."""

    def look(self) -> None:
        """Look once.

        Raises:
            StoreError: when the database cannot be used; nothing is known of the workers then.

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
                _log.warning("the worker %s works; what waited is made up for", last.name)
            self._silent_looks, self._logged, self._untold = 0, "", ""
            return
        self._silent_looks += 1
        if self._silent_looks >= LOOKS and self._logged != last.slot:
            age = duration(silence.total_seconds())
            text = f"No worker has been heard from for {age}; the last one was {last.name}. Digests, alerts and snapshots wait."
            _log.error("%s", text)
            self._logged = last.slot
            self._untold = text if self._done.first("worker silent", last.slot) else ""
        if self._untold:
            self._post()

    def _post(self) -> None:
        try:
            self._tell(self._untold)
        except FAILURES as error:
            _log.warning("the operator could not be told: %s", said(error))
        else:
            self._untold = ""

    def start(self) -> Callable[[], None]:
        """Look every ten seconds, in a thread of its own; returns what stops it."""
        stopped = Event()

        def run() -> None:
            while not stopped.is_set():
                try:
                    self.look()
                except StoreError:
                    pass  # readiness tells
                except Exception:  # noqa: BLE001 - a thread that ends here would be missed by nobody
                    _log.exception("the workers could not be looked after")
                stopped.wait(EVERY_SECONDS)

        Thread(target=run, name="worker-watch", daemon=True).start()
        return stopped.set
