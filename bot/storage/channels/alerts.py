"""Channels' alerts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from analytics.storage.database import reaching, writing
from bot.domain.outbox import Alert
from bot.storage.insert import insert_if_absent
from bot.storage.schema import WATCH

if TYPE_CHECKING:
    from collections.abc import Callable

_W = WATCH.c
MUTED_BY_USER = "asked"
"""The reason for an alert muted by a user."""


class AlertStore:
    """The alerts of all workspaces; queries by id also require the workspace."""

    def __init__(self, database: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``clock`` returns the current time, timezone-aware."""
        self._database = database
        self._clock = clock

    def add(self, workspace: str, channel: str, rule: str, by: str, *, crossed: bool, looked_at: date | None) -> Alert:
        """Add an alert; an existing one with the same rule is unmuted.

        ``crossed``: whether the rule holds now, in which case there's nothing to report yet.
        """
        mine = (_W.workspace == workspace, _W.channel == channel, _W.rule == rule)
        values: dict[str, Any] = {"workspace": workspace, "channel": channel, "rule": rule, "created_by": by}
        values |= {"created_at": self._clock().astimezone(UTC).replace(tzinfo=None), "crossed": crossed, "looked_at": looked_at}
        with writing(self._database) as connection:
            if not insert_if_absent(connection, WATCH, **values):
                connection.execute(WATCH.update().where(*mine).values(muted=None))
            return _watch(connection.execute(sa.select(WATCH).where(*mine)).one())

    def remove(self, workspace: str, id_: int) -> Alert | None:
        """Delete an alert and return it; ``None`` if it doesn't exist."""
        mine = (_W.workspace == workspace, _W.id == id_)
        with writing(self._database) as connection:
            row = connection.execute(sa.select(WATCH).where(*mine)).one_or_none()
            connection.execute(WATCH.delete().where(*mine))
        return _watch(row) if row else None

    def mute(self, id_: int, reason: str = MUTED_BY_USER, connection: sa.Connection | None = None) -> bool:
        """Mute an alert; returns whether it was active."""
        if connection is None:
            with writing(self._database) as own:
                return self.mute(id_, reason, own)
        heard = (_W.id == id_, _W.muted.is_(None))
        return connection.execute(WATCH.update().where(*heard).values(muted=reason[:60])).rowcount > 0

    def unmute(self, workspace: str, id_: int) -> bool:
        """Unmute an alert; returns whether it was muted."""
        muted = (_W.workspace == workspace, _W.id == id_, _W.muted.is_not(None))
        with writing(self._database) as connection:
            return connection.execute(WATCH.update().where(*muted).values(muted=None)).rowcount > 0

    @staticmethod
    def record_check(connection: sa.Connection, watch: Alert, day: date, *, crossed: bool) -> bool:
        """Record the result of checking a snapshot; ``False`` if another process recorded it first."""
        unseen = (_W.id == watch.id, sa.or_(_W.looked_at.is_(None), _W.looked_at < day))
        return connection.execute(WATCH.update().where(*unseen).values(looked_at=day, crossed=crossed)).rowcount > 0

    def in_channel(self, workspace: str, channel: str) -> list[Alert]:
        """Return a channel's alerts, oldest first."""
        return self._where(_W.workspace == workspace, _W.channel == channel)

    def of_person(self, workspace: str, person: str) -> list[Alert]:
        """Return the alerts that a person set, in all channels, oldest first."""
        return self._where(_W.workspace == workspace, _W.created_by == person)

    def get(self, workspace: str, id_: int) -> Alert | None:
        """Return a workspace's alert by id."""
        return next(iter(self._where(_W.workspace == workspace, _W.id == id_)), None)

    def active(self) -> list[Alert]:
        """Return all alerts that aren't muted."""
        return self._where(_W.muted.is_(None))

    def _where(self, *conditions: sa.ColumnElement[bool]) -> list[Alert]:
        with reaching(), self._database.connect() as connection:
            return [_watch(row) for row in connection.execute(sa.select(WATCH).where(*conditions).order_by(_W.id))]


def _watch(row: sa.Row[Any]) -> Alert:
    values = dict(row._mapping)  # noqa: SLF001 - a documented name
    return Alert(**(values | {"created_at": values["created_at"].replace(tzinfo=UTC)}))
