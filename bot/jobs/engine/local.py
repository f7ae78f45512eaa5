"""The engine for one process: APScheduler with thread pools.

Its queue is in memory only; at the start, it queues all open deliveries from the outbox again.
"""

from __future__ import annotations

import logging
import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from analytics.errors import HfStatsError, StoreError
from bot.domain.outbox import RetryAt
from bot.jobs.engine.outage import LONGEST_WAIT, Outage
from bot.jobs.engine.protocol import BEAT_SECONDS, CLOCK
from bot.shutdown import ENDS_WITHIN, exit_after, wait_until_stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.jobs.engine.protocol import JobRunner

_log = logging.getLogger(__name__)

_BEAT, _COUNT = "beat", "count"


class Local:
    """Runs all jobs and deliveries in this process."""

    def __init__(self, work: JobRunner, deliveries: int, clock: Mapping[str, str] = CLOCK) -> None:
        """``deliveries``: how many may run at the same time. ``clock``: cron expressions by job."""
        self._work = work
        self._clock = clock
        self._outage = Outage()
        self._afresh = True
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={
                "default": ThreadPoolExecutor(3),
                "deliveries": ThreadPoolExecutor(deliveries),
                "dumps": ThreadPoolExecutor(1),
                "beats": ThreadPoolExecutor(1),
            },
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def work(self) -> None:
        """See :class:`bot.jobs.engine.protocol.Engine`."""
        self.start()
        _log.info("running scheduled jobs in one process")
        wait_until_stopped()
        exit_after(ENDS_WITHIN, 0)
        self.stop()

    def start(self) -> None:
        """Start the scheduler and run every job once immediately, to catch up."""
        now = datetime.now(UTC)
        for job, cron in self._clock.items():
            self._scheduler.add_job(self._run, CronTrigger.from_crontab(cron, UTC), (job,), id=job, next_run_time=now)
        self._scheduler.add_job(self._count, CronTrigger.from_crontab("* * * * *", UTC), id=_COUNT, executor="dumps")
        self._scheduler.add_job(self._beat, "interval", seconds=BEAT_SECONDS, id=_BEAT, next_run_time=now, executor="beats")
        self._scheduler.start()

    def stop(self) -> None:
        """Stop after current jobs finish. Waiting deliveries stay in the outbox."""
        self._work.stop()
        self._scheduler.remove_all_jobs()
        self._scheduler.shutdown(wait=True)
        with suppress(HfStatsError):
            self._work.end()

    def defer(self, ids: Sequence[int], at: datetime | None = None) -> None:
        """Queue deliveries, to run at ``at`` or as soon as a thread is free."""
        for id_ in ids:
            arguments = {"args": (id_,), "id": f"delivery-{id_}-{uuid.uuid4().hex[:8]}", "executor": "deliveries"}
            self._scheduler.add_job(self._deliver, "date", run_date=at or datetime.now(UTC), **arguments)

    def _run(self, job: str) -> None:
        def run() -> None:
            self._work.run(job)
            if job == "plan":
                self._work.due(self.defer, afresh=self._afresh)
                self._afresh = False

        self._try(job, run)

    def _count(self) -> None:
        """Import dumps requested in the meantime."""
        self._try(_COUNT, self._work.count_all)

    def _beat(self) -> None:
        """Send heartbeats, and rerun failed jobs as soon as the database is back."""
        self._work.alive()
        if self._try(_BEAT, self._work.beat):
            for job in self._outage.failing:
                if job != "plan":  # other jobs may take minutes for other reasons
                    self._outage.worked(job)
                with suppress(JobLookupError):
                    self._scheduler.modify_job(job, next_run_time=datetime.now(UTC))

    def _try(self, job: str, do: Callable[[], None]) -> bool:
        try:
            do()
        except StoreError as error:
            self._outage.failed(job, error)
            return False
        except HfStatsError as error:
            _log.warning("%s: %s", job, error)
        except Exception:  # noqa: BLE001 - one job's failure must not end the others
            _log.exception("%s failed", job)
        self._outage.worked(job)
        return True

    def _deliver(self, id_: int) -> None:
        try:
            again = self._work.deliver(id_)
        except StoreError as error:
            self._outage.failed(_BEAT, error)  # the next heartbeat checks whether it's back
            again = RetryAt(datetime.now(UTC) + timedelta(seconds=LONGEST_WAIT))
        except HfStatsError as error:
            _log.warning("will retry delivery %s: %s", id_, error)
            again = RetryAt(datetime.now(UTC) + timedelta(minutes=1))
        if again and self._scheduler.running:
            self.defer([id_], again.at)
