"""Leases that let only one thread of one process refresh a workspace's token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.storage.database import writing
from bot.storage.clock import now
from bot.storage.insert import insert_if_absent
from bot.storage.schema import ROTATION

if TYPE_CHECKING:
    from datetime import timedelta

    import sqlalchemy as sa


class TokenLeases:
    """The leases for refreshing tokens."""

    def __init__(self, database: sa.Engine) -> None:
        """Store them in ``database``."""
        self._database = database

    def take(self, workspace: str, lasts: timedelta) -> bool:
        """Acquire a workspace's lease for ``lasts``; ``False`` if it's held by another process and hasn't expired."""
        c = ROTATION.c
        with writing(self._database) as connection:
            if insert_if_absent(connection, ROTATION, workspace=workspace, until=now() + lasts):
                return True
            over = ROTATION.update().where(c.workspace == workspace, c.until < now()).values(until=now() + lasts)
            return connection.execute(over).rowcount == 1

    def release(self, workspace: str) -> None:
        """Release a workspace's lease."""
        with writing(self._database) as connection:
            connection.execute(ROTATION.delete().where(ROTATION.c.workspace == workspace))
