"""Prometheus metrics for /metrics: requests, acknowledgements, answers, Slack errors, queue depth, age of the data."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
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

    from analytics.domain import Snapshot
    from analytics.query import Query
    from bot.domain.reply import Reply

_ACKED = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)
_ANSWERED = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

_UNKNOWN = "other"
_READ_WITHIN = 2.0
"""Timeout of the database query for one gauge, in seconds."""


class Metrics:
    """The metrics of one process, in their own registry."""

    def __init__(self) -> None:
        """Start at zero."""
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "hfstats_requests", "Requests from Slack, by entry point", ["entry_point"], registry=self.registry
        )
        self._unverified = Counter(
            "hfstats_unverified_requests",
            "Requests to /slack/events without a valid Slack signature from the last five minutes",
            registry=self.registry,
        )
        self._replies = Counter(
            "hfstats_replies", "Replies, by outcome: answer, notice, failure", ["outcome"], registry=self.registry
        )
        self._ended = Counter(
            "hfstats_requests_ended",
            "How requests ended: answered, refused, failed, done, duplicate, stopped, handed_over",
            ["outcome"],
            registry=self.registry,
        )
        self.ack = Histogram(
            "hfstats_ack_seconds",
            "Seconds from a request's arrival to its acknowledgement",
            buckets=_ACKED,
            registry=self.registry,
        )
        self._work = Histogram(
            "hfstats_answer_seconds",
            "Seconds from a request's acknowledgement until all work on it is done",
            ["entry_point"],
            buckets=_ANSWERED,
            registry=self.registry,
        )
        self._slack = Counter(
            "hfstats_slack_errors", "Errors returned by Slack's Web API, by error code", ["code"], registry=self.registry
        )

    def unverified(self) -> None:
        """Count a request without a valid signature."""
        self._unverified.inc()

    def received(self, entry_point: str) -> None:
        """Count a request by where it came in: ``command``, ``mention``, ``button`` and so on."""
        self._requests.labels(entry_point).inc()

    def ended(self, outcome: str) -> None:
        """Count a finished request by outcome."""
        self._ended.labels(outcome).inc()

    def finished(self, entry_point: str, seconds: float) -> None:
        """Record the seconds that the work on a request took."""
        self._work.labels(entry_point).observe(seconds)

    def refused(self, code: str) -> None:
        """Count an error returned by Slack."""
        self._slack.labels(code if code.isidentifier() and len(code) <= 50 else _UNKNOWN).inc()

    def counting(self, reply: Callable[[Query], Reply]) -> Callable[[Query], Reply]:
        """Return a function like ``reply`` that counts the outcomes."""

        def counted(query: Query) -> Reply:
            result = reply(query)
            failed = result.notice is not None and result.notice.reference is not None
            self._replies.labels("answer" if result.answer else "failure" if failed else "notice").inc()
            return result

        return counted

    def queue(self, depth: Callable[[], int]) -> None:
        """Add the gauge for the number of requests that are waiting or in progress."""
        gauge = Gauge("hfstats_queue_depth", "Requests waiting or in progress", registry=self.registry)
        gauge.set_function(depth)

    def snapshots(self, latest: Callable[[], Mapping[str, Snapshot]]) -> None:
        """Export the age and the odd rows of each list's last snapshot, read at each scrape."""

        def ages() -> dict[str, float]:
            began = {name: datetime.combine(last.taken_on, datetime.min.time(), UTC) for name, last in latest().items()}
            return {name: time.time() - moment.timestamp() for name, moment in began.items()}

        def odd_rows() -> dict[str, float]:
            return {name: float(last.odd_rows) for name, last in latest().items()}

        told = "Since the day of a list's last snapshot began"
        self.registry.register(_StoredGauge("hfstats_snapshot_age_seconds", told, "list", ages))
        odd = "Rows of a list's last snapshot with a field that couldn't be read, or that stood twice"
        self.registry.register(_StoredGauge("hfstats_snapshot_odd_rows", odd, "list", odd_rows))

    def outbox(self, counts: Callable[[], Mapping[State, int]]) -> None:
        """Add the gauge for the number of deliveries in each state."""

        def states() -> dict[str, float]:
            by_state = counts()
            return {state.value: float(by_state.get(state, 0)) for state in State}

        self.registry.register(_StoredGauge("hfstats_deliveries", "Deliveries in the outbox", "state", states))

    def analytics(self, replaced: Mapping[str, int]) -> None:
        """Add the counter for replaced analytics processes; ``replaced`` counts them by reason."""
        self.registry.register(_ReplacedCollector(replaced))

    def worker(self, age: Callable[[], float | None]) -> None:
        """Add the gauge for the age of the latest heartbeat; it has no value if no worker ever ran."""

        def ages() -> dict[str, float]:
            seconds = age()
            return {} if seconds is None else {"": seconds}

        documentation = "Seconds since the latest heartbeat of any worker"
        self.registry.register(_StoredGauge("hfstats_worker_heartbeat_age_seconds", documentation, None, ages))

    def text(self) -> bytes:
        """Return all metrics in Prometheus's text format."""
        return generate_latest(self.registry)


class _ReplacedCollector(Collector):
    """A counter whose values are kept elsewhere."""

    def __init__(self, replaced: Mapping[str, int]) -> None:
        self._replaced = replaced

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily("hfstats_analytics_replaced", "Analytics processes replaced, by reason", labels=["reason"])
        for reason, number in dict(self._replaced).items():
            family.add_metric([reason], number)
        yield family


class _StoredGauge(Collector):
    """A gauge read from the database at each scrape."""

    def __init__(self, name: str, documentation: str, label: str | None, read: Callable[[], Mapping[str, float]]) -> None:
        self._family = partial(GaugeMetricFamily, name, documentation, labels=[label] if label else [])
        self._read = read

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = self._family()
        try:
            with database_wait.at_most(_READ_WITHIN):
                values = self._read()
        except HfStatsError:  # /healthz/ready reports the database
            return
        for value, number in values.items():
            family.add_metric([value] if value else [], number)
        yield family


class SlackErrorCounter(RetryHandler):
    """Counts the errors in responses of Slack's Web API, as a retry handler that never retries."""

    def __init__(self, refused: Callable[[str], None]) -> None:
        """``refused`` is called with each error code."""
        super().__init__(max_retry_count=0)
        self._refused = refused

    def __deepcopy__(self, _memo: object) -> SlackErrorCounter:
        """Return itself, because Bolt copies the client with its handlers for every request."""
        return self

    def can_retry(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - the interface's own
        request: HttpRequest,  # noqa: ARG002 - the same
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        """Count the error and return ``False``."""
        if response is None:
            self._refused("connection" if error else _UNKNOWN)
        elif response.status_code == 429:
            self._refused("ratelimited")
        elif response.status_code >= 500:
            self._refused(f"http_{response.status_code}")
        elif response.data and b'"ok":false' in response.data.replace(b" ", b"")[:200]:
            try:
                self._refused(str(json.loads(response.data).get("error")))
            except (AttributeError, ValueError):  # no object: an answer of a proxy's
                self._refused(_UNKNOWN)
        return False
