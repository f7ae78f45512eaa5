"""Deliver: takes one line of the ledger to its channel. Safe to run again at any moment, by anybody."""

from __future__ import annotations

import logging
import random
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError

from analytics.errors import HfStatsError, StoreError
from bot.blocks import notices
from bot.blocks.messages import image_at, image_of_file
from bot.blocks.predictions import digest_bets
from bot.domain.content import Content
from bot.domain.outbox import Kind, PlannedDelivery, RetryAt, State
from bot.domain.reply import Picture
from bot.outbox import lease_guard
from bot.outbox.find_posted import Unseen, look, metadata, patience
from bot.outbox.per_workspace_limit import PerWorkspaceLimit
from bot.slack_api.errors import FAILURES, PostResult, classify_error, said
from bot.slack_api.upload import NotUploadedError, upload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import sqlalchemy as sa
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
"""Seconds that Slack gets to answer a post."""
LEAVES_WITHIN = 30.0
"""Seconds after the last look at the ledger in which the request must leave: half the lease, so it arrives before its end."""
ATTEMPTS = 36
"""Turns that a line gets before it is given up; with the pauses between them, more than a day."""
LATE = timedelta(hours=1)
_UPLOADS = 5
"""Turns in which a line tries to upload a picture; then its workspace does without."""
_SETTLES = timedelta(seconds=10)
"""Until a message whose answer was lost is in the channel's history, if it ever is."""
_GONE = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked", "no_installation"})
"""The workspace is lost to us; nobody there could be told."""


@dataclass(frozen=True, slots=True)
class DeliveryContext:
    """What deliveries need."""

    outbox: OutboxStore
    built_digests: BuiltDigests
    subscriptions: SubscriptionStore
    watches: AlertStore
    bets: BetStore
    client_of: Callable[[str], WebClient | None]
    """The client of a workspace, one that retries nothing; ``None`` where the app is not installed any more."""
    gallery: PictureStore | None = None
    public_url: str | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    lanes: PerWorkspaceLimit = field(default_factory=PerWorkspaceLimit)
    heartbeats: HeartbeatStore | None = None


def deliver(delivery_context: DeliveryContext, id_: int) -> RetryAt | None:
    """Deliver a line; ``Again`` when it is to be tried later, ``None`` when it is settled, for now or for good.

    Raises:
        StoreError: when the database cannot be used; the line is then as it was, or taken over when its lease ends.

    """
    owner = secrets.token_hex(8)
    line = delivery_context.outbox.claim(id_, owner)
    if line is None or isinstance(line, RetryAt):
        return line
    turn = _Turn(delivery_context, line, owner, maybe_there=line.posting_at is not None)
    lane = delivery_context.lanes.enter(line.workspace)
    if lane is None:
        return turn.back(delivery_context.clock() + timedelta(seconds=random.uniform(1, 3)), "slow")  # noqa: S311 - not all at once
    try:
        with lane:
            return turn.take()
    except StoreError:
        raise
    except (HfStatsError, *FAILURES) as error:
        _log.warning("delivery %s has to wait: %s", id_, said(error))
        return turn.later(said(error))
    except Exception as error:  # noqa: BLE001 - a line that nobody understands must not stop the others
        _log.error("delivery %s failed", id_, exc_info=error)
        return turn.later(type(error).__name__)


