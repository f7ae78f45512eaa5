"""Delete a workspace's data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from analytics.storage.database import writing
from bot.storage.messages.pictures import delete_orphans
from bot.storage.schema import METADATA

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Only the needed columns of slack_sdk's tables, because its own definitions import all of SQLAlchemy.
_OWNERS = ("team_id", "enterprise_id", "user_id")
_OF_USERS = ("user_token", "user_refresh_token", "user_scopes", "user_token_expires_at")
_BOTS = sa.table("slack_bots", *map(sa.column, _OWNERS[:2]))
_INSTALLATIONS = sa.table("slack_installations", *map(sa.column, (*_OWNERS, *_OF_USERS)))


def forget(database: sa.Engine, workspace: str) -> dict[str, int]:
    """Delete all data of a workspace or, by an enterprise id, of an org-wide installation, in one transaction.

    Returns the number of deleted rows by table, without unlinked pictures.
    """
    with writing(database) as connection:
        gone = {
            table.name: connection.execute(table.delete().where(table.c.workspace == workspace)).rowcount
            for table in METADATA.sorted_tables
            if "workspace" in table.c
        }
        for table in (_BOTS, _INSTALLATIONS):
            c = table.c
            its = sa.or_(c.team_id == workspace, sa.and_(c.team_id.is_(None), c.enterprise_id == workspace))
            gone[table.name] = connection.execute(table.delete().where(its)).rowcount
        delete_orphans(connection)
    return gone


def forget_users(database: sa.Engine, workspace: str, users: Sequence[str]) -> int:
    """Delete the user tokens of people who revoked them; the app stays installed."""
    c = _INSTALLATIONS.c
    theirs = sa.and_(sa.or_(c.team_id == workspace, c.enterprise_id == workspace), c.user_id.in_(users))
    nothing = dict.fromkeys(_OF_USERS)
    with writing(database) as connection:
        return connection.execute(_INSTALLATIONS.update().where(theirs).values(**nothing)).rowcount


class WorkspaceRemoval:
    """Deletes a workspace's data from the database and from this process's caches."""

    def __init__(self, database: sa.Engine, afterwards: Callable[[], None]) -> None:
        """``afterwards`` clears the caches; it's called after a deletion."""
        self._database = database
        self._afterwards = afterwards

    def forget(self, workspace: str) -> dict[str, int]:
        """See :func:`forget`."""
        gone = forget(self._database, workspace)
        self._afterwards()
        return gone

    def forget_users(self, workspace: str, users: Sequence[str]) -> int:
        """See :func:`forget_users`."""
        return forget_users(self._database, workspace, users)
