"""One process: APScheduler for the clock and what is to be done later, and its pool of threads. Nothing to install.

What it has in hand it forgets when it ends; at the start it takes up everything that the ledger has open.
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
    """Runs everything in this process."""

    def __init__(self, work: JobRunner, deliveries: int, clock: Mapping[str, str] = CLOCK) -> None:
        """Run ``deliveries`` at the same time, and the jobs of ``clock``."""
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
        _log.info("working by the clock, in one process")
        wait_until_stopped()
        exit_after(ENDS_WITHIN, 0)
        self.stop()

    def start(self) -> None:
        """Begin, with every job once at once: what was missed while nobody was there is made up for."""
        now = datetime.now(UTC)
        for job, cron in self._clock.items():
            self._scheduler.add_job(self._run, CronTrigger.from_crontab(cron, UTC), (job,), id=job, next_run_time=now)
        self._scheduler.add_job(self._count, CronTrigger.from_crontab("* * * * *", UTC), id=_COUNT, executor="dumps")
        self._scheduler.add_job(self._beat, "interval", seconds=BEAT_SECONDS, id=_BEAT, next_run_time=now, executor="beats")
        self._scheduler.start()

    def stop(self) -> None:
        """End when what is under way is done; what waits is in the ledger."""
        self._work.stop()
        self._scheduler.remove_all_jobs()
        self._scheduler.shutdown(wait=True)
        with suppress(HfStatsError):
            self._work.end()

    def defer(self, ids: Sequence[int], at: datetime | None = None) -> None:
        """Deliver later, or as soon as there is a thread."""
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
        """Count what somebody has asked for meanwhile."""
        self._try(_COUNT, self._work.count_all)

    def _beat(self) -> None:
        """Tell that this process works; when the database is back, do at once what failed without it."""
        self._work.alive()
        if self._try(_BEAT, self._work.beat):
            for job in self._outage.failing:
                if job != "plan":  # others may take minutes for reasons of their own
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
            self._outage.failed(_BEAT, error)  # the next heartbeat tells whether it is back
            again = RetryAt(datetime.now(UTC) + timedelta(seconds=LONGEST_WAIT))
        except HfStatsError as error:
            _log.warning("delivery %s has to wait: %s", id_, error)
            again = RetryAt(datetime.now(UTC) + timedelta(minutes=1))
        if again and self._scheduler.running:
            self.defer([id_], again.at)
