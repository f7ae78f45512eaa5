"""The transactional outbox: all deliveries and their states. Engines only run it.

A delivery is planned, then leased by a process (*sending*), then sent, failed or unsure. Before the request to Slack, the
process must confirm that it still holds the lease (:meth:`OutboxStore.start_posting`). If two messages are posted nevertheless,
the one recorded first is kept.

A reply is a delivery of its own that waits for its parent, and fails without notice if the parent wasn't posted. Retrying the
parent retries these replies.
"""

from __future__ import annotations

import random
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa

from analytics.storage.database import reaching, writing
from bot.domain.outbox import NO_PARENT, OPEN, Delivery, Kind, PlannedDelivery, RetryAt, State
from bot.storage.insert import insert_if_absent
from bot.storage.schema import DELIVERY, PACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Also = Callable[[sa.Connection], None]

LEASE = timedelta(seconds=60)
"""Length of a lease; longer than posting a message and uploading its files take."""
AT_ONCE = 4
"""Deliveries per workspace that may be sent at the same time."""
APART = timedelta(seconds=1)
"""Time between two messages to a channel; Slack allows about one a second."""

_D = DELIVERY.c
_COLUMNS = (
    *(_D.id, _D.workspace, _D.channel, _D.kind, _D.source, _D.period, _D.mark, _D.edition, _D.content),
    *(_D.due_at, _D.state, _D.attempts, _D.posting_at, _D.ts, _D.error),
)
_AS_OWED = ("workspace", "channel", "kind", "source", "period", "edition", "content")


def _nothing(_: sa.Connection) -> None:
    """Do nothing."""


