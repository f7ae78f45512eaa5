"""A lease: of all threads and processes that would refresh a workspace's token, one does."""

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
    """Hands out the right to refresh."""

    def __init__(self, database: sa.Engine) -> None:
        """Keep them in ``database``."""
        self._database = database

    def take(self, workspace: str, lasts: timedelta) -> bool:
        """Take a workspace's lease unless somebody else holds it; one that was not given back ends by itself."""
        c = ROTATION.c
        with writing(self._database) as connection:
            if insert_if_absent(connection, ROTATION, workspace=workspace, until=now() + lasts):
                return True
            over = ROTATION.update().where(c.workspace == workspace, c.until < now()).values(until=now() + lasts)
            return connection.execute(over).rowcount == 1

    def release(self, workspace: str) -> None:
        """Let the next one have it."""
        with writing(self._database) as connection:
            connection.execute(ROTATION.delete().where(ROTATION.c.workspace == workspace))
