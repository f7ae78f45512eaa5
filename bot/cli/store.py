"""The database connection of a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import sqlalchemy as sa


def open_store(url: str) -> sa.Engine:
    """Open a database and close it when the command ends; an empty database gets its tables first.

    Raises:
        StoreError: with the command to run.

    """
    from bot.database_setup import open_database

    database = open_database(url)
    click.get_current_context().call_on_close(database.dispose)
    return database
