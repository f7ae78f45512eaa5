"""What runs by the clock, and what is delivered. Each job is safe to run again: it finds out itself whether there is work."""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

from analytics.errors import HfStatsError, SourceError, StoreError
from analytics.storage.ingest import already_taken
from analytics.storage.sql_history import SqlHistory
from bot.analytics_pool.errors import UnansweredError
from bot.blocks.notices import operator_text
from bot.domain.outbox import RetryAt
from bot.jobs.deciding_snapshots import DecidingSnapshots
from bot.observability import logs
from bot.outbox.delivery import deliver
from bot.outbox.failure import operator_notice
from bot.outbox.planner import plan
from bot.predictions.settlement import settle
from bot.settings import secret
from bot.storage.heartbeats import SILENT_AFTER, duration
from bot.storage.messages.answered_messages import AnsweredMessages
from bot.subscriptions.alerts import check_alerts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import sqlalchemy as sa

    from analytics.digest.edition import Edition
    from bot.conversation.router import Analytics
    from bot.jobs.backfill.service import Backfill
    from bot.jobs.history import HistoryFetcher
    from bot.outbox.delivery import DeliveryContext
    from bot.settings import Settings
    from bot.storage.job_slots import JobSlots
    from bot.storage.messages.received_events import ReceivedEvents

_log = logging.getLogger(__name__)

_Result = TypeVar("_Result")

