"""What Prometheus is told at /metrics: requests, acknowledgements, answers, Slack's errors, the queue, the age of the data."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from slack_sdk.http_retry import RetryHandler

from analytics.errors import HfStatsError
from analytics.storage import database_wait
from bot.domain.outbox import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from slack_sdk.http_retry.request import HttpRequest
    from slack_sdk.http_retry.response import HttpResponse
    from slack_sdk.http_retry.state import RetryState

    from analytics.query import Query
    from bot.domain.reply import Reply

_ACKED = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)
_ANSWERED = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

_UNKNOWN = "other"
_READ_WITHIN = 2.0
"""Seconds that the database gets for one gauge."""


class Metrics:
    """One process's counters, in a registry of their own."""

    def __init__(self) -> None:
        """Start at zero."""
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "hfstats_requests", "What Slack sent, by the door it came through", ["door"], registry=self.registry
        )
        self._unverified = Counter(
            "hfstats_unverified_requests",
            "Requests to /slack/events that Slack did not sign, or not within five minutes",
            registry=self.registry,
        )
        self._replies = Counter(
            "hfstats_replies", "What was asked, by what came of it: answer, notice, failure", ["outcome"], registry=self.registry
        )
        self._ended = Counter(
            "hfstats_requests_ended",
            "How requests ended: answered, refused, failed, done, duplicate, stopped, handed_over",
            ["outcome"],
            registry=self.registry,
        )
        self.ack = Histogram(
            "hfstats_ack_seconds", "From the request's arrival to its acknowledgement", buckets=_ACKED, registry=self.registry
        )
        self._work = Histogram(
            "hfstats_answer_seconds",
            "From the acknowledgement until all work on a request is done",
            ["door"],
            buckets=_ANSWERED,
            registry=self.registry,
        )
        self._slack = Counter(
            "hfstats_slack_errors", "What Slack's Web API refused, by its code", ["code"], registry=self.registry
        )

    def unverified(self) -> None:
        """Count a request that Slack did not sign."""
        self._unverified.inc()

    def received(self, door: str) -> None:
        """Count a request."""
        self._requests.labels(door).inc()

    def ended(self, outcome: str) -> None:
        """Count how a request ended."""
        self._ended.labels(outcome).inc()

    def finished(self, door: str, seconds: float) -> None:
        """Count a piece of work."""
        self._work.labels(door).observe(seconds)

    def refused(self, code: str) -> None:
        """Count an error of Slack's."""
        self._slack.labels(code if code.isidentifier() and len(code) <= 50 else _UNKNOWN).inc()

    def counting(self, reply: Callable[[Query], Reply]) -> Callable[[Query], Reply]:
        """Return ``reply`` with its outcomes counted."""

        def counted(query: Query) -> Reply:
            given = reply(query)
            failed = given.notice is not None and given.notice.reference is not None
            self._replies.labels("answer" if given.answer else "failure" if failed else "notice").inc()
            return given

        return counted

    def queue(self, depth: Callable[[], int]) -> None:
        """Tell the number of pieces of work that are waiting or being done, whenever somebody looks."""
        gauge = Gauge("hfstats_queue_depth", "Pieces of work that are waiting or being done", registry=self.registry)
        gauge.set_function(depth)

    def snapshots(self, latest: Callable[[], Mapping[str, date]]) -> None:
        """Tell the age of each list's last snapshot, whenever somebody looks."""

        def ages() -> dict[str, float]:
            began = {name: datetime(day.year, day.month, day.day, tzinfo=UTC) for name, day in latest().items()}
            return {name: time.time() - moment.timestamp() for name, moment in began.items()}

        told = "Since the day of a list's last snapshot began"
        self.registry.register(_StoredGauge("hfstats_snapshot_age_seconds", told, "list", ages))

    def outbox(self, counts: Callable[[], Mapping[State, int]]) -> None:
        """Tell how many deliveries the ledger has in each state, whenever somebody looks."""

        def states() -> dict[str, float]:
            found = counts()
            return {state.value: float(found.get(state, 0)) for state in State}

        self.registry.register(_StoredGauge("hfstats_deliveries", "Lines of the ledger", "state", states))

    def analytics(self, replaced: Mapping[str, int]) -> None:
        """Tell how many analytics processes were replaced; ``replaced`` counts them by why."""
        self.registry.register(_ReplacedCollector(replaced))

    def worker(self, age: Callable[[], float | None]) -> None:
        """Tell for how long no worker was heard from, whenever somebody looks; nothing where none has ever run."""

        def ages() -> dict[str, float]:
            found = age()
            return {} if found is None else {"": found}

        told = "Since any worker was last heard from"
        self.registry.register(_StoredGauge("hfstats_worker_heartbeat_age_seconds", told, None, ages))

    def text(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self.registry)


class _ReplacedCollector(Collector):
    """A counter that somebody else counts."""

    def __init__(self, replaced: Mapping[str, int]) -> None:
        self._replaced = replaced

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(
            "hfstats_analytics_replaced", "Analytics processes that were replaced, by why", labels=["reason"]
        )
        for reason, number in dict(self._replaced).items():
            family.add_metric([reason], number)
        yield family


class _StoredGauge(Collector):
    """One gauge, read from the database when somebody looks."""

    def __init__(self, name: str, told: str, label: str | None, read: Callable[[], Mapping[str, float]]) -> None:
        self._family = partial(GaugeMetricFamily, name, told, labels=[label] if label else [])
        self._read = read

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = self._family()
        try:
            with database_wait.at_most(_READ_WITHIN):
                found = self._read()
        except HfStatsError:  # the database is away; /healthz/ready says so
            return
        for value, number in found.items():
            family.add_metric([value] if value else [], number)
        yield family


class SlackErrorCounter(RetryHandler):
    """Sees each answer of Slack's Web API and counts its error; asks for no retry itself."""

    def __init__(self, refused: Callable[[str], None]) -> None:
        """``refused`` is told each error code."""
        super().__init__(max_retry_count=0)
        self._refused = refused

    def __deepcopy__(self, _memo: object) -> SlackErrorCounter:
        """Stay one: Bolt copies the client, and with it this, for every request."""
        return self

    def can_retry(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - the interface's own
        request: HttpRequest,  # noqa: ARG002 - the same
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        """Count, and never retry."""
        if response is None:
            self._refused("connection" if error else _UNKNOWN)
        elif response.status_code == 429:
            self._refused("ratelimited")
        elif response.status_code >= 500:
            self._refused(f"http_{response.status_code}")
        elif response.data and b'"ok":false' in response.data.replace(b" ", b"")[:200]:
            try:
                self._refused(str(json.loads(response.data).get("error")))
            except ValueError:
                self._refused(_UNKNOWN)
        return False
