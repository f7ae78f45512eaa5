"""INSERT … ON CONFLICT DO NOTHING, which SQLite and PostgreSQL both have and SQL has not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    import sqlalchemy as sa


def inserted(connection: sa.Connection, table: sa.Table, **values: Any) -> bool:  # noqa: ANN401 - the columns' own types
    """Insert a row unless one like it is there; tell whether this call did."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return connection.execute(insert(table).values(**values).on_conflict_do_nothing()).rowcount == 1
