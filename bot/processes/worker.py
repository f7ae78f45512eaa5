"""``hfstats worker``: run scheduled jobs and send deliveries until stopped."""

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
    """Stop this process when its parent ends. ``end``: a pipe whose other end the parent holds."""

    def wait() -> None:
        while os.read(end, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=wait, name="parent", daemon=True).start()


def heartbeat_writer(pipe: int) -> Callable[[], None]:
    """Return a function that writes a heartbeat to ``pipe``. It never blocks, and ignores a closed pipe."""
    os.set_blocking(pipe, False)

    def alive() -> None:
        try:
            os.write(pipe, b".")
        except OSError:
            return

    return alive


def check(database: sa.Engine) -> str:
    """Return a line about a running worker on this host, for container health checks.

    Raises:
        WorkerSilentError: when none sent a heartbeat in the last minute.
        StoreError: when the database cannot be used.

    """
    now = datetime.now(UTC)
    here = [
        worker for worker in HeartbeatStore(database).find() if worker.host == socket.gethostname() and worker.ended_at is None
    ]
    working = [worker for worker in here if now - worker.beat_at <= SILENT_AFTER]
    if not working:
        raise WorkerSilentError("No worker on this host sent a heartbeat in the last minute.")
    return f"Worker {working[0].name} is running."


def work(settings: Settings, alive: Callable[[], None] = lambda: None) -> None:
    """Take daily snapshots, send digests and alerts and delete old data until a termination signal, then finish current jobs.

    PostgreSQL allows any number of workers; with SQLite, one is enough and more do no harm. If the database is unavailable, the
    worker waits for it. ``alive`` is called every few seconds.

    Raises:
        StoreError: for a database error that waiting can't fix, such as a wrong URL or version.

    """
    exit_on_signal()
    database = _open_database(settings, alive)
    pool = composition.pool(settings)
    jobs = composition.jobs(settings, database, pool, alive)
    try:
        jobs.report_silence()
        composition.engine(settings, database, jobs).work()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # already stopping
    finally:
        pool.close()
        database.dispose()


def _open_database(settings: Settings, alive: Callable[[], None]) -> sa.Engine:
    """Open the database, waiting until it can be reached."""
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
