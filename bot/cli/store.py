"""The database that a command works on, open until the command ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import sqlalchemy as sa


def open_store(url: str) -> sa.Engine:
    """Open a database, give it its tables if it is empty, and close it when the command ends.

    Raises:
        StoreError: saying what is wrong and what to run.

    """
    from bot.database_setup import open_database

    database = open_database(url)
    click.get_current_context().call_on_close(database.dispose)
    return database
