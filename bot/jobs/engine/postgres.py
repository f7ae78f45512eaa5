"""Runs jobs on any number of workers that share a PostgreSQL database, with Procrastinate, whose queue is in that database.

Each worker sends a heartbeat every ten seconds. After half a minute without one, a periodic job puts the worker's jobs back;
one worker at a time runs it.

Procrastinate ends without an error when it loses its database. This module starts it again, after waits that grow to ten
seconds, until the process stops.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import procrastinate
import psycopg
from procrastinate import exceptions

from analytics.errors import HfStatsError, StoreError
from bot.jobs.engine.outage import Outage, waits
from bot.jobs.engine.postgres_setup import CONNECT_TIMEOUT, conninfo
from bot.jobs.engine.protocol import BEAT_SECONDS, CLOCK
from bot.jobs.engine.retry_strategy import BEAT, RetryLaterError, RetryStrategy
from bot.shutdown import ENDS_WITHIN, exit_after

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import sqlalchemy as sa
    from procrastinate.types import JSONDict

    from bot.jobs.engine.protocol import JobRunner

_log = logging.getLogger(__name__)

STALLED = 30.0
"""Seconds without a heartbeat after which a worker counts as dead."""
_QUEUE = "deliveries"
_CLOCK = "clock"
_DUMPS = "dumps"
_BATCH = 500
_ANSWERS_WITHIN = 15.0
"""Seconds after which a database that doesn't answer a heartbeat counts as unreachable."""
_HANGS = 60.0
"""Seconds after which connections that don't answer are abandoned if a new one works."""
_STEADY = 2.0
"""Seconds that a queue must have been worked on before it counts as working again."""
_LOST: tuple[type[Exception], ...] = (exceptions.ConnectorException, psycopg.Error, StoreError)


class HungConnectionsError(HfStatsError):
    """The connections of this process hang, but a new one works: a new process would work too."""


