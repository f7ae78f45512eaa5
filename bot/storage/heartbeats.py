"""When each worker was last heard from, so that one that hangs or died is noticed by the processes that live."""

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
"""Without a heartbeat for that long (six of them), a worker hangs or is dead."""
_KEPT = timedelta(days=1)
_C = WORKER_HEARTBEAT.c


class WorkerSilentError(HfStatsError):
    """No worker was heard from for too long: digests, alerts and snapshots wait."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One worker process and when it was last heard from (UTC)."""

    id: str
    host: str
    pid: int
    started_at: datetime
    beat_at: datetime
    ended_at: datetime | None = None

    @property
    def name(self) -> str:
        """Return host and process id, as a log reader looks for them."""
        return f"{self.host}:{self.pid}"

    @property
    def slot(self) -> str:
        """Return what marks the silence after this heartbeat, so that several processes tell of it once."""
        return self.beat_at.isoformat(timespec="seconds")


class HeartbeatStore:
    """The table of heartbeats. A worker beats with one instance from its start to its end; other processes read."""

    def __init__(self, database: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Keep them in ``database``."""
        self._database = database
        self._clock = clock
        self._id = secrets.token_hex(16)
        self._started_at = self._now()

    def beat(self) -> None:
        """Tell that this process works, and forget workers not heard from for a day; the last of all is kept.

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
        """Tell that this process ends as it was told to.

        Raises:
            StoreError: when the database cannot be used.

        """
        with writing(self._database) as connection:
            connection.execute(WORKER_HEARTBEAT.update().where(_C.id == self._id).values(ended_at=self._now()))

    def find(self) -> list[Heartbeat]:
        """Return the workers of the last day, the one heard from last first.

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
        """Return the seconds since any worker was heard from; ``None`` where none has ever run.

        Raises:
            StoreError: when the database cannot be used.

        """
        with reaching(), self._database.connect() as connection:
            newest = connection.scalar(sa.select(sa.func.max(_C.beat_at)))
        return None if newest is None else max(0.0, (self._now() - newest).total_seconds())

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC).replace(tzinfo=None)


def describe(workers: Sequence[Heartbeat], now: datetime, *, names: bool) -> str:
    """Say which workers run and which were not heard from, with host and process id if ``names``."""
    open_ = [one for one in workers if one.ended_at is None]
    running = [one for one in open_ if now - one.beat_at <= SILENT_AFTER]
    silent = [one for one in open_ if now - one.beat_at > SILENT_AFTER]
    if not workers:
        return "none has run yet; digests, alerts and snapshots wait for one"
    if not running:
        last = workers[0]
        which = f" ({last.name})" if names else ""
        age = duration((now - last.beat_at).total_seconds())
        return f"none running; the last one{which} was heard from {age} ago. Digests, alerts and snapshots wait"
    said = f"{len(running)} running" + (f" ({', '.join(one.name for one in running)})" if names else "")
    if not silent:
        return said
    if not names:
        return f"{said}, {len(silent)} not responding"
    ages = (f"{one.name} for {duration((now - one.beat_at).total_seconds())}" for one in silent)
    return f"{said}; not responding: {', '.join(ages)}"


def duration(seconds: float) -> str:
    """Return seconds as ``40 seconds``, ``12 minutes``, ``3 hours`` or ``2 days``."""
    for size, noun in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return plural(int(seconds // size), noun)
    return plural(int(seconds), "second")
