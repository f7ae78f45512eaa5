"""Workers' heartbeats, so that other processes notice a worker that hangs or died."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from analytics.errors import HfStatsError
from analytics.formatting.phrases import plural
from analytics.storage.database import reaching, writing
from bot.storage.insert import insert_if_absent
from bot.storage.schema import WORKER_HEARTBEAT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SILENT_AFTER = timedelta(seconds=60)
"""Time without a heartbeat, six intervals, after which a worker counts as dead."""
_KEPT = timedelta(days=1)
_C = WORKER_HEARTBEAT.c


class WorkerSilentError(HfStatsError):
    """No worker has sent a heartbeat recently, so digests, alerts and snapshots are on hold."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A worker process and its latest heartbeat. Times are UTC."""

    id: str
    host: str
    pid: int
    started_at: datetime
    beat_at: datetime
    ended_at: datetime | None = None

    @property
    def name(self) -> str:
        """Return host and process id, as in logs."""
        return f"{self.host}:{self.pid}"

    @property
    def slot(self) -> str:
        """Return a key for the outage after this heartbeat, so that several processes report it once."""
        return self.beat_at.isoformat(timespec="seconds")


class HeartbeatStore:
    """The heartbeats table. A worker uses one instance from start to end; other processes only read."""

    def __init__(self, database: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``clock`` returns the current time, timezone-aware."""
        self._database = database
        self._clock = clock
        self._id = secrets.token_hex(16)
        self._started_at = self._now()

    def beat(self) -> None:
        """Store a heartbeat of this process, and delete those older than a day except the latest.

        Raises:
            StoreError: when the database cannot be used.

        """
        now = self._now()
        values = {"host": socket.gethostname()[:255], "pid": os.getpid(), "started_at": self._started_at, "beat_at": now}
        newest = sa.select(sa.func.max(_C.beat_at)).scalar_subquery()
        with writing(self._database) as connection:
            if not insert_if_absent(connection, WORKER_HEARTBEAT, id=self._id, **values):
                beaten = WORKER_HEARTBEAT.update().where(_C.id == self._id)
                connection.execute(beaten.values(beat_at=now, ended_at=None))
            connection.execute(WORKER_HEARTBEAT.delete().where(_C.beat_at < now - _KEPT, _C.beat_at < newest))

    def end(self) -> None:
        """Record that this process was stopped on purpose.

        Raises:
            StoreError: when the database cannot be used.

        """
        with writing(self._database) as connection:
            connection.execute(WORKER_HEARTBEAT.update().where(_C.id == self._id).values(ended_at=self._now()))

    def find(self) -> list[Heartbeat]:
        """Return the workers of the last day, latest heartbeat first.

        Raises:
            StoreError: when the database cannot be used.

        """
        with reaching(), self._database.connect() as connection:
            rows = connection.execute(sa.select(WORKER_HEARTBEAT).order_by(_C.beat_at.desc()))
            return [
                Heartbeat(
                    row.id,
                    row.host,
                    row.pid,
                    row.started_at.replace(tzinfo=UTC),
                    row.beat_at.replace(tzinfo=UTC),
                    row.ended_at and row.ended_at.replace(tzinfo=UTC),
                )
                for row in rows
            ]

    def age(self) -> float | None:
        """Return the seconds since the latest heartbeat of any worker; ``None`` if none ever ran.

        Raises:
            StoreError: when the database cannot be used.

        """
        with reaching(), self._database.connect() as connection:
            newest = connection.scalar(sa.select(sa.func.max(_C.beat_at)))
        return None if newest is None else max(0.0, (self._now() - newest).total_seconds())

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC).replace(tzinfo=None)


def describe(workers: Sequence[Heartbeat], now: datetime, *, names: bool) -> str:
    """Return a text about running and unresponsive workers, with host and process id if ``names``."""
    open_ = [worker for worker in workers if worker.ended_at is None]
    running = [worker for worker in open_ if now - worker.beat_at <= SILENT_AFTER]
    silent = [worker for worker in open_ if now - worker.beat_at > SILENT_AFTER]
    if not workers:
        return "none has run yet. Digests, alerts and snapshots won't run until one starts"
    if not running:
        last = workers[0]
        which = f" ({last.name})" if names else ""
        age = duration((now - last.beat_at).total_seconds())
        return f"none running. Last heartbeat{which}: {age} ago. Digests, alerts and snapshots are on hold"
    text = f"{len(running)} running" + (f" ({', '.join(worker.name for worker in running)})" if names else "")
    if not silent:
        return text
    if not names:
        return f"{text}, {len(silent)} not responding"
    ages = (f"{worker.name} for {duration((now - worker.beat_at).total_seconds())}" for worker in silent)
    return f"{text}; not responding: {', '.join(ages)}"


def duration(seconds: float) -> str:
    """Return a duration as text: ``40 seconds``, ``12 minutes``, ``3 hours``, ``2 days``."""
    for size, noun in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return plural(int(seconds // size), noun)
    return plural(int(seconds), "second")
