"""Deliver one row of the outbox to its channel. Idempotent, in any number of processes."""

from __future__ import annotations

import logging
import random
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError

from analytics.errors import HfStatsError, StoreError
from bot.domain.content import Content
from bot.domain.outbox import Kind, RetryAt
from bot.outbox import lease_guard
from bot.outbox.canvas import with_canvas
from bot.outbox.failure import NO_INSTALLATION, Failure
from bot.outbox.find_posted import HistoryUnavailable, delivery_metadata, find_message
from bot.outbox.message_forms import MessageForms
from bot.outbox.per_workspace_limit import PerWorkspaceLimit
from bot.slack_api.error_words import DELIVERY_ENDS, Treatment, treatment_of
from bot.slack_api.errors import FAILURES, error_code, may_be_posted, requested_wait

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk import WebClient

    from bot.blocks.messages import Block
    from bot.domain.outbox import Delivery
    from bot.storage.channels.alerts import AlertStore
    from bot.storage.channels.predictions import BetStore
    from bot.storage.channels.subscriptions import SubscriptionStore
    from bot.storage.heartbeats import HeartbeatStore
    from bot.storage.messages.built_digests import BuiltDigests
    from bot.storage.messages.outbox import OutboxStore
    from bot.storage.messages.pictures import PictureStore

_log = logging.getLogger(__name__)

TIMEOUT = 15
"""Seconds to wait for Slack's answer to a post."""
SEND_WITHIN = 30.0
"""Seconds after the lease was checked within which the request must be sent: half the lease, so that it arrives in time."""
ATTEMPTS = 36
"""Attempts before a delivery is given up; with the pauses between them, more than a day."""
WARN_AFTER = 10
"""Failed attempts, over more than an hour, after which the operator is notified."""
_AN_HOUR, _A_DAY = timedelta(hours=1), timedelta(days=1)
_HISTORY_DELAY = timedelta(seconds=10)
"""Time until a posted message is in the channel's history."""
_SIMPLER_FORM = frozenset({Treatment.FORM, Treatment.PICTURE, Treatment.CALL})
_REPLY_ENDS = DELIVERY_ENDS | {Treatment.REQUEST}
"""A reply also ends when its thread does: the parent was deleted, or the thread is locked."""


def no_installer(_: str) -> None:
    """Return ``None``: with a single token, the installer isn't stored."""


@dataclass(frozen=True, slots=True)
class DeliveryContext:
    """The stores, clients and settings that deliveries need."""

    outbox: OutboxStore
    built_digests: BuiltDigests
    subscriptions: SubscriptionStore
    watches: AlertStore
    bets: BetStore
    client_of: Callable[[str], WebClient | None]
    """Returns a workspace's client, which must not retry; ``None`` if the app isn't installed anymore."""
    picture_store: PictureStore | None = None
    public_url: str | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    workspace_limit: PerWorkspaceLimit = field(default_factory=PerWorkspaceLimit)
    heartbeats: HeartbeatStore | None = None
    installer_of: Callable[[str], str | None] = no_installer
    """The user who installed the app in a workspace."""
    operator: str | None = None
    """The operator's channel, ``workspace/channel``."""

    def requester(self, delivery: Delivery) -> str | None:
        """Return the user who created a delivery's subscription, alert or bet; ``None`` if it's gone, or for a notice.

        For a reply, it's the parent's.
        """
        match delivery.kind:
            case Kind.DIGEST:
                subscription = self.subscriptions.get(delivery.workspace, delivery.source)
                return subscription.created_by if subscription else None
            case Kind.ALERT:
                alert = self.watches.get(delivery.workspace, delivery.source)
                return alert.created_by if alert else None
            case Kind.BETS:
                bet = self.bets.get(delivery.workspace, delivery.source)
                return bet.person if bet else None
            case Kind.REPORT:
                return Content.from_json(delivery.content).requested_by or None if delivery.content else None
            case Kind.REPLY:
                parent = self.outbox.get(delivery.source)
                return self.requester(parent) if parent else None
        return None


