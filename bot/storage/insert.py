"""INSERT … ON CONFLICT DO NOTHING, which SQLite and PostgreSQL both have and SQL has not."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def inserted(connection: sa.Connection, table: sa.Table, **values: Any) -> bool:  # noqa: ANN401 - the columns' own types
    """Insert a row unless one like it is there; tell whether this call did."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    # What comes back tells; the number of rows is not told by every driver.
    return connection.scalar(insert(table).values(**values).on_conflict_do_nothing().returning(sa.literal(1))) == 1
