"""Accepted requests that haven't been answered, which another process recovers if theirs dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from analytics.storage.database import reaching, writing
from bot.domain.pending_reply import PendingReply
from bot.storage.clock import now
from bot.storage.insert import insert_if_absent
from bot.storage.process_identity import has_ended, this_process
from bot.storage.schema import UNFINISHED

if TYPE_CHECKING:
    from datetime import timedelta

_C = UNFINISHED.c
_COLUMNS = (_C.workspace, _C.channel, _C.ts, _C.query, _C.user_id, _C.thread)


class PendingReplies:
    """Progress messages to update, and people waiting for a reply."""

    def __init__(self, database: sa.Engine) -> None:
        """Store them in ``database``."""
        self._database = database

    def begin(self, work: PendingReply) -> None:
        """Store a request as this process's. Does nothing if it's already stored.

        Raises:
            StoreError: when the database cannot be used.

        """
        where = {"workspace": work.workspace, "channel": work.channel, "ts": work.ts, "query": work.query}
        with writing(self._database) as connection:
            who = {"user_id": work.user, "thread": work.thread, "owner": this_process()}
            insert_if_absent(connection, UNFINISHED, **where, **who, started_at=now())

    def end(self, work: PendingReply) -> None:
        """Delete a request that has been answered.

        Raises:
            StoreError: when the database cannot be used.

        """
        mine = sa.and_(_C.workspace == work.workspace, _C.channel == work.channel, _C.ts == work.ts)
        with writing(self._database) as connection:
            connection.execute(UNFINISHED.delete().where(mine))

    def take_over(self, older_than: timedelta) -> list[PendingReply]:
        """Take over requests that are older than ``older_than`` or whose process has ended.

        Each request goes to one process. If that process doesn't end it either, it can be taken over again after ``older_than``.

        Raises:
            StoreError: when the database cannot be used.

        """
        with reaching(), self._database.connect() as connection:  # usually there is none, which saves a write transaction
            owners = connection.scalars(sa.select(_C.owner).distinct()).all()
        if not owners:
            return []
        gone = [owner for owner in owners if owner and has_ended(owner)]
        stale = sa.or_(_C.started_at < now() - older_than, _C.owner.in_(gone))
        mine = UNFINISHED.update().where(stale).values(started_at=now(), owner=this_process()).returning(*_COLUMNS)
        with writing(self._database) as connection:
            return [PendingReply(*(cell or "" for cell in row)) for row in connection.execute(mine)]
