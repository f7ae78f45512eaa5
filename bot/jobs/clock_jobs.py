"""What runs by the clock, and what is delivered. Safe to run again: each job finds out itself whether there is work."""

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
"""How long events and signatures are remembered; Slack gives up on an event within an hour, a signature is good for minutes."""
DELIVERY_RETENTION = timedelta(days=400)
"""How long the ledger tells what became of a delivery."""
REQUEUE_AFTER = timedelta(minutes=5)
"""After which an engine that was told of a delivery and did nothing is told again."""
REPORT_HOUR = 22
"""The hour (UTC) from which a snapshot that could not be taken is told to whoever runs the bot; until then it is tried again."""
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs, with what they need."""

    settings: Settings
    database: sa.Engine
    delivery_context: DeliveryContext
    numbers: Analytics
    done: JobSlots
    seen: ReceivedEvents
    backfill: Backfill
    alive: Callable[[], None] = lambda: None
    """Tells the process that started this one that it works."""

    def beat(self) -> None:
        """Tell that this worker works."""
        if self.delivery_context.heartbeats:
            self.delivery_context.heartbeats.beat()

    def end(self) -> None:
        """Tell that this worker ends as it was told to."""
        if self.delivery_context.heartbeats:
            self.delivery_context.heartbeats.end()

    def report_silence(self) -> None:
        """Tell the operator, once, of a time in which no worker worked although none had ended as it was told to."""
        if self.delivery_context.heartbeats is None:
            return
        try:
            last = next(iter(self.delivery_context.heartbeats.find()), None)
            if last is None or last.ended_at or self.delivery_context.clock() - last.beat_at <= SILENT_AFTER:
                return
            age = duration((self.delivery_context.clock() - last.beat_at).total_seconds())
            text = f"The worker {last.name} stopped responding {age} ago. Another one works now and catches up."
            _log.error("%s", text)
            if self.done.first("worker silent", last.slot):
                self.tell_operator(text)
        except StoreError:
            return  # whoever uses the database next says so

    def run(self, job: str) -> None:
        """Run one job by its name.

        Raises:
            HfStatsError: when the database cannot be used.

        """
        jobs = {"plan": self.plan, "snapshot": self.snapshot, "watch": self.watch, "settle": self.settle, "tidy": self.tidy}
        jobs[job]()

    def plan(self) -> None:
        """Enter into the ledger what has fallen due; a digest tells of the channel's bets, so these are settled first."""
        if self.delivery_context.subscriptions.due(self.delivery_context.clock(), 1):
            self.settle()
        entered = plan(self.delivery_context, self.numbers, self.database, self.missed)
        if entered:
            _log.info("%s deliveries are due", len(entered))

    def missed(self, edition: Edition) -> list[date]:
        """Return the days of a month or week on which no snapshot could be taken."""
        return [date.fromisoformat(slot) for slot in self.done.slots("missed", str(edition.first), str(edition.last))]

    def snapshot(self) -> bool:
        """Take today's snapshot (UTC) unless it is there; tell whether one was taken. The Hub's absence is logged, not raised."""
        from bot.jobs.snapshot import take  # noqa: PLC0415 - the Hub's client is loaded where a snapshot is to be taken

        store = SqlHistory(self.database)
        now = self.delivery_context.clock()
        today = now.date()
        if already_taken(store, today, "hub"):
            return False
        try:
            taken = take(store, today, endpoint=self.settings.hf_endpoint, token=secret(self.settings.hf_token))
        except SourceError as error:
            _log.warning("no snapshot of %s yet: %s", today, error)
            if now.hour >= REPORT_HOUR and self.done.first("missed", today.isoformat()):
                _log.error("there will be no snapshot of %s: the Hub was out of reach all day (%s)", today, error)
                self.tell_operator(f"There is no snapshot of {today}: the Hub was out of reach all day. {error}")
            return False
        _log.info("took %s snapshots of %s", len(taken), today)
        return bool(taken)

    def watch(self) -> None:
        """Look at what is watched, where there is a new snapshot."""
        if not self.delivery_context.watches.active():
            return
        store = SqlHistory(self.database)
        latest = {name.value: max(found, key=lambda one: one.taken_on) for name in ListName if (found := store.snapshots(name))}
        # A list that came in part would show creators as gone that are not.
        newest = {name: one.taken_on for name, one in latest.items() if not any(doubt.severe for doubt in quality.short(one))}
        crossed = watch(self.delivery_context, self.numbers, [one.form for one in self.numbers.entries()], self.database, newest)
        if crossed:
            _log.info("%s watches crossed their line", crossed)

    def settle(self) -> None:
        """Settle the bets on months that are over, by the last whole snapshot of each, and plan what tells of them."""
        store = SqlHistory(self.database)

        def last_day(within: ListName, month: Edition) -> date | None:
            found = [one for one in store.snapshots(within) if one.taken_on in month]
            return next((one.taken_on for one in reversed(found) if not any(doubt.severe for doubt in quality.short(one))), None)

        told = settle(self.delivery_context, self.numbers, self.database, last_day)
        if told:
            _log.info("the bets of %s channels are settled", told)

    def tell_operator(self, text: str) -> None:
        """Say something to whoever runs the bot, in the channel that the settings name, once; the log has it anyway."""
        where = self.settings.hfstats_operator_channel
        if where:
            planned = operator_notice(where, operator_text(text), text, self.delivery_context.clock())
            self.delivery_context.outbox.plan([planned])

    def tidy(self) -> None:
        """Delete pictures, marks and lines of the ledger that are older than they need to be."""
        age = timedelta(days=self.settings.hfstats_picture_days)
        links = self.delivery_context.gallery.prune(age) if self.delivery_context.gallery else 0
        marks = self.seen.prune(EVENT_RETENTION) + self.done.prune(DELIVERY_RETENTION)
        lines = self.delivery_context.outbox.prune(DELIVERY_RETENTION)
        digests = self.delivery_context.built_digests.prune(age)
        _log.info("tidied: %s addresses of pictures, %s marks, %s deliveries, %s digests", links, marks, lines, digests)

    def deliver(self, id_: int) -> RetryAt | None:
        """Deliver one line of the ledger; see :func:`bot.outbox.delivery.deliver`."""
        return deliver(self.delivery_context, id_)

    def due(self, defer: Callable[[Sequence[int]], None], *, afresh: bool = False) -> None:
        """Give what is due and what no engine knows of to ``defer``; with ``afresh``, what was told before as well."""
        if afresh:
            self.delivery_context.outbox.mark_unqueued()
        while ids := self.delivery_context.outbox.due(_BATCH, REQUEUE_AFTER):
            defer(ids)

    def count(self, id_: int) -> RetryAt | None:
        """Count one dump of the whole Hub; see :meth:`bot.jobs.backfill.service.Backfill.count`."""
        return self.backfill.count(id_)

    def to_count(self, many: int) -> list[int]:
        """Return dumps that wait and that no engine knows of."""
        return self.backfill.dumps.take_unqueued(many)

    def count_all(self) -> None:
        """Count every dump that waits."""
        self.backfill.run()

    def stop(self) -> None:
        """Leave the dumps that are being counted to a later turn."""
        self.backfill.stopped.set()
