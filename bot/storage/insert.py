"""INSERT … ON CONFLICT DO NOTHING, which SQLite and PostgreSQL both have and SQL has not."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from analytics.storage.insert import insert


def insert_if_absent(connection: sa.Connection, table: sa.Table, **values: Any) -> bool:  # noqa: ANN401 - the columns' own types
    """Insert a row unless one like it is there; tell whether this call did."""
    # What comes back tells; the number of rows is not told by every driver.
    return connection.scalar(insert(connection, table).values(**values).on_conflict_do_nothing().returning(sa.literal(1))) == 1
