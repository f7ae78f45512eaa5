"""Channels' subscriptions to the digest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from analytics.storage.database import reaching, writing
from bot.domain.outbox import Kind, State, Subscription
from bot.storage.insert import insert_if_absent
from bot.storage.schema import DELIVERY, SUBSCRIPTION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_S = SUBSCRIPTION.c
PAUSED_BY_USER = "asked"
"""The reason for a subscription paused by a user."""


class SubscriptionStore:
    """The subscriptions of all workspaces; queries by id also require the workspace."""

    def __init__(self, database: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``clock`` returns the current time, timezone-aware."""
        self._database = database
        self._clock = clock

    def subscribe(
        self,
        workspace: str,
        channel: str,
        *,
        schedule: str,
        within: str,
        sections: Sequence[str],
        by: str,
        next_due: datetime,
        private: bool,
    ) -> Subscription:
        """Subscribe a channel, or change and resume its subscription. Digests due in the past aren't sent.

        Raises:
            StoreError: when the database cannot be used.

        """
        mine = (_S.workspace == workspace, _S.channel == channel)
        wanted: dict[str, Any] = {"schedule": schedule, "within": within, "sections": ",".join(sections)}
        wanted |= {"next_due": _naive(next_due), "private": private}
        new = {"workspace": workspace, "channel": channel, "created_by": by, "created_at": _naive(self._clock())}
        with writing(self._database) as connection:
            if not insert_if_absent(connection, SUBSCRIPTION, **new, **wanted):
                connection.execute(SUBSCRIPTION.update().where(*mine).values(**wanted, paused=None))
            return _subscription(connection.execute(sa.select(SUBSCRIPTION).where(*mine)).one())

    def unsubscribe(self, workspace: str, channel: str) -> Subscription | None:
        """Delete a channel's subscription with its planned deliveries and return it; ``None`` if there is none."""
        mine = (_S.workspace == workspace, _S.channel == channel)
        with writing(self._database) as connection:
            row = connection.execute(sa.select(SUBSCRIPTION).where(*mine)).one_or_none()
            if row is None:
                return None
            connection.execute(SUBSCRIPTION.delete().where(*mine))
            _cancel_planned(connection, row.id)
            return _subscription(row)

    def pause(self, id_: int, reason: str = PAUSED_BY_USER, connection: sa.Connection | None = None) -> bool:
        """Pause a subscription and cancel its planned deliveries; returns whether it was active."""
        if connection is None:
            with writing(self._database) as own:
                return self.pause(id_, reason, own)
        running = (_S.id == id_, _S.paused.is_(None))
        changed = connection.execute(SUBSCRIPTION.update().where(*running).values(paused=reason[:60])).rowcount > 0
        if changed:
            _cancel_planned(connection, id_)
        return changed

    def resume(self, id_: int, next_due: datetime) -> bool:
        """Resume a subscription from the next period; returns whether it was paused."""
        paused = (_S.id == id_, _S.paused.is_not(None))
        with writing(self._database) as connection:
            change = SUBSCRIPTION.update().where(*paused).values(paused=None, next_due=_naive(next_due))
            return connection.execute(change).rowcount > 0

    def set_private(self, workspace: str, channel: str, *, private: bool) -> None:
        """Update whether a subscribed channel is private."""
        changed = (_S.workspace == workspace, _S.channel == channel, _S.private != private)
        with writing(self._database) as connection:
            connection.execute(SUBSCRIPTION.update().where(*changed).values(private=private))

    def in_channel(self, workspace: str, channel: str) -> Subscription | None:
        """Return a channel's subscription."""
        return next(iter(self._where(_S.workspace == workspace, _S.channel == channel)), None)

    def get(self, workspace: str, id_: int) -> Subscription | None:
        """Return a workspace's subscription by id."""
        return next(iter(self._where(_S.workspace == workspace, _S.id == id_)), None)

    def of(self, workspace: str) -> list[Subscription]:
        """Return a workspace's subscriptions, oldest first."""
        return self._where(_S.workspace == workspace)

    def due(self, now: datetime, many: int = 500, after: int = 0) -> list[Subscription]:
        """Return active subscriptions of all workspaces whose next digest is due, by id from the one after ``after``."""
        return self._where(_S.next_due <= _naive(now), _S.paused.is_(None), _S.id > after, limit=many)

    def counts(self) -> tuple[int, int]:
        """Return the numbers of active and paused subscriptions."""
        with reaching(), self._database.connect() as connection:
            row = connection.execute(sa.select(sa.func.count(), sa.func.count(_S.paused))).one()
        return row[0] - row[1], row[1]

    def _where(self, *conditions: sa.ColumnElement[bool], limit: int = 10_000) -> list[Subscription]:
        wanted = sa.select(SUBSCRIPTION).where(*conditions).order_by(_S.id).limit(limit)
        with reaching(), self._database.connect() as connection:
            return [_subscription(row) for row in connection.execute(wanted)]


def advance(connection: sa.Connection, subscription: Subscription, next_due: datetime) -> bool:
    """Set the next due time, in the transaction that plans the due delivery; ``False`` if another process did or it's paused."""
    same = (_S.id == subscription.id, _S.next_due == _naive(subscription.next_due), _S.paused.is_(None))
    return connection.execute(SUBSCRIPTION.update().where(*same).values(next_due=_naive(next_due))).rowcount > 0


def _cancel_planned(connection: sa.Connection, id_: int) -> None:
    """Delete planned deliveries that haven't started, with their replies."""
    c = DELIVERY.c
    planned = (c.kind == Kind.DIGEST, c.source == id_, c.state == State.PLANNED)
    ids = list(connection.scalars(sa.select(c.id).where(*planned)))
    connection.execute(DELIVERY.delete().where(c.id.in_(ids), *planned))
    connection.execute(DELIVERY.delete().where(c.kind == Kind.REPLY, c.source.in_(ids), c.state == State.PLANNED))


def _subscription(row: sa.Row[Any]) -> Subscription:
    values = dict(row._mapping)  # noqa: SLF001 - a documented name
    values["sections"] = tuple(values["sections"].split(","))
    values |= {"created_at": values["created_at"].replace(tzinfo=UTC), "next_due": values["next_due"].replace(tzinfo=UTC)}
    return Subscription(**values)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
