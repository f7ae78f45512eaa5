"""Received events and requests, for deduplication across processes: Slack may retry an event three times."""

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
    """Keys of received events, stored as hashes."""

    def __init__(self, database: sa.Engine) -> None:
        """Store them in ``database``."""
        self._database = database

    def first(self, key: str) -> bool:
        """Record a key; returns ``True`` for exactly one caller across all processes.

        Raises:
            StoreError: when the database cannot be used.

        """
        with writing(self._database) as connection:
            return insert_if_absent(connection, SEEN, key=hashlib.sha256(key.encode()).digest(), seen_at=now())

    def prune(self, older_than: timedelta) -> int:
        """Delete older keys; returns their number."""
        with writing(self._database) as connection:
            return connection.execute(SEEN.delete().where(SEEN.c.seen_at < now() - older_than)).rowcount
