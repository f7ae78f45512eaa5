"""Channels whose id Slack changed: everything that is kept for one follows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from analytics.storage.database import writing
from bot.domain.outbox import OPEN, Kind, State
from bot.storage.messages.outbox import failed_replies
from bot.storage.schema import BET, DELIVERY, METADATA, SUBSCRIPTION, WATCH

if TYPE_CHECKING:
    from collections.abc import Callable

_GONE = "channel_not_found"
"""What Slack answers for the old id."""
_REVIVED_WITHIN = timedelta(days=1)
_D = DELIVERY.c


class ChannelIds:
    """Moves what is kept for a channel to the channel's new id."""

    def __init__(self, database: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``clock`` gives aware moments."""
        self._database = database
        self._clock = clock

    def change(self, workspace: str, old: str, new: str) -> int:
        """Move every row of a workspace's channel from its old id to its new one, in one transaction; return how many.

        What failed in the last day because the old id was gone already is planned again, and what was paused for that runs
        again. Where the new id has a row of its own that says the same, such as a subscription, that one stays.

        Raises:
            StoreError: when the database cannot be used.

        """
        if not old or not new or old == new:
            return 0
        with writing(self._database) as connection:
            self._revive(connection, workspace, old)
            moved = sum(_move(connection, table, workspace, old, new) for table in _TABLES)
            _rewrite(connection, workspace, old, new)
        return moved

    def _revive(self, connection: sa.Connection, workspace: str, old: str) -> None:
        """Undo what followed from deliveries to the old id, between Slack's change and its word about it."""
        now = self._clock().astimezone(UTC).replace(tzinfo=None)
        here = (_D.workspace == workspace, _D.channel == old, _D.error == _GONE, _D.state == State.FAILED)
        ids = list(connection.scalars(sa.select(_D.id).where(*here, _D.changed_at > now - _REVIVED_WITHIN)))
        again = {"state": State.PLANNED, "not_before": now, "posting_at": None, "error": None, "queued_at": None, "attempts": 0}
        connection.execute(DELIVERY.update().where(_D.id.in_(ids) | failed_replies(ids)).values(**again, changed_at=now))
        notes = (_D.kind == Kind.NOTE, _D.source.in_(ids), _D.state == State.PLANNED)
        connection.execute(DELIVERY.delete().where(*notes))
        for table, reason in ((SUBSCRIPTION, SUBSCRIPTION.c.paused), (WATCH, WATCH.c.muted)):
            paused = (table.c.workspace == workspace, table.c.channel == old, reason == _GONE)
            connection.execute(table.update().where(*paused).values({reason: None}))


def _unique(table: sa.Table) -> list[str]:
    """Return the columns that, with the channel, name one row of a table; none where nothing does."""
    keys = [key for key in table.constraints if isinstance(key, sa.UniqueConstraint | sa.PrimaryKeyConstraint)]
    return next((names for key in keys if "channel" in (names := [column.name for column in key.columns])), [])


def _move(connection: sa.Connection, table: sa.Table, workspace: str, old: str, new: str) -> int:
    """Move a table's rows; those that the new id has already are deleted, with what was planned for them."""
    c, key = table.c, _unique(table)
    here = sa.and_(c.workspace == workspace, c.channel == old)
    if key:
        there = table.alias()
        same = [there.c[name] == c[name] for name in key if name != "channel"]
        twin = sa.exists().where(there.c.channel == new, *same)
        kind = {SUBSCRIPTION.name: Kind.DIGEST, WATCH.name: Kind.ALERT, BET.name: Kind.BETS}.get(table.name)
        if kind:
            doubles = list(connection.scalars(sa.select(c.id).where(here, twin)))
            planned = (_D.kind == kind, _D.source.in_(doubles), _D.state.in_(OPEN))
            connection.execute(DELIVERY.delete().where(*planned))
        connection.execute(table.delete().where(here, twin))
    return connection.execute(table.update().where(here).values(channel=new)).rowcount


def _rewrite(connection: sa.Connection, workspace: str, old: str, new: str) -> None:
    """Name the new id in what is written already and not sent yet."""
    waiting = (_D.workspace == workspace, _D.state.in_(OPEN), _D.content.contains(old, autoescape=True))
    for row in connection.execute(sa.select(_D.id, _D.content).where(*waiting)).all():
        connection.execute(DELIVERY.update().where(_D.id == row.id).values(content=row.content.replace(old, new)))


_TABLES = [table for table in METADATA.sorted_tables if {"workspace", "channel"} <= set(table.c.keys())]
"""Every table that keeps something for a channel."""
