"""Subscription, Delivery and what may become of one: values, without a database and without Slack."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


class State(StrEnum):
    """Where a delivery stands."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"
    """It may be in the channel, and nobody can look: it is not sent again unless somebody says so."""


OPEN = (State.PLANNED, State.SENDING)
"""What is still to be settled."""


class Kind(StrEnum):
    """What is delivered."""

    DIGEST = "digest"
    ALERT = "alert"
    BETS = "bets"
    """What became of a channel's bets on a month; its source is the first of them."""
    NOTE = "note"
    """To one person, about a delivery that did not arrive; its source is that delivery."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A channel that wants the digest."""

    id: int
    workspace: str
    channel: str
    schedule: str
    """When, in the words that :func:`bot.domain.schedule.parse_schedule` reads."""
    within: str
    """The list: ``top``, ``trending`` or ``both``."""
    sections: tuple[str, ...]
    """Dimensions, in the order of the digest."""
    created_by: str
    created_at: datetime
    next_due: datetime
    paused: str | None
    """Why it is paused: ``"asked"``, or Slack's error code; ``None`` while it runs."""
    private: bool
    """Whether the channel is one that not everybody in the workspace may know of."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A channel that wants to be told when a figure crosses a line."""

    id: int
    workspace: str
    channel: str
    rule: str
    """What is watched for, in canonical words: ``creator meta by downloads below 10%``."""
    created_by: str
    created_at: datetime
    crossed: bool
    """Whether the figure was beyond the line when last looked at."""
    looked_at: date | None
    """The snapshot that was last looked at."""
    muted: str | None
    """Why nothing is said: ``"asked"``, or Slack's error code; ``None`` while it is heard."""


class Outcome(StrEnum):
    """What became of a bet."""

    RIGHT = "right"
    WRONG = "wrong"
    VOID = "void"
    """There is no snapshot of its month: it counts for nothing."""


@dataclass(frozen=True, slots=True)
class Bet:
    """What somebody said in a channel of who will lead a ranking."""

    id: int
    workspace: str
    channel: str
    person: str
    question: str
    """The ranking, in canonical words: ``creators by downloads in trending``."""
    month: str
    """By whose last snapshot it is decided: ``2026-12``."""
    name: str
    percent: int
    """How sure: 1 to 99."""
    placed_at: datetime
    outcome: Outcome | None = None
    """``None`` while it is open."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One line of the ledger: something that a channel is owed, and what became of it. Times are UTC."""

    id: int
    workspace: str
    channel: str
    kind: Kind
    source: int
    """The id of the subscription, the watch or the bet."""
    period: str
    mark: str
    """What its message is known by, together with the id."""
    edition: str | None
    """The key of the digest that is shown."""
    content: str | None
    """What is shown where it is no digest: JSON of text and blocks."""
    due_at: datetime
    state: State
    attempts: int
    posting_at: datetime | None
    """When the request was about to leave; from then on the message may be there."""
    ts: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """Something to be entered into the ledger."""

    workspace: str
    channel: str
    kind: Kind
    source: int
    period: str
    due_at: datetime
    edition: str | None = None
    content: str | None = None


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Not now: to be tried again, not before this moment (aware)."""

    at: datetime
