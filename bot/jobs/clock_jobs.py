"""The scheduled jobs and deliveries. Each job is safe to run again and checks for itself whether there is work."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from analytics.domain import ListName
from analytics.errors import SourceError, StoreError
from analytics.statistics import quality
from analytics.storage.ingest import already_taken
from analytics.storage.sql_history import SqlHistory
from bot.blocks.notices import operator_text
from bot.outbox.delivery import deliver
from bot.outbox.failure import operator_notice
from bot.outbox.planner import plan
from bot.predictions.settlement import settle
from bot.settings import secret
from bot.storage.heartbeats import SILENT_AFTER, duration
from bot.subscriptions.alerts import watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import sqlalchemy as sa

    from analytics.digest.edition import Edition
    from bot.conversation.router import Analytics
    from bot.domain.outbox import RetryAt
    from bot.jobs.backfill.service import Backfill
    from bot.outbox.delivery import DeliveryContext
    from bot.settings import Settings
    from bot.storage.job_slots import JobSlots
    from bot.storage.messages.received_events import ReceivedEvents

_log = logging.getLogger(__name__)

EVENT_RETENTION = timedelta(days=1)
"""How long received event ids and signatures are stored. Slack retries events for an hour; signatures are valid for minutes."""
DELIVERY_RETENTION = timedelta(days=400)
"""How long finished deliveries are stored."""
REQUEUE_AFTER = timedelta(minutes=5)
"""How long a delivery may stay queued in an engine before it is queued again."""
REPORT_HOUR = 22
"""The hour (UTC) after which a missing snapshot is reported to the operator; until then it is retried."""
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs and their dependencies."""

    settings: Settings
    database: sa.Engine
    delivery_context: DeliveryContext
    numbers: Analytics
    done: JobSlots
    seen: ReceivedEvents
    backfill: Backfill
    alive: Callable[[], None] = lambda: None
    """Sends a heartbeat to the parent process."""

    def beat(self) -> None:
        """Store a heartbeat of this worker."""
        if self.delivery_context.heartbeats:
            self.delivery_context.heartbeats.beat()

    def end(self) -> None:
        """Record that this worker was stopped on purpose."""
        if self.delivery_context.heartbeats:
            self.delivery_context.heartbeats.end()

    def report_silence(self) -> None:
        """Notify the operator, once, if all workers had crashed or hung before this one started."""
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
        """Run a job by name.

        Raises:
            HfStatsError: when the database cannot be used.

        """
        jobs = {"plan": self.plan, "snapshot": self.snapshot, "watch": self.watch, "settle": self.settle, "tidy": self.tidy}
        jobs[job]()

    def plan(self) -> None:
        """Plan due deliveries. Bets are settled first, because digests include their results."""
        if self.delivery_context.subscriptions.due(self.delivery_context.clock(), 1):
            self.settle()
        entered = plan(self.delivery_context, self.numbers, self.database, self.missed)
        if entered:
            _log.info("planned %s deliveries", len(entered))

    def missed(self, edition: Edition) -> list[date]:
        """Return the days of a month or week without a snapshot."""
        return [date.fromisoformat(slot) for slot in self.done.slots("missed", str(edition.first), str(edition.last))]

    def snapshot(self) -> bool:
        """Take today's snapshot (UTC) if it's missing; returns whether one was taken. Logs an unreachable Hub."""
        from bot.jobs.snapshot import take  # noqa: PLC0415 - load the Hub's client only when it's needed

        store = SqlHistory(self.database)
        now = self.delivery_context.clock()
        today = now.date()
        if already_taken(store, today, "hub"):
            return False
        try:
            taken = take(store, today, endpoint=self.settings.hf_endpoint, token=secret(self.settings.hf_token))
        except SourceError as error:
            _log.warning("no snapshot for %s yet: %s", today, error)
            if now.hour >= REPORT_HOUR and self.done.first("missed", today.isoformat()):
                _log.error("no snapshot for %s: the Hub could not be reached all day (%s)", today, error)
                self.tell_operator(f"There is no snapshot for {today} because the Hub couldn't be reached all day. {error}")
            return False
        _log.info("took %s snapshots for %s", len(taken), today)
        return bool(taken)

    def watch(self) -> None:
        """Check alerts against new snapshots."""
        if not self.delivery_context.watches.active():
            return
        store = SqlHistory(self.database)
        latest = {
            name.value: max(snapshots, key=lambda snapshot: snapshot.taken_on)
            for name in ListName
            if (snapshots := store.snapshots(name))
        }
        # In an incomplete list, creators would seem to be gone.
        newest = {
            name: snapshot.taken_on
            for name, snapshot in latest.items()
            if not any(doubt.severe for doubt in quality.short(snapshot))
        }
        crossed = watch(
            self.delivery_context, self.numbers, [entry.form for entry in self.numbers.entries()], self.database, newest
        )
        if crossed:
            _log.info("%s alerts crossed their threshold", crossed)

    def settle(self) -> None:
        """Settle the bets on past months by each month's last complete snapshot, and plan the results' delivery."""
        store = SqlHistory(self.database)

        def last_day(within: ListName, month: Edition) -> date | None:
            in_month = [snapshot for snapshot in store.snapshots(within) if snapshot.taken_on in month]
            complete = [snapshot for snapshot in in_month if not any(doubt.severe for doubt in quality.short(snapshot))]
            return complete[-1].taken_on if complete else None

        planned = settle(self.delivery_context, self.numbers, self.database, last_day)
        if planned:
            _log.info("settled the bets of %s channels", planned)

    def tell_operator(self, text: str) -> None:
        """Plan a message to the operator's channel, if one is set. The same text is sent once."""
        where = self.settings.hfstats_operator_channel
        if where:
            planned = operator_notice(where, operator_text(text), text, self.delivery_context.clock())
            self.delivery_context.outbox.plan([planned])

    def tidy(self) -> None:
        """Delete old pictures, received-event markers, deliveries and digests."""
        age = timedelta(days=self.settings.hfstats_picture_days)
        links = self.delivery_context.gallery.prune(age) if self.delivery_context.gallery else 0
        marks = self.seen.prune(EVENT_RETENTION) + self.done.prune(DELIVERY_RETENTION)
        lines = self.delivery_context.outbox.prune(DELIVERY_RETENTION)
        digests = self.delivery_context.built_digests.prune(age)
        _log.info("deleted %s picture links, %s markers, %s deliveries and %s digests", links, marks, lines, digests)

    def deliver(self, id_: int) -> RetryAt | None:
        """Send one delivery; see :func:`bot.outbox.delivery.deliver`."""
        return deliver(self.delivery_context, id_)

    def due(self, defer: Callable[[Sequence[int]], None], *, afresh: bool = False) -> None:
        """Pass due deliveries that aren't queued to ``defer``; with ``afresh``, also those queued earlier."""
        if afresh:
            self.delivery_context.outbox.mark_unqueued()
        while ids := self.delivery_context.outbox.due(_BATCH, REQUEUE_AFTER):
            defer(ids)

    def count(self, id_: int) -> RetryAt | None:
        """Import one dump of the whole Hub; see :meth:`bot.jobs.backfill.service.Backfill.count`."""
        return self.backfill.count(id_)

    def to_count(self, many: int) -> list[int]:
        """Return the ids of waiting dumps that aren't queued."""
        return self.backfill.dumps.take_unqueued(many)

    def count_all(self) -> None:
        """Import all waiting dumps."""
        self.backfill.run()

    def stop(self) -> None:
        """Stop current imports; they are resumed later."""
        self.backfill.stopped.set()