class OutboxStore:
    """The deliveries of all workspaces."""

    def __init__(self, database: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``clock`` returns the current time, timezone-aware."""
        self._database = database
        self._clock = clock

    def plan(self, owed: Iterable[PlannedDelivery], connection: sa.Connection | None = None) -> list[int]:
        """Add deliveries with their replies, except those that already exist. Returns the ids of the new ones, in order.

        Raises:
            StoreError: when the database cannot be used.

        """
        if connection is None:
            with writing(self._database) as own:
                return self.plan(owed, own)
        now = self._now()
        ids = []
        for delivery in owed:
            due = _naive(delivery.due_at)
            values = {name: getattr(delivery, name) for name in _AS_OWED}
            values |= {"due_at": due, "not_before": due, "state": State.PLANNED, "attempts": 0, "changed_at": now}
            values["mark"] = secrets.token_hex(8)
            if insert_if_absent(connection, DELIVERY, **values):
                key = (_D.kind == delivery.kind, _D.source == delivery.source, _D.period == delivery.period)
                ids.append(connection.scalars(sa.select(_D.id).where(*key)).one())
                ids += self.plan(_replies(delivery, ids[-1]), connection)
        return ids

    def claim(self, id_: int, owner: str) -> Delivery | RetryAt | None:
        """Lease a delivery to ``owner``; ``None`` if it's finished or doesn't exist.

        The delivery is returned as it was before: if ``posting_at`` is set, an earlier attempt may have posted it.
        """
        now = self._now()
        with writing(self._database) as connection:
            row = connection.execute(sa.select(DELIVERY).where(_D.id == id_).with_for_update()).one_or_none()
            if row is None or row.state not in OPEN:
                return None
            if row.state == State.SENDING and row.until > now:
                return RetryAt(_aware(row.until))
            thread_ts = None
            if row.kind == Kind.REPLY:
                parent = connection.execute(sa.select(DELIVERY).where(_D.id == row.source)).one_or_none()
                if parent is not None and parent.state in OPEN:
                    free = max(parent.not_before, parent.until or now, now + timedelta(seconds=random.uniform(0.5, 1.5)))  # noqa: S311 - jitter
                    return RetryAt(_aware(free))
                if parent is None or parent.state != State.SENT:
                    ended = {"state": State.FAILED, "error": NO_PARENT, "owner": None, "until": None, "changed_at": now}
                    connection.execute(DELIVERY.update().where(_D.id == id_).values(**ended))
                    return None
                thread_ts = parent.ts
            if row.posting_at is None:
                wait = self._wait(connection, row, now)
                if wait:
                    return RetryAt(_aware(wait))
            mine = {"state": State.SENDING, "owner": owner, "until": now + LEASE}
            connection.execute(DELIVERY.update().where(_D.id == id_).values(**mine, changed_at=now))
            delivery = _delivery([row._mapping[column.name] for column in _COLUMNS])  # noqa: SLF001 - a documented name
            return replace(delivery, thread_ts=thread_ts)

    def start_posting(self, id_: int, owner: str) -> bool:
        """Record that the request is about to be sent, and renew the lease; ``False`` if ``owner`` no longer holds it."""
        now = self._now()
        mine = (_D.id == id_, _D.state == State.SENDING, _D.owner == owner, _D.until > now)
        return self._changed(DELIVERY.update().where(*mine).values(posting_at=now, until=now + LEASE, changed_at=now))

    def set_content(self, id_: int, owner: str, content: str) -> bool:
        """Replace the message to post; ``False`` if ``owner`` no longer holds the lease."""
        now = self._now()
        mine = (_D.id == id_, _D.state == State.SENDING, _D.owner == owner, _D.until > now)
        return self._changed(DELIVERY.update().where(*mine).values(content=content, changed_at=now))

    def sent(self, id_: int, ts: str) -> str:
        """Record the posted message unless one is recorded already; returns the recorded timestamp."""
        now = self._now()
        with writing(self._database) as connection:
            done = {"state": State.SENT, "ts": ts, "error": None, "owner": None, "until": None, "changed_at": now}
            connection.execute(DELIVERY.update().where(_D.id == id_, _D.state != State.SENT).values(**done))
            return str(connection.scalar(sa.select(_D.ts).where(_D.id == id_)) or ts)

    def settle(self, id_: int, owner: str, state: State, error: str, also: Also = _nothing) -> bool:
        """Mark a delivery as failed or unsure; ``False`` if ``owner`` no longer holds it.

        ``also`` runs in the same transaction.
        """
        mine = (_D.id == id_, _D.state == State.SENDING, _D.owner == owner)
        done = {"state": state, "error": error[:60], "owner": None, "until": None, "changed_at": self._now()}
        with writing(self._database) as connection:
            settled = connection.execute(DELIVERY.update().where(*mine).values(**done)).rowcount > 0
            if settled:
                also(connection)
        return settled

    def reschedule(
        self, id_: int, owner: str, at: datetime, error: str, *, maybe_there: bool = False, counts: bool = False
    ) -> RetryAt:
        """Schedule another attempt at ``at``.

        ``maybe_there``: the message may have been posted. ``counts``: count this as a failed attempt.
        """
        mine = (_D.id == id_, _D.state == State.SENDING, _D.owner == owner)
        back: dict[str, Any] = {"not_before": _naive(at), "owner": None, "error": error[:60], "changed_at": self._now()}
        back["attempts"] = _D.attempts + int(counts)
        back |= {"until": _naive(at)} if maybe_there else {"state": State.PLANNED, "posting_at": None, "until": None}
        self._changed(DELIVERY.update().where(*mine).values(**back))
        return RetryAt(at)

    def retry(self, id_: int, workspace: str) -> bool:
        """Retry a failed or unsure delivery with the replies that failed with it; ``False`` if it's in another state."""
        now = self._now()
        these = (_D.id == id_, _D.workspace == workspace, _D.state.in_((State.UNSURE, State.FAILED)))
        back = {"state": State.PLANNED, "not_before": now, "posting_at": None, "error": None, "queued_at": None}
        back |= {"attempts": 0, "changed_at": now}
        with writing(self._database) as connection:
            retried = connection.execute(DELIVERY.update().where(*these).values(**back)).rowcount > 0
            if retried:
                connection.execute(DELIVERY.update().where(failed_replies([id_])).values(**back))
        return retried

    def pause_workspace(self, workspace: str, until: datetime) -> None:
        """Pause all deliveries to a workspace until ``until``."""
        with writing(self._database) as connection:
            if not insert_if_absent(connection, PACE, workspace=workspace, until=_naive(until)):
                later = (PACE.c.workspace == workspace, PACE.c.until < _naive(until))
                connection.execute(PACE.update().where(*later).values(until=_naive(until)))

    def due(self, many: int, quiet_for: timedelta) -> list[int]:
        """Return the ids of due deliveries that weren't queued within ``quiet_for``, and mark them as queued.

        Workspaces take turns: first one delivery of each, then the next.
        """
        now = self._now()
        turn = sa.func.row_number().over(partition_by=_D.workspace, order_by=(_D.due_at, _D.id))
        open_ = (_D.state.in_(OPEN), _D.not_before <= now, sa.or_(_D.until.is_(None), _D.until <= now))
        untold = sa.or_(_D.queued_at.is_(None), _D.queued_at < now - quiet_for)
        with writing(self._database) as connection:
            ids = list(connection.scalars(sa.select(_D.id).where(*open_, untold).order_by(turn, _D.id).limit(many)))
            connection.execute(DELIVERY.update().where(_D.id.in_(ids)).values(queued_at=now))
        return ids

    def mark_unqueued(self) -> None:
        """Mark open deliveries as not queued, because the engine's queue was lost."""
        self._changed(DELIVERY.update().where(_D.state.in_(OPEN)).values(queued_at=None))

    def find(self, *where: sa.ColumnElement[bool], limit: int = 1000) -> list[Delivery]:
        """Return deliveries, latest first."""
        wanted = sa.select(*_COLUMNS).where(*where).order_by(_D.due_at.desc(), _D.id.desc()).limit(limit)
        with reaching(), self._database.connect() as connection:
            return [_delivery(row) for row in connection.execute(wanted)]

    def get(self, id_: int) -> Delivery | None:
        """Return a delivery by id."""
        return next(iter(self.find(_D.id == id_)), None)

    def of(self, kind: Kind, source: int, limit: int = 12) -> list[Delivery]:
        """Return the deliveries of a subscription or alert, latest first."""
        return self.find(_D.kind == kind, _D.source == source, limit=limit)

    def in_workspace(self, workspace: str, since: datetime, limit: int = 10_000) -> list[Delivery]:
        """Return a workspace's deliveries since a time, latest first, without notices to people and replies."""
        these = (_D.workspace == workspace, _D.due_at >= _naive(since), _D.kind.not_in((Kind.NOTE, Kind.REPLY)))
        return self.find(*these, limit=limit)

    def failed(self, limit: int = 1000) -> list[Delivery]:
        """Return failed and unsure deliveries, latest first."""
        return self.find(_D.state.in_((State.FAILED, State.UNSURE)), limit=limit)

    def counts(self) -> dict[State, int]:
        """Return the number of deliveries by state."""
        with reaching(), self._database.connect() as connection:
            rows = connection.execute(sa.select(_D.state, sa.func.count()).group_by(_D.state))
            return {State(state): many for state, many in rows}

    def prune(self, older_than: timedelta) -> int:
        """Delete older finished deliveries; returns their number."""
        with writing(self._database) as connection:
            old = (_D.state.not_in(OPEN), _D.changed_at < self._now() - older_than)
            return connection.execute(DELIVERY.delete().where(*old)).rowcount

    def _wait(self, connection: sa.Connection, row: sa.Row[Any], now: datetime) -> datetime | None:
        """Return until when a delivery has to wait for others; ``None`` if it can be sent now."""
        if row.not_before > now:
            return cast("datetime", row.not_before)
        hushed = connection.scalar(sa.select(PACE.c.until).where(PACE.c.workspace == row.workspace, PACE.c.until > now))
        if hushed:
            return cast("datetime", hushed) + timedelta(seconds=random.uniform(0, 1))  # noqa: S311 - jitter, so that not all are retried at once
        busy = (_D.workspace == row.workspace, _D.state == State.SENDING, _D.until > now, _D.id != row.id)
        sending = connection.execute(sa.select(_D.channel).where(*busy)).scalars().all()
        in_channel = (_D.workspace == row.workspace, _D.channel == row.channel)
        before = sa.or_(_D.due_at < row.due_at, sa.and_(_D.due_at == row.due_at, _D.id < row.id))
        earlier = sa.select(_D.id).where(*in_channel, _D.state.in_(OPEN), before).limit(1)
        just = sa.select(sa.func.max(_D.changed_at)).where(*in_channel, _D.state == State.SENT, _D.changed_at > now - APART)
        if len(sending) >= AT_ONCE or row.channel in sending or connection.scalar(earlier) or connection.scalar(just):
            return now + timedelta(seconds=random.uniform(0.5, 1.5))  # noqa: S311 - as above
        return None

    def _changed(self, statement: sa.Update) -> bool:
        with writing(self._database) as connection:
            return connection.execute(statement).rowcount > 0

    def _now(self) -> datetime:
        return _naive(self._clock())


def failed_replies(parents: Sequence[int]) -> sa.ColumnElement[bool]:
    """Return the condition for replies that failed with their parents."""
    return sa.and_(_D.kind == Kind.REPLY, _D.source.in_(parents), _D.state == State.FAILED, _D.error == NO_PARENT)


def _replies(to: PlannedDelivery, parent: int) -> list[PlannedDelivery]:
    """Return a delivery's replies, due with it: a channel's deliveries are sent by due time and id, so in this order."""
    where = (to.workspace, to.channel, Kind.REPLY, parent)
    numbered = enumerate(to.replies, 1)
    return [PlannedDelivery(*where, str(place), to.due_at, reply.edition, reply.content) for place, reply in numbered]


def _delivery(row: Sequence[Any]) -> Delivery:
    values = dict(zip((column.name for column in _COLUMNS), row, strict=True))
    values |= {"kind": Kind(values["kind"]), "state": State(values["state"]), "due_at": _aware(values["due_at"])}
    values["posting_at"] = values["posting_at"] and _aware(values["posting_at"])
    return Delivery(**values)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
