"""What channels want to be told of when it happens."""

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
"""Why a watch is muted that somebody muted."""


class AlertStore:
    """The watches of all workspaces; every look at one names its workspace."""

    def __init__(self, database: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Keep them in ``database``; ``clock`` gives aware moments."""
        self._database = database
        self._clock = clock

    def add(self, workspace: str, channel: str, rule: str, by: str, *, crossed: bool, looked_at: date | None) -> Alert:
        """Watch for a rule in a channel; one that is there already is unmuted and otherwise left as it is.

        ``crossed`` tells whether it holds now: what is so already is no news.
        """
        mine = (_W.workspace == workspace, _W.channel == channel, _W.rule == rule)
        values: dict[str, Any] = {"workspace": workspace, "channel": channel, "rule": rule, "created_by": by}
        values |= {"created_at": self._clock().astimezone(UTC).replace(tzinfo=None), "crossed": crossed, "looked_at": looked_at}
        with writing(self._database) as connection:
            if not insert_if_absent(connection, WATCH, **values):
                connection.execute(WATCH.update().where(*mine).values(muted=None))
            return _watch(connection.execute(sa.select(WATCH).where(*mine)).one())

    def remove(self, workspace: str, id_: int) -> Alert | None:
        """End a watch; returns it as it was."""
        mine = (_W.workspace == workspace, _W.id == id_)
        with writing(self._database) as connection:
            row = connection.execute(sa.select(WATCH).where(*mine)).one_or_none()
            connection.execute(WATCH.delete().where(*mine))
        return _watch(row) if row else None

    def mute(self, id_: int, reason: str = MUTED_BY_USER, connection: sa.Connection | None = None) -> bool:
        """Say nothing for a watch any more; tells whether it was heard before."""
        if connection is None:
            with writing(self._database) as own:
                return self.mute(id_, reason, own)
        heard = (_W.id == id_, _W.muted.is_(None))
        return connection.execute(WATCH.update().where(*heard).values(muted=reason[:60])).rowcount > 0

    def unmute(self, workspace: str, id_: int) -> bool:
        """Let a muted watch be heard again; tells whether it was muted."""
        muted = (_W.workspace == workspace, _W.id == id_, _W.muted.is_not(None))
        with writing(self._database) as connection:
            return connection.execute(WATCH.update().where(*muted).values(muted=None)).rowcount > 0

    @staticmethod
    def record_check(connection: sa.Connection, watch: Alert, day: date, *, crossed: bool) -> bool:
        """Record what a snapshot showed, once for each; tells whether the caller was the first to look at it."""
        unseen = (_W.id == watch.id, sa.or_(_W.looked_at.is_(None), _W.looked_at < day))
        return connection.execute(WATCH.update().where(*unseen).values(looked_at=day, crossed=crossed)).rowcount > 0

    def in_channel(self, workspace: str, channel: str) -> list[Alert]:
        """Return a channel's watches, the oldest first."""
        return self._where(_W.workspace == workspace, _W.channel == channel)

    def get(self, workspace: str, id_: int) -> Alert | None:
        """Return a workspace's watch by its id."""
        return next(iter(self._where(_W.workspace == workspace, _W.id == id_)), None)

    def active(self) -> list[Alert]:
        """Return every watch that is not muted."""
        return self._where(_W.muted.is_(None))

    def _where(self, *conditions: sa.ColumnElement[bool]) -> list[Alert]:
        with reaching(), self._database.connect() as connection:
            return [_watch(row) for row in connection.execute(sa.select(WATCH).where(*conditions).order_by(_W.id))]


def _watch(row: sa.Row[Any]) -> Alert:
    values = dict(row._mapping)  # noqa: SLF001 - a documented name
    return Alert(**(values | {"created_at": values["created_at"].replace(tzinfo=UTC)}))