class Postgres:
    """One worker's share of the jobs."""

    def __init__(self, work: JobRunner, database: sa.Engine, deliveries: int, first: Callable[[str, str], bool]) -> None:
        """Run so many ``deliveries`` at a time. ``first`` returns True to only one process for a job and a time slot."""
        self._work = work
        self._deliveries = deliveries
        self._first = first
        self._outage = Outage()
        self._address = conninfo(database)
        # One connection listens for new jobs, the others fetch and finish them.
        self.app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(
                conninfo=self._address,
                min_size=2,
                max_size=8,
                timeout=float(CONNECT_TIMEOUT),
                reconnect_timeout=float(CONNECT_TIMEOUT),  # the pool's own waits double up to this; its default is minutes
            )
        )
        self._deliver = self.app.task(name="deliver", queue=_QUEUE, retry=RetryStrategy(self._outage))(self._deliver_once)
        self._count = self.app.task(name="count", queue=_DUMPS, retry=RetryStrategy(self._outage))(self._count_once)
        for job, cron in CLOCK.items():
            self._by_the_clock(job, cron)
        self._by_the_clock("rescue", "* * * * *")

    def work(self) -> None:
        """See :class:`bot.jobs.engine.protocol.Engine`."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
        loop.set_default_executor(ThreadPoolExecutor(self._deliveries + 8))
        running = [asyncio.create_task(part) for part in (self._beating(), self._working(stopped))]
        try:
            await asyncio.wait([*running, asyncio.create_task(stopped.wait())], return_when=asyncio.FIRST_COMPLETED)
            for task in running:
                if task.done():
                    task.result()  # raises: only a signal may end a worker
        except BaseException:
            exit_after(CONNECT_TIMEOUT, 1)
            raise
        exit_after(1.0 if self._outage.failing else ENDS_WITHIN, 0)
        self._work.stop()
        running[0].cancel()
        await asyncio.wait(running)
        with suppress(HfStatsError):
            await asyncio.to_thread(self._work.end)

    async def _working(self, stopped: asyncio.Event) -> None:
        if not await self._open(stopped):
            return
        try:
            await self._do("plan")  # what became due while no worker ran
            _log.info("working by the clock, beside any others on this database")
            await asyncio.gather(
                self._keep_taking(stopped, _QUEUE, _CLOCK, at_once=self._deliveries + 2),
                self._keep_taking(stopped, _DUMPS, at_once=1),
            )
        finally:
            with suppress(*_LOST):
                await self.app.close_async()

    async def _open(self, stopped: asyncio.Event) -> bool:
        """Connect; return False if the worker was stopped before."""
        for seconds in waits():
            try:
                await self.app.open_async()
            except _LOST as error:
                self._outage.failed(_QUEUE, _reason(error))
                await self.app.close_async()
            else:
                self._outage.worked(_QUEUE)
                return True
            if await _within(seconds, stopped):
                break
        return False

    async def _keep_taking(self, stopped: asyncio.Event, *queues: str, at_once: int) -> None:
        """Work on queues until stopped, and through any outage of the database."""
        end = asyncio.create_task(stopped.wait())
        pause = waits()
        while not stopped.is_set():
            began = time.monotonic()
            worker = asyncio.create_task(self._take(*queues, at_once=at_once))
            done, _ = await asyncio.wait({worker, end}, timeout=_STEADY, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                self._outage.worked(queues[0])
                await asyncio.wait({worker, end}, return_when=asyncio.FIRST_COMPLETED)
            if stopped.is_set():
                worker.cancel()
                await asyncio.wait({worker})
                return
            error = worker.exception()
            if error and not isinstance(error, _LOST):
                raise error
            self._outage.failed(queues[0], _reason(error), since=began)
            if time.monotonic() - began > _HANGS:
                pause = waits()
            await _within(next(pause), stopped)

    async def _take(self, *queues: str, at_once: int) -> None:
        await self.app.run_worker_async(
            queues=list(queues),
            concurrency=at_once,
            delete_jobs="always",  # the outbox keeps the record
            fetch_job_polling_interval=2.0,
            stalled_worker_timeout=STALLED,
            install_signal_handlers=False,
        )

    async def _beating(self) -> None:
        """Send a heartbeat every ten seconds; once the database is back, run what failed without it."""
        again: asyncio.Future[list[None]] = asyncio.gather()
        while True:
            self._work.alive()
            beat = asyncio.create_task(asyncio.to_thread(self._work.beat))
            began = time.monotonic()
            while not (await asyncio.wait({beat}, timeout=_ANSWERS_WITHIN))[0]:
                self._work.alive()
                self._outage.failed(BEAT, "The database does not answer.")
                if time.monotonic() - began > _HANGS and await self._answers():
                    raise HungConnectionsError(
                        "The connections to the database hang, and a new one works; start this worker again."
                    )
            try:
                await beat
            except StoreError as error:
                self._outage.failed(BEAT, error)
            else:
                self._outage.worked(BEAT)
                if again.done():  # jobs may take minutes, and the heartbeat must not wait for them
                    jobs = [job for job in self._outage.failing if job in CLOCK]
                    for job in jobs:
                        if job != "plan":
                            self._outage.worked(job)
                    again = asyncio.gather(*map(self._do, jobs))
            await asyncio.sleep(1.0 if self._outage.failing else BEAT_SECONDS)

    async def _answers(self) -> bool:
        """Check whether a new connection works."""
        with suppress(psycopg.Error, TimeoutError):
            async with asyncio.timeout(CONNECT_TIMEOUT), await psycopg.AsyncConnection.connect(self._address) as connection:
                await connection.execute("SELECT 1")
                return True
        return False

    def _by_the_clock(self, job: str, cron: str) -> None:
        async def run(timestamp: int) -> None:
            if job == "rescue":
                with suppress(*_LOST):  # it runs again in a minute
                    await self._rescue(timestamp)
            else:
                await self._do(job)

        # At most one is queued. If several workers begin one at the same moment, the outbox still does each thing once.
        task = self.app.task(name=job, queue=_CLOCK, queueing_lock=job)(run)
        self.app.periodic(cron=cron, periodic_id=job)(task)

    async def _do(self, job: str) -> None:
        try:
            await asyncio.to_thread(self._work.run, job)
            if job == "plan":
                ids: list[int] = []
                await asyncio.to_thread(self._work.due, ids.extend)
                for start in range(0, len(ids), _BATCH):
                    await self._deliver.batch_defer_async(*_arguments(ids[start : start + _BATCH]))
                while ids := await asyncio.to_thread(self._work.to_count, _BATCH):
                    await self._count.batch_defer_async(*_arguments(ids))
        except _LOST as error:
            self._outage.failed(job, _reason(error))
            return
        except HfStatsError as error:
            _log.warning("%s: %s", job, error)
        except Exception:  # noqa: BLE001 - one job's failure must not end the others
            _log.exception("%s failed", job)
        self._outage.worked(job)

    def _deliver_once(self, id_: int) -> None:
        again = self._work.deliver(id_)
        if again:
            raise RetryLaterError(again.at)

    def _count_once(self, id_: int) -> None:
        again = self._work.count(id_)
        if again:
            raise RetryLaterError(again.at)

    async def _rescue(self, timestamp: int) -> None:
        """Put back the jobs of dead workers; one worker does so each minute."""
        if not await asyncio.to_thread(self._first, "rescue", str(timestamp)):
            return
        stalled = list(await self.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED))
        for job in stalled:
            with suppress(exceptions.ConnectorException):  # it finished after all
                await self.app.job_manager.retry_job(job)
        if stalled:
            _log.warning("put back %s jobs of a worker that does not answer any more", len(stalled))


async def _within(seconds: float, stopped: asyncio.Event) -> bool:
    """Wait, or until stopped; return whether it was stopped."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stopped.wait(), seconds)
    return stopped.is_set()


def _reason(error: BaseException | None) -> str:
    """Return a sentence about the database error, without the address, which may contain a password."""
    if isinstance(error, StoreError):
        return str(error)
    message = str((error and error.__cause__) or error or "").strip()
    return f"The database can't be used: {message.splitlines()[0] if message else 'the connection broke'}"


def _arguments(ids: Sequence[int]) -> list[JSONDict]:
    return [{"id_": id_} for id_ in ids]