@dataclass(slots=True)
class _Turn:
    delivery_context: DeliveryContext
    line: Delivery
    owner: str
    maybe_there: bool = False
    stumbled: bool = False
    """Whether this turn failed to upload a picture."""

    def take(self) -> RetryAt | None:
        client = self.delivery_context.client_of(self.line.workspace)
        if client is None:
            self.failed("no_installation")
            return None
        if self.maybe_there:
            try:
                found = look(client, self.line, self.delivery_context.clock())
            except Unseen:
                if self.line.kind is not Kind.NOTE:  # a letter is better there twice than never
                    self.unsure("lost")
                    return None
                found = None
            if isinstance(found, RetryAt):
                return self.back(found.at, "looking")
            if found:
                self.shown(client, found)
                return None
            self.maybe_there = False
        return self.post(client)

    def post(self, client: WebClient) -> RetryAt | None:
        forms = self.forms(client)
        for blocks in forms:
            if isinstance(blocks, RetryAt):
                return self.back(blocks.at, "picture", counts=self.stumbled)
            started = lease_guard.now()
            if not self.delivery_context.outbox.start_posting(self.line.id, self.owner):
                return RetryAt(self.delivery_context.clock() + timedelta(seconds=1))  # somebody took it over
            self.maybe_there = True
            try:
                with lease_guard.until(started + LEAVES_WITHIN):
                    posted = client.chat_postMessage(
                        channel=self.line.channel,
                        text=self.content.text,
                        blocks=blocks,
                        metadata=metadata(self.line),
                        unfurl_links=False,
                        unfurl_media=False,
                    )
            except lease_guard.Closed:
                self.maybe_there = False
                return self.back(self.delivery_context.clock(), "too late")
            except FAILURES as error:
                if unfit(error):
                    _log.warning("Slack refused a form of delivery %s: %s", self.line.id, said(error))
                    self.maybe_there = False
                    continue
                return self.refused(error)
            self.shown(client, str(posted["ts"]))
            return None
        self.failed("invalid_blocks")
        return None

    @property
    def content(self) -> Content:
        """What is shown, without the picture."""
        return self._printed()[0]

    def forms(self, client: WebClient) -> Iterator[list[Block] | RetryAt]:
        """Yield the message in its forms: with its picture, without it, and as text alone."""
        content, digest = self._printed()
        late = self.delivery_context.clock() - self.line.due_at > LATE and self.line.kind is Kind.DIGEST
        first = [notices.late_note(int(self.line.due_at.timestamp()))] if late else []
        if digest:
            picture = self.picture(client, digest, content.alt)
            if isinstance(picture, RetryAt):
                yield picture
                return
            if picture:
                yield [*first, *content.blocks(picture)]
        yield [*first, *content.blocks()]
        yield []

    def picture(self, client: WebClient, digest: bytes, alt: str) -> Sequence[Block] | RetryAt:
        """Return the picture's block: by address, or as the workspace's one file; none where neither works."""
        delivery_context, workspace = self.delivery_context, self.line.workspace
        if delivery_context.gallery and delivery_context.public_url:
            png = delivery_context.built_digests.png(digest)
            return (
                [image_at(f"{delivery_context.public_url}/charts/{delivery_context.gallery.save(workspace, png)}.png", alt)]
                if png
                else []
            )
        file = delivery_context.built_digests.uploaded_file(workspace, digest)
        if file is None:
            if not delivery_context.built_digests.claim_upload(workspace, digest):
                return RetryAt(delivery_context.clock() + timedelta(seconds=1))
            file = self._upload(client, digest, alt)
            if file is None:
                delivery_context.built_digests.release_upload(workspace, digest)
                return RetryAt(delivery_context.clock() + timedelta(seconds=2))
            delivery_context.built_digests.record_upload(workspace, digest, file)
        return [image_of_file(file, alt)] if file else []

    def shown(self, client: WebClient, ts: str) -> None:
        """Record the message; where another one stands in the ledger, take ours back."""
        recorded = self.delivery_context.outbox.sent(self.line.id, ts)
        if recorded != ts:
            try:
                client.chat_delete(channel=self.line.channel, ts=ts)
            except FAILURES as error:
                _log.error("delivery %s is shown twice, and one could not be taken back: %s", self.line.id, said(error))

    def refused(self, error: Exception) -> RetryAt | None:
        """Decide what follows from a failure of the post."""
        now = self.delivery_context.clock()
        wait = patience(error, now)
        if wait:
            self.maybe_there = False
            self.delivery_context.outbox.pause_workspace(self.line.workspace, wait)
            return self.back(wait, "ratelimited")
        if not left(error):
            self.maybe_there = False
            return self.later(said(error))
        if maybe_there(error):
            return self.back(now + _SETTLES, said(error))
        self.failed(said(error))
        return None

    def failed(self, error: str) -> None:
        """Give it up for good: pause what it belongs to and tell who wanted it."""
        line = self.line

        def also(connection: sa.Connection) -> None:
            wanted = self._wanted(connection)
            if error in _GONE or not wanted:
                self._pause(connection, error)
            elif line.kind is Kind.BETS:
                self._note(connection, wanted, notices.undelivered_notice(line, error), f"failed:{self.owner}")
            elif self._pause(connection, error):
                what = "The digest" if line.kind is Kind.DIGEST else "A watch"
                self._note(connection, wanted, notices.paused_notice(line, what, error), f"paused:{self.owner}")

        self.delivery_context.outbox.settle(line.id, self.owner, State.FAILED, error, also)
        _log.warning("delivery %s failed: %s", line.id, error)

    def unsure(self, error: str) -> None:
        """Leave it open whether it is there, and ask who wanted it."""
        self._ask(State.UNSURE, error, notices.unsure_notice)
        _log.warning("delivery %s may be there or not", self.line.id)

    def given_up(self, error: str) -> None:
        """Try no more; what it belongs to goes on, for this was no fault of the channel's."""
        self._ask(State.FAILED, error, notices.retries_exhausted_notice)
        _log.error("delivery %s was given up: %s", self.line.id, error)

    def later(self, error: str) -> RetryAt | None:
        """Try again after a while, longer each time; give up in the end."""
        if self.line.attempts + 1 >= ATTEMPTS:
            if self.maybe_there:
                self.unsure(error)
            else:
                self.given_up(error)
            return None
        pause = timedelta(seconds=min(5 * 2**self.line.attempts, 3600))
        return self.back(self.delivery_context.clock() + pause, error, counts=True)

    def back(self, at: datetime, error: str, *, counts: bool = False) -> RetryAt:
        """Leave it to a later turn."""
        return self.delivery_context.outbox.reschedule(
            self.line.id, self.owner, at, error, maybe_there=self.maybe_there, counts=counts
        )

    def _ask(self, state: State, error: str, letter: Callable[[Delivery], Content]) -> None:
        """Settle it, and leave it to who wanted it whether it is sent again."""
        line = self.line

        def also(connection: sa.Connection) -> None:
            wanted = self._wanted(connection)
            if wanted:
                self._note(connection, wanted, letter(line), f"{state}:{self.owner}")

        self.delivery_context.outbox.settle(line.id, self.owner, state, error, also)

    def _printed(self) -> tuple[Content, bytes | None]:
        if self.line.edition:
            found = self.delivery_context.built_digests.get(self.line.edition)
            if found is None:
                raise HfStatsError("the digest is not built yet")
            if self.line.content:
                return Content.from_json(self.line.content), found[1]
            bets = self.delivery_context.bets.in_channel(self.line.workspace, self.line.channel)
            return found[0].followed_by(digest_bets(self.line.period, bets)), found[1]
        return Content.from_json(self.line.content or "{}"), None

    def _upload(self, client: WebClient, digest: bytes, alt: str) -> str | None:
        """Return the file; ``""`` where the workspace takes none, ``None`` where it may work a moment later."""
        png = self.delivery_context.built_digests.png(digest)
        if png is None:
            return ""
        try:
            return upload(client, Picture(png, alt, f"hfstats-digest-{self.line.period}.png"))
        except NotUploadedError as error:
            _log.warning("a digest's picture could not be uploaded: %s", error)
            self.stumbled = not error.lasting and self.line.attempts < _UPLOADS
            return None if self.stumbled else ""

    def _wanted(self, connection: sa.Connection) -> str | None:
        """Return who asked for what this is a delivery of."""
        match self.line.kind:
            case Kind.DIGEST:
                return self.delivery_context.subscriptions.subscriber(self.line.source, connection)
            case Kind.ALERT:
                return self.delivery_context.watches.created_by_user(self.line.source, connection)
            case Kind.BETS:
                return self.delivery_context.bets.placed_by(self.line.source, connection)
        return None

    def _pause(self, connection: sa.Connection, error: str) -> bool:
        match self.line.kind:
            case Kind.DIGEST:
                return self.delivery_context.subscriptions.pause(self.line.source, error, connection)
            case Kind.ALERT:
                return self.delivery_context.watches.mute(self.line.source, error, connection)
        return False

    def _note(self, connection: sa.Connection, person: str, content: Content, period: str) -> None:
        now = self.delivery_context.clock()
        note = PlannedDelivery(self.line.workspace, person, Kind.NOTE, self.line.id, period[:32], now, content=content.as_json())
        self.delivery_context.outbox.plan([note], connection)


def unfit(error: Exception) -> bool:
    """Tell whether Slack refused the blocks, and would take others."""
    return isinstance(error, SlackApiError) and classify_error(error) is PostResult.UNFIT


def left(error: Exception) -> bool:
    """Tell whether the request may have left at all: not, where nobody was there to take it."""
    reason = getattr(error, "reason", None)
    return not isinstance(reason, ConnectionRefusedError | TimeoutError) and type(reason).__name__ != "gaierror"


def maybe_there(error: Exception) -> bool:
    """Tell whether the message may be there in spite of the failure.

    Slack says of ``fatal_error`` that some of it may have succeeded; a gateway's 5xx and a broken connection tell nothing either.
    """
    if not isinstance(error, SlackApiError):
        return True
    if said(error) == "service_unavailable":
        return False
    return classify_error(error) is PostResult.FAILED
