"""What was received before, across all processes: Slack may deliver an event three times, and a request can be replayed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from analytics.storage.database import writing
from bot.storage.clock import now
from bot.storage.insert import insert_if_absent
from bot.storage.schema import SEEN

if TYPE_CHECKING:
    from datetime import timedelta

    import sqlalchemy as sa


class ReceivedEvents:
    """Remembers keys, as digests."""

    def __init__(self, database: sa.Engine) -> None:
        """Remember in ``database``."""
        self._database = database

    def first(self, key: str) -> bool:
        """Tell whether this is the first time, in any process; of several at the same moment exactly one is told so.

        Raises:
            StoreError: when the database cannot be used.

        """
        with writing(self._database) as connection:
            return insert_if_absent(connection, SEEN, key=hashlib.sha256(key.encode()).digest(), seen_at=now())

    def prune(self, older_than: timedelta) -> int:
        """Forget what was seen longer ago; return how many."""
        with writing(self._database) as connection:
            return connection.execute(SEEN.delete().where(SEEN.c.seen_at < now() - older_than)).rowcount
