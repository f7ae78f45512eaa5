"""``hfstats worker``: runs what is to be done by the clock, and sends what is owed, until stopped."""

from __future__ import annotations

import os
import signal
import socket
import time
from datetime import UTC, datetime
from threading import Thread
from typing import TYPE_CHECKING

import sqlalchemy as sa

from analytics.errors import StoreError
from bot import composition, database_setup
from bot.jobs.engine.outage import Outage, waits
from bot.shutdown import exit_on_signal
from bot.storage.heartbeats import SILENT_AFTER, HeartbeatStore, WorkerSilentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import Settings


def end_with_parent(end: int) -> None:
    """End when the process that started this one does, however it ended: the other end of the pipe ``end`` closes then."""

    def wait() -> None:
        while os.read(end, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=wait, name="parent", daemon=True).start()


def heartbeat_writer(pipe: int) -> Callable[[], None]:
    """Return what writes a heartbeat into a pipe; it never waits, and a parent that is gone is no matter."""
    os.set_blocking(pipe, False)

    def alive() -> None:
        try:
            os.write(pipe, b".")
        except OSError:
            return

    return alive


def check(database: sa.Engine) -> str:
    """Say which worker of this host works, for a container's health check.

    Raises:
        WorkerSilentError: when none was heard from in the last minute.
        StoreError: when the database cannot be used.

    """
    now = datetime.now(UTC)
    here = [one for one in HeartbeatStore(database).find() if one.host == socket.gethostname() and one.ended_at is None]
    working = [one for one in here if now - one.beat_at <= SILENT_AFTER]
    if not working:
        raise WorkerSilentError("No worker on this host has been heard from in the last minute.")
    return f"{working[0].name} works."


def work(settings: Settings, alive: Callable[[], None] = lambda: None) -> None:
    """Take a snapshot a day, send digests and alerts, tidy up, until a termination signal; what is under way is finished.

    Any number of them on PostgreSQL; on SQLite one is enough and more do no harm. Where the database is out of reach, at the
    start or later, it waits until it is back. ``alive`` is called every few seconds.

    Raises:
        StoreError: for a database that waiting does not mend: its address, its version, a file that is none.

    """
    exit_on_signal()
    database = _open_database(settings, alive)
    pool = composition.pool(settings)
    jobs = composition.jobs(settings, database, pool, alive)
    try:
        jobs.report_silence()
        composition.engine(settings, database, jobs).work()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it ends already
    finally:
        pool.close()
        database.dispose()


def _open_database(settings: Settings, alive: Callable[[], None]) -> sa.Engine:
    """Open the database, as soon as it can be reached."""
    outage, pauses = Outage(), waits()
    while True:
        alive()
        try:
            database = database_setup.store(settings)
            database_setup.upgrade(database)
        except StoreError as error:
            if not isinstance(error.__cause__, sa.exc.OperationalError | sa.exc.TimeoutError):
                raise
            outage.failed("start", error)
            time.sleep(next(pauses))
        else:
            outage.worked("start")
            return database
