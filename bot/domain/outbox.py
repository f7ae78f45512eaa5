"""Subscriptions, alerts, bets, deliveries and their states."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


_ERROR_WORD = re.compile(r"[a-z][a-z0-9_]{1,59}")


class State(StrEnum):
    """The state of a delivery."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"
    """It may have arrived, and the bot can't check. It's sent again only on request."""


OPEN = (State.PLANNED, State.SENDING)
"""States of deliveries that aren't finished."""


class Kind(StrEnum):
    """The kind of message."""

    DIGEST = "digest"
    ALERT = "alert"
    BETS = "bets"
    """The results of a channel's bets for a month; the source is the first bet."""
    REPORT = "report"
    """A month's report; the source stands for the channel and what the report is about, see ``report_commands``."""
    NOTE = "note"
    """A direct message about a delivery that didn't arrive; the source is that delivery."""
    REPLY = "reply"
    """A message in another delivery's thread; the source is that delivery, the period its position from 1. A version that doesn't
    know this kind can't claim it, so it never posts it outside the thread."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel's subscription to the digest."""

    id: int
    workspace: str
    channel: str
    schedule: str
    """In the form that :func:`bot.domain.schedule.parse_schedule` reads."""
    within: str
    """The list: ``top``, ``trending`` or ``both``."""
    sections: tuple[str, ...]
    """Dimensions, in the digest's order."""
    created_by: str
    created_at: datetime
    next_due: datetime
    paused: str | None
    """The reason for a pause: ``"asked"`` or Slack's error code; ``None`` while active."""
    private: bool
    """Whether the channel is private."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A channel's alert for a value that crosses a threshold."""

    id: int
    workspace: str
    channel: str
    rule: str
    """The condition in canonical form: ``creator meta by downloads below 10%``."""
    created_by: str
    created_at: datetime
    crossed: bool
    """Whether the condition held at the last check."""
    looked_at: date | None
    """The date of the last snapshot checked."""
    muted: str | None
    """The reason for muting: ``"asked"`` or Slack's error code; ``None`` while active."""


class Outcome(StrEnum):
    """The result of a bet."""

    RIGHT = "right"
    WRONG = "wrong"
    VOID = "void"
    """There is no snapshot for its month; it doesn't count."""


@dataclass(frozen=True, slots=True)
class Bet:
    """A person's bet in a channel on who will lead a ranking."""

    id: int
    workspace: str
    channel: str
    person: str
    question: str
    """The ranking in canonical form: ``creators by downloads in trending``."""
    month: str
    """The month whose last snapshot decides: ``2026-12``."""
    name: str
    percent: int
    """Confidence, 1 to 99."""
    placed_at: datetime
    outcome: Outcome | None = None
    """``None`` while it is open."""
    base_rate: float | None = None
    """Probability, 0 to 1, that past leaders alone gave this name; ``None`` while it is open and for a void bet."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An outbox entry: a message to deliver to a channel, with its state. Times are UTC."""

    id: int
    workspace: str
    channel: str
    kind: Kind
    source: int
    """The id of the subscription, alert or bet."""
    period: str
    mark: str
    """Identifies its message in Slack, together with the id."""
    edition: str | None
    """The key of the digest to show."""
    content: str | None
    """The message if it isn't a digest: JSON of :class:`bot.domain.content.Content`."""
    due_at: datetime
    state: State
    attempts: int
    posting_at: datetime | None
    """Set just before the request to Slack; from then on the message may have arrived."""
    ts: str | None
    error: str | None
    thread_ts: str | None = None
    """The parent's ``ts`` if this is a claimed reply."""


NO_PARENT = "no_parent"
"""The error of a reply whose parent wasn't posted."""


@dataclass(frozen=True, slots=True)
class PlannedReply:
    """A message to post in a delivery's thread, as the delivery: a built message by key, its own content, or both.

    With both, the content is shown with the built message's picture.
    """

    edition: str | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """A message to add to the outbox, with the replies that follow it in its thread."""

    workspace: str
    channel: str
    kind: Kind
    source: int
    period: str
    due_at: datetime
    edition: str | None = None
    content: str | None = None
    replies: tuple[PlannedReply, ...] = ()


@dataclass(frozen=True, slots=True)
class RetryAt:
    """A request to try again, not before ``at`` (timezone-aware)."""

    at: datetime


def error_word(value: object) -> str:
    """Return ``value`` where it is one of Slack's error words by its form; ``""`` for anything else, such as a proxy's page."""
    return value if isinstance(value, str) and _ERROR_WORD.fullmatch(value) else ""
