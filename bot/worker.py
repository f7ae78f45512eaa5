"""``hfstats worker``: runs the jobs by the clock, until stopped."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apscheduler.schedulers.background import BackgroundScheduler

from bot import jobs, stores
from bot.stopping import until_stopped

if TYPE_CHECKING:
    from bot.settings import Settings

_log = logging.getLogger(__name__)


def work(settings: Settings) -> None:
    """Take a snapshot a day and tidy up, until a termination signal; what is being done then is finished.

    The snapshot is looked for at the start and every hour, which makes up for a day on which the Hub or this process was away.

    Raises:
        StoreError: when the database cannot be used at the start.

    """
    database = stores.store(settings)
    scheduler = BackgroundScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None})
    at_once = datetime.now(UTC)
    scheduler.add_job(jobs.snapshot, "interval", (settings, database), hours=1, jitter=120, next_run_time=at_once)
    scheduler.add_job(jobs.tidy, "interval", (settings, database), hours=6, jitter=600, next_run_time=at_once)
    scheduler.start()
    _log.info("working by the clock")
    until_stopped()
    scheduler.shutdown(wait=True)
    database.dispose()
