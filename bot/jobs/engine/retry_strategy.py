"""When Procrastinate runs a job again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import procrastinate

from analytics.errors import HfStatsError, StoreError
from bot.jobs.engine.outage import LONGEST_WAIT, Outage

if TYPE_CHECKING:
    from datetime import datetime

    from procrastinate.jobs import Job

_log = logging.getLogger(__name__)

BEAT = "beat"
"""The heartbeat's name among what an outage stops."""


class RetryLaterError(Exception):
    """Raised by a task to be run again at a moment."""

    def __init__(self, at: datetime) -> None:
        super().__init__(f"not before {at}")
        self.at = at


class RetryStrategy(procrastinate.BaseRetryStrategy):
    """Runs every unfinished job again; the outbox gives up, not the queue."""

    def __init__(self, outage: Outage) -> None:
        self._outage = outage

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision:
        """Decide when to run a job again after an exception."""
        if isinstance(exception, RetryLaterError):
            return procrastinate.RetryDecision(retry_at=exception.at)
        if isinstance(exception, StoreError):
            self._outage.failed(BEAT, exception)  # the next heartbeat shows whether it is back
            return procrastinate.RetryDecision(retry_in={"seconds": int(LONGEST_WAIT)})
        _log.warning(
            "job %s has to wait: %s", job.id, exception if isinstance(exception, HfStatsError) else type(exception).__name__
        )
        return procrastinate.RetryDecision(retry_in={"seconds": 60})
