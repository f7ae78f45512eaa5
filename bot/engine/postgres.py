"""Any number of worker processes and machines on one PostgreSQL: Procrastinate, whose queue lives in the same database.

A worker tells every ten seconds that it lives. The jobs of one that did not for half a minute are put back by a periodic job,
which one worker runs at a time.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import procrastinate
import sqlalchemy as sa
from procrastinate import exceptions, jobs
from procrastinate.schema import SchemaManager

from analytics.database import writing
from analytics.errors import HfStatsError
from bot.engine.protocol import CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from procrastinate.types import JSONDict

    from bot.engine.protocol import Work

_log = logging.getLogger(__name__)

STALLED = 30.0
"""Seconds without a word after which a worker is taken for dead."""
_QUEUE = "deliveries"
_CLOCK = "clock"
_DUMPS = "dumps"
_BATCH = 500


class Later(Exception):  # noqa: N818 - how a task tells Procrastinate that its turn comes later
    """A delivery is to be tried again at a moment."""

    def __init__(self, at: datetime) -> None:
        super().__init__(f"not before {at}")
        self.at = at


class _Patience(procrastinate.BaseRetryStrategy):
    """Tries again whatever did not come to an end; the ledger gives up, not the queue."""

    def get_retry_decision(self, *, exception: BaseException, job: jobs.Job) -> procrastinate.RetryDecision:
        if isinstance(exception, Later):
            return procrastinate.RetryDecision(retry_at=exception.at)
        _log.warning(
            "job %s has to wait: %s", job.id, exception if isinstance(exception, HfStatsError) else type(exception).__name__
        )
        return procrastinate.RetryDecision(retry_in={"seconds": 60})


class Postgres:
    """Runs its part of everything; others like it, here and elsewhere, run theirs."""

    def __init__(self, work: Work, database: sa.Engine, deliveries: int, first: Callable[[str, str], bool]) -> None:
        """Run ``deliveries`` at the same time. ``first`` tells one process only that it is the first to do a job in a slot."""
        self._work = work
        self._deliveries = deliveries
        self._first = first
        # A connection listens for new jobs, the others fetch and finish them.
        self.app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(conninfo=conninfo(database), min_size=2, max_size=8)
        )
        self._deliver = self.app.task(name="deliver", queue=_QUEUE, retry=_Patience())(self._delivered)
        self._count = self.app.task(name="count", queue=_DUMPS, retry=_Patience())(self._counted)
        for job, cron in CLOCK.items():
            self._by_the_clock(job, cron)
        self._by_the_clock("rescue", "* * * * *")

    def work(self) -> None:
        """See :class:`bot.engine.protocol.Engine`."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(self._deliveries + 5))
        async with self.app.open_async():
            await self._do("plan")  # what fell due while nobody was there
            _log.info("working by the clock, beside any others on this database")
            async with asyncio.TaskGroup() as both:
                counting = both.create_task(self._take(_DUMPS, at_once=1, install_signal_handlers=False))
                await self._take(_QUEUE, _CLOCK, at_once=self._deliveries + 2)
                self._work.stop()
                counting.cancel()

    async def _take(self, *queues: str, at_once: int, install_signal_handlers: bool = True) -> None:
        await self.app.run_worker_async(
            queues=list(queues),
            concurrency=at_once,
            delete_jobs="always",  # the ledger remembers
            fetch_job_polling_interval=2.0,
            stalled_worker_timeout=STALLED,
            install_signal_handlers=install_signal_handlers,
        )

    def _by_the_clock(self, job: str, cron: str) -> None:
        async def run(timestamp: int) -> None:
            if job == "rescue":
                await self._rescue(timestamp)
            else:
                await self._do(job)

        # One waits at most; of those that several workers would begin at the same moment, the ledger lets each thing happen once.
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
        except HfStatsError as error:
            _log.warning("%s: %s", job, error)
        except Exception:  # noqa: BLE001 - one job's failure must not end the others
            _log.exception("%s failed", job)

    def _delivered(self, id_: int) -> None:
        again = self._work.deliver(id_)
        if again:
            raise Later(again.at)

    def _counted(self, id_: int) -> None:
        again = self._work.count(id_)
        if again:
            raise Later(again.at)

    async def _rescue(self, timestamp: int) -> None:
        """Put back the jobs of workers that are dead; one worker does it in one minute."""
        if not await asyncio.to_thread(self._first, "rescue", str(timestamp)):
            return
        stalled = list(await self.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED))
        for job in stalled:
            with suppress(exceptions.ConnectorException):  # it ended after all
                await self.app.job_manager.retry_job(job)
        if stalled:
            _log.warning("put back %s jobs of a worker that does not answer any more", len(stalled))


def _arguments(ids: Sequence[int]) -> list[JSONDict]:
    return [{"id_": id_} for id_ in ids]


def install(database: sa.Engine) -> bool:
    """Make Procrastinate's tables where there are none; tells whether it did.

    Raises:
        StoreError: when the database cannot be used.

    """
    with writing(database) as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('hfstats migrations'))"))
        if connection.scalar(sa.text("SELECT to_regclass('procrastinate_jobs')")):
            return False
        connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    return True


def conninfo(database: sa.Engine) -> str:
    """Return the address as libpq reads it."""
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)