def deliver(delivery_context: DeliveryContext, id_: int) -> RetryAt | None:
    """Deliver one row; returns when to retry it, or ``None`` if nothing is left to do.

    Raises:
        StoreError: if the database can't be used; the row is then unchanged, or claimed again when its lease ends.

    """
    owner = secrets.token_hex(8)
    delivery = delivery_context.outbox.claim(id_, owner)
    if delivery is None or isinstance(delivery, RetryAt):
        return delivery
    attempt = _Attempt(delivery_context, delivery, owner, maybe_posted=delivery.posting_at is not None)
    place = delivery_context.workspace_limit.enter(delivery.workspace)
    if place is None:
        return attempt.postpone(delivery_context.clock() + timedelta(seconds=random.uniform(1, 3)), "no place")  # noqa: S311 - jitter
    try:
        with place:
            return attempt.run()
    except StoreError:
        raise
    except (HfStatsError, *FAILURES) as error:
        _log.warning("delivery %s will be retried: %s", id_, error_code(error))
        return attempt.retry_later(error_code(error))
    except Exception as error:  # noqa: BLE001 - one row's failure must not stop the others
        _log.error("delivery %s failed", id_, exc_info=error)
        return attempt.retry_later(type(error).__name__)


@dataclass(slots=True)
class _Attempt:
    delivery_context: DeliveryContext
    delivery: Delivery
    owner: str
    maybe_posted: bool = False

    @property
    def failure(self) -> Failure:
        """The handling of this delivery's failure."""
        return Failure(self.delivery_context, self.delivery, self.owner)

    def run(self) -> RetryAt | None:
        """Post the message, after looking for it if it may have been posted."""
        client = self.delivery_context.client_of(self.delivery.workspace)
        if client is None:
            self.failure.fail_permanently(NO_INSTALLATION)
        elif self.maybe_posted:
            return self._find_posted(client)
        elif self.delivery.attempts >= ATTEMPTS:
            self.failure.give_up(self.delivery.error or "")
        elif self.delivery.kind is Kind.NOTE and _is_deactivated(client, self.delivery.channel):
            self.failure.fail_permanently("user_disabled")
        else:
            return self._post(client)
        return None

    def retry_later(self, error: str) -> RetryAt | None:
        """Schedule a retry with exponential backoff; give up after more than a day."""
        attempts, now = self.delivery.attempts + 1, self.delivery_context.clock()
        if attempts >= ATTEMPTS and not self.maybe_posted:
            self.failure.give_up(error)
            return None
        if attempts == WARN_AFTER:
            self.failure.warn_operator(error)
        pause = timedelta(seconds=min(5 * 2 ** (attempts - 1), 3600))
        return self.postpone(now + (max(pause, _HISTORY_DELAY) if self.maybe_posted else pause), error, counts=True)

    def postpone(self, at: datetime, error: str, *, counts: bool = False) -> RetryAt:
        """Reschedule the delivery; ``counts`` if this attempt failed."""
        return self.delivery_context.outbox.reschedule(
            self.delivery.id, self.owner, at, error, maybe_there=self.maybe_posted, counts=counts
        )

    def _find_posted(self, client: WebClient) -> RetryAt | None:
        now = self.delivery_context.clock()
        try:
            ts = find_message(client, self.delivery, now)
        except HistoryUnavailable:
            if self.delivery.kind is not Kind.NOTE:  # a notice twice is better than none
                self.failure.mark_unsure("lost")
                return None
            ts = None
        if isinstance(ts, RetryAt):
            if self.delivery.posting_at and now - self.delivery.posting_at > _A_DAY:
                self.failure.mark_unsure("lost")
                return None
            return self.postpone(ts.at, self.delivery.error or "not found yet")
        if ts:
            self._record(client, ts)
            return None
        self.maybe_posted = False
        return self.run()

    def _post(self, client: WebClient) -> RetryAt | None:
        self.delivery = with_canvas(self.delivery_context.outbox, self.delivery, self.owner, client)
        forms = MessageForms(self.delivery_context, self.delivery, client)
        for blocks in forms:
            if isinstance(blocks, RetryAt):
                return self.postpone(blocks.at, "picture not ready", counts=forms.upload_failed)
            started = lease_guard.now()
            if not self.delivery_context.outbox.start_posting(self.delivery.id, self.owner):
                return RetryAt(self.delivery_context.clock() + timedelta(seconds=1))  # another process claimed it
            self.maybe_posted = True
            try:
                with lease_guard.until(started + SEND_WITHIN):
                    ts = self._call(client, forms.text, blocks)
            except lease_guard.LeaseExpired:
                self.maybe_posted = False
                return self.postpone(self.delivery_context.clock(), "too late")
            except FAILURES as error:
                if not isinstance(error, SlackApiError) or treatment_of(error_code(error)) not in _SIMPLER_FORM:
                    return self._handle_error(error)
                _log.warning("Slack refused a form of delivery %s: %s", self.delivery.id, error_code(error))
                forms.refusal = error_code(error)
                self.maybe_posted = False
            else:
                return self._handle_posted(client, ts)
        return self.retry_later(forms.refusal)

    def _call(self, client: WebClient, text: str, blocks: list[Block]) -> object:
        posted = client.chat_postMessage(
            channel=self.delivery.channel,
            thread_ts=self.delivery.thread_ts,
            text=text,
            blocks=blocks,
            metadata=delivery_metadata(self.delivery),
            unfurl_links=False,
            unfurl_media=False,
        )
        return posted.get("ts")

    def _handle_posted(self, client: WebClient, ts: object) -> RetryAt | None:
        if not isinstance(ts, str) or not ts:
            return self.retry_later("HTTP 200")  # not from Slack, whose answer has the message's timestamp
        self._record(client, ts)
        return None

    def _handle_error(self, error: Exception) -> RetryAt | None:
        """Handle an error of the post. Only errors listed as permanent end the delivery; all others are retried."""
        now, code = self.delivery_context.clock(), error_code(error)
        self.maybe_posted = may_be_posted(error)
        wait = requested_wait(error, now)
        if wait:
            self.delivery_context.outbox.pause_workspace(self.delivery.workspace, now + wait)
            self.maybe_posted = False
            if now - self.delivery.due_at > _AN_HOUR:
                self.failure.warn_operator("ratelimited")
            if now - self.delivery.due_at < _A_DAY:
                return self.postpone(now + wait, "ratelimited")
            return self.retry_later("ratelimited")
        ends = _REPLY_ENDS if self.delivery.kind is Kind.REPLY else DELIVERY_ENDS
        if treatment_of(code) not in ends or self.maybe_posted:
            return self.retry_later(code)
        current = self.delivery_context.outbox.get(self.delivery.id)
        if current and current.channel != self.delivery.channel:  # the channel's id changed meanwhile
            return self.postpone(now, code)
        self.failure.fail_permanently(code)
        return None

    def _record(self, client: WebClient, ts: str) -> None:
        """Store the message's timestamp; if another process stored one first, delete our message."""
        recorded = self.delivery_context.outbox.sent(self.delivery.id, ts)
        if recorded != ts:
            try:
                client.chat_delete(channel=self.delivery.channel, ts=ts)
            except FAILURES as error:
                _log.error("delivery %s was posted twice and could not be deleted: %s", self.delivery.id, error_code(error))


def _is_deactivated(client: WebClient, channel: str) -> bool:
    """Return whether ``channel`` is a deactivated user; ``False`` if unknown, for example without ``users:read``."""
    if not channel.startswith(("U", "W")):
        return False
    try:
        user = client.users_info(user=channel).get("user")
    except FAILURES as error:
        return error_code(error) == "user_not_found"
    return isinstance(user, dict) and user.get("deleted") is True
