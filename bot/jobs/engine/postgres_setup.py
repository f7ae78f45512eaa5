"""Procrastinate's tables and its connections' address."""

from __future__ import annotations

import sqlalchemy as sa
from procrastinate.schema import SchemaManager

from analytics.storage.database import writing

CONNECT_TIMEOUT = 10
"""Seconds to wait for a connection."""


def install(database: sa.Engine) -> bool:
    """Create Procrastinate's tables if they are missing; return whether it did.

    Raises:
        StoreError: when the database cannot be used.

    """
    with writing(database) as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('hfstats migrations'))"))
        if connection.scalar(sa.text("SELECT to_regclass('procrastinate_jobs')")):
            return False
        connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    return True


def conninfo(database: sa.Engine) -> str:
    """Return the address as libpq reads it, with keepalives that end a dead connection within a minute."""
    keepalives = {"keepalives_idle": "20", "keepalives_interval": "10", "keepalives_count": "3", "tcp_user_timeout": "40000"}
    parameters = {"connect_timeout": str(CONNECT_TIMEOUT), **keepalives, **database.url.query}
    return database.url.set(drivername="postgresql", query=parameters).render_as_string(hide_password=False)
