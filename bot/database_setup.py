"""Opens the database and what is kept in it: for every process, also one that never speaks to Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.storage import database
from bot.storage.migration_state import TABLES

if TYPE_CHECKING:
    import sqlalchemy as sa

    from bot.settings import Settings
    from bot.storage.messages.pictures import PictureStore


def store(settings: Settings) -> sa.Engine:
    """Open the settings' database: see :func:`open_database`."""
    return open_database(settings.database)


def open_database(url: str) -> sa.Engine:
    """Open a database. One that is empty gets its tables; one of another version is refused.

    Raises:
        StoreError: saying what is wrong and what to run.

    """
    engine = database.engine(url)
    for migrations in (database.SNAPSHOTS, TABLES):
        if database.revision(engine, migrations) is None:
            database.upgrade(engine, migrations)
        database.check_current(engine, migrations)
    return engine


def upgrade(engine: sa.Engine) -> None:
    """Make the tables of what queues deliveries, where the database is one that many workers share.

    Raises:
        StoreError: when the database cannot be written.

    """
    if engine.dialect.name == "postgresql":
        from bot.jobs.engine import postgres_setup  # noqa: PLC0415 - not where there is no PostgreSQL

        postgres_setup.install(engine)


def picture_store(settings: Settings, database_: sa.Engine) -> PictureStore | None:
    """Return the store of pictures that are shown by URL; ``None`` without a key to sign the URLs."""
    from bot.storage.messages.pictures import PictureStore  # noqa: PLC0415 - not for commands that show no picture by address

    keys = settings.signing_keys
    return PictureStore(database_, keys) if keys else None
