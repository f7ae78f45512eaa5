"""Working messages that were posted and not yet replaced: what a process that died leaves for the next one to put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from analytics.database import reaching, writing
from bot.delivery.work import Work
from bot.store.clock import now
from bot.store.schema import UNFINISHED

if TYPE_CHECKING:
    from datetime import timedelta


class Unfinished:
    """The messages that say "working on it" right now."""

    def __init__(self, database: sa.Engine) -> None:
        """Keep them in ``database``."""
        self._database = database

    def begin(self, work: Work) -> None:
        """Remember a working message that stands in a channel."""
        values = {"workspace": work.workspace, "channel": work.channel, "ts": work.ts, "query": work.query}
        with writing(self._database) as connection:
            connection.execute(UNFINISHED.insert().values(**values, started_at=now()))

    def end(self, work: Work) -> None:
        """Forget it: the answer stands in its place."""
        c = UNFINISHED.c
        mine = sa.and_(c.workspace == work.workspace, c.channel == work.channel, c.ts == work.ts)
        with writing(self._database) as connection:
            connection.execute(UNFINISHED.delete().where(mine))

    def take_over(self, older_than: timedelta) -> list[Work]:
        """Hand out, once, what was begun longer ago than any answer takes."""
        c = UNFINISHED.c
        stale = c.started_at < now() - older_than
        with reaching(), self._database.connect() as connection:  # nearly always there is none, and nothing to write
            if connection.scalar(sa.select(sa.exists().where(stale))) is not True:
                return []
        with writing(self._database) as connection:
            gone = connection.execute(UNFINISHED.delete().where(stale).returning(c.workspace, c.channel, c.ts, c.query))
            return [Work(*row) for row in gone]