EVENT_RETENTION = timedelta(days=1)
"""How long received event ids and signatures are stored. Slack retries events for an hour; signatures are valid for minutes."""
DELIVERY_RETENTION = timedelta(days=400)
"""How long finished deliveries are kept."""
REQUEUE_AFTER = timedelta(minutes=5)
"""After which a delivery that an engine was given and didn't begin is given again."""
REPORT_HOUR = 22
"""The hour (UTC) from which the operator is told of a snapshot that couldn't be taken; until then it is tried again."""
EDIT_RETENTION = timedelta(days=30)
"""How long after its last change an edit of a message still changes its answer in place."""
_RETRY = timedelta(minutes=1)
"""Before a delivery or a dump is tried again after a failure that nobody foresaw."""
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs and the services that they use."""

    settings: Settings
    database: sa.Engine
    delivery_context: DeliveryContext
    numbers: Analytics
    done: JobSlots
    seen: ReceivedEvents
    backfill: Backfill
    past: HistoryFetcher
    alive: Callable[[], None] = lambda: None
    """Signals the parent process that this one works."""

    def beat(self) -> None:
        """Record a heartbeat of this worker."""
        if self.delivery_context.heartbeats:
            self.delivery_context.heartbeats.beat()

    def end(self) -> None:
        """Record that this worker ends on purpose."""
        if self.delivery_context.heartbeats:
            self.delivery_context.heartbeats.end()

    def report_silence(self) -> None:
        """Tell the operator, once, that the last worker stopped responding without having ended on purpose."""
        if self.delivery_context.heartbeats is None:
            return
        try:
            last = next(iter(self.delivery_context.heartbeats.find()), None)
            if last is None or last.ended_at or self.delivery_context.clock() - last.beat_at <= SILENT_AFTER:
                return
            age = duration((self.delivery_context.clock() - last.beat_at).total_seconds())
            text = f"Worker {last.name} stopped responding {age} ago. Another worker is running now and catching up."
            _log.error("%s", text)
            if self.done.first("worker silent", last.slot):
                self.tell_operator(text)
        except StoreError:
            return  # the next use of the database reports it

    def run(self, job: str) -> None:
        """Run one job by its name; a failure that nobody foresaw is logged and told to the operator.

        Raises:
            HfStatsError: when the job can't be done now, for instance because the database can't be used.

        """
        jobs: dict[str, Callable[[], object]] = {
            "plan": self.plan,
            "snapshot": self.snapshot,
            "watch": self.watch,
            "settle": self.settle,
            "tidy": self.tidy,
            "history": self.history,
        }
        self._attempt(f"The {job} job", jobs[job], None)

    def _attempt(self, what: str, act: Callable[[], _Result], otherwise: _Result) -> _Result:
        """Return what ``act`` returns, or ``otherwise`` where it fails for a reason that nobody foresaw.

        That failure is reported, and so are those that were logged meanwhile so that the rest could go on.

        Raises:
            HfStatsError: the failure itself where it is an expected one.

        """
        logs.start_request()
        result = otherwise
        with logs.collected_failures() as logged:
            try:
                result = act()
            except Exception as error:  # noqa: BLE001 - report raises again what is expected
                self.report(what, error)
        for message, failure in logged:
            if not message.startswith(logs.FAILURE):  # which report has told of
                cause = logs.cause(failure)
                # Without numbers, so that a hundred deliveries that fail alike are one notice.
                self._tell_once(
                    f"{re.sub(r'[0-9]+', '', message)} {cause}",
                    f"{message}: {cause}. The log has the details under the reference {logs.request_id()}.",
                )
        return result

    def report(self, what: str, error: Exception) -> str:
        """Log a failure that nobody foresaw, tell the operator of each cause once a day, and return the sentence.

        Raises:
            HfStatsError: the error itself where it is an expected one, or StoreError when the database can't be used.

        """
        if isinstance(error, HfStatsError) and not isinstance(error, UnansweredError):
            raise error
        text = logs.failure(_log, what, error, error.reference if isinstance(error, UnansweredError) else "")
        self._tell_once(f"{what} {logs.cause(error)}", text)
        return text

    def _tell_once(self, cause: str, text: str) -> None:
        identity = hashlib.sha256(cause.encode()).hexdigest()[:16]
        try:
            if self.done.first("failure", f"{self.delivery_context.clock():%Y-%m-%d} {identity}"):
                self.tell_operator(text[:1].upper() + text[1:])
        except StoreError:
            raise
        except Exception:  # noqa: BLE001 - what breaks the job may break this, too, and the job's own failure is in the log
            _log.exception("the operator could not be told")

    def plan(self) -> None:
        """Plan the deliveries that are due; a digest reports the channel's bets, so these are settled first."""
        if self.delivery_context.subscriptions.due(self.delivery_context.clock(), 1):
            self.settle()
        entered = plan(self.delivery_context, self.numbers, self.database, self.missed)
        if entered:
            _log.info("planned %s deliveries", len(entered))

    def missed(self, edition: Edition) -> list[date]:
        """Return the days of a month or week without a snapshot; one may have come after the operator was told."""
        reported = self.done.slots("missed", str(edition.first), str(edition.last))
        store = SqlHistory(self.database)
        return [day for day in map(date.fromisoformat, reported) if not already_taken(store, day, "hub")]

    def snapshot(self) -> bool:
        """Take today's snapshot (UTC) unless it is there; return whether one was taken. What prevents it is logged, not raised.

        Raises:
            StoreError: when the database can't be used.

        """
        from bot.jobs.snapshot import take  # noqa: PLC0415 - the Hub's client is loaded where a snapshot is to be taken

        store = SqlHistory(self.database)
        now = self.delivery_context.clock()
        today = now.date()
        if already_taken(store, today, "hub"):
            return False
        try:
            taken = take(store, today, endpoint=self.settings.hf_endpoint, token=secret(self.settings.hf_token))
        except SourceError as error:
            reason = str(error)
            _log.warning("no snapshot for %s yet: %s", today, reason)
        except Exception as error:  # noqa: BLE001 - report raises again what is expected
            reason = self.report(f"The snapshot for {today}", error)
        else:
            _log.info("took %s snapshots of %s", len(taken), today)
            return bool(taken)
        if now.hour >= REPORT_HOUR and self.done.first("missed", today.isoformat()):
            _log.error("no snapshot for %s: %s", today, reason)
            self.tell_operator(f"There is still no snapshot for {today}. {reason}")
        return False

    def watch(self) -> None:
        """Check alerts against new snapshots."""
        if not self.delivery_context.watches.active():
            return
        snapshots = DecidingSnapshots(SqlHistory(self.database))
        forms = [entry.form for entry in self.numbers.entries()]
        crossed = check_alerts(
            self.delivery_context,
            self.numbers,
            forms,
            self.database,
            snapshots.newest_days(),
            are_comparable=snapshots.are_comparable,
        )
        if crossed:
            _log.info("%s alerts crossed their threshold", crossed)

    def settle(self) -> None:
        """Settle the bets on past months by each month's last snapshot, and plan the notices about them."""
        planned = settle(self.delivery_context, self.numbers, self.database, DecidingSnapshots(SqlHistory(self.database)))
        if planned:
            _log.info("settled the bets of %s channels", planned)

    def tell_operator(self, text: str) -> None:
        """Post a text once in the operator's channel, if the settings name one; the log has it anyway."""
        where = self.settings.hfstats_operator_channel
        if where:
            planned = operator_notice(where, operator_text(text), text, self.delivery_context.clock())
            self.delivery_context.outbox.plan([planned])

    def tidy(self) -> None:
        """Delete pictures, marks and deliveries that are no longer needed."""
        age = timedelta(days=self.settings.hfstats_picture_days)
        links = self.delivery_context.picture_store.prune(age) if self.delivery_context.picture_store else 0
        marks = self.seen.prune(EVENT_RETENTION) + self.done.prune(DELIVERY_RETENTION)
        marks += AnsweredMessages(self.database).prune(EDIT_RETENTION)
        lines = self.delivery_context.outbox.prune(DELIVERY_RETENTION)
        digests = self.delivery_context.built_digests.prune(age)
        _log.info("deleted %s picture links, %s markers, %s deliveries and %s digests", links, marks, lines, digests)

    def deliver(self, id_: int) -> RetryAt | None:
        """Make one delivery; see :func:`bot.outbox.delivery.deliver`."""
        later: RetryAt | None = RetryAt(self.delivery_context.clock() + _RETRY)
        return self._attempt("A delivery", lambda: deliver(self.delivery_context, id_), later)

    def due(self, defer: Callable[[Sequence[int]], None], *, afresh: bool = False) -> None:
        """Pass due deliveries that no engine has to ``defer``; with ``afresh``, also those that an engine was given before."""

        def look() -> None:
            if afresh:
                self.delivery_context.outbox.mark_unqueued()
            while ids := self.delivery_context.outbox.due(_BATCH, REQUEUE_AFTER):
                defer(ids)

        self._attempt("Looking for due deliveries", look, None)

    def count(self, id_: int) -> RetryAt | None:
        """Count one dump of the whole Hub; see :meth:`bot.jobs.backfill.service.Backfill.count`."""
        later: RetryAt | None = RetryAt(self.delivery_context.clock() + _RETRY)
        return self._attempt("A backfill", lambda: self.backfill.count(id_, tell=self.tell_operator), later)

    def to_count(self, many: int) -> list[int]:
        """Return waiting dumps that no engine has."""
        return self.backfill.dumps.take_unqueued(many)

    def count_all(self) -> None:
        """Count every dump that waits."""
        self._attempt("The backfill", lambda: self.backfill.run(tell=self.tell_operator), None)

    def history(self) -> None:
        """Fetch the lists of past month ends that are missing; see :meth:`bot.jobs.history.HistoryFetcher.catch_up`."""
        self.past.catch_up(self.settings.hfstats_history_months, self.delivery_context.clock().date(), self.done)

    def stop(self) -> None:
        """Stop counting and fetching; the dumps under way are read later."""
        self.backfill.stopped.set()
        self.past.stopped.set()
