"""Everything that belongs to a workspace, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore

from analytics.database import writing
from bot.store.installations import Tables
from bot.store.pictures import delete_orphans
from bot.store.schema import METADATA

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SLACK = sa.MetaData()
_BOTS = Tables.build_bots_table(_SLACK, SQLAlchemyInstallationStore.default_bots_table_name)
_INSTALLATIONS = Tables.build_installations_table(_SLACK, SQLAlchemyInstallationStore.default_installations_table_name)


def forget(database: sa.Engine, workspace: str) -> dict[str, int]:
    """Delete all that a workspace (or, by an enterprise's id, an org-wide installation) left behind, in one transaction.

    Returns how many rows went, by table; the pictures that nobody else links to are not counted.
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
    """Delete the tokens of single people, who took back what they granted; the workspace keeps the app."""
    c = _INSTALLATIONS.c
    theirs = sa.and_(sa.or_(c.team_id == workspace, c.enterprise_id == workspace), c.user_id.in_(users))
    nothing = {"user_token": None, "user_refresh_token": None, "user_scopes": None, "user_token_expires_at": None}
    with writing(database) as connection:
        return connection.execute(_INSTALLATIONS.update().where(theirs).values(**nothing)).rowcount


class Leaving:
    """Ends a workspace's stay: in the database, and in what this process keeps at hand."""

    def __init__(self, database: sa.Engine, afterwards: Callable[[], None]) -> None:
        """``afterwards`` is called when rows went."""
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
