"""``INSERT … ON CONFLICT DO NOTHING`` for SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from analytics.storage.insert import insert


def insert_if_absent(connection: sa.Connection, table: sa.Table, **values: Any) -> bool:  # noqa: ANN401 - the columns' own types
    """Insert a row unless it violates a unique constraint; returns whether it was inserted."""
    # RETURNING instead of rowcount, which not every driver reports.
    return connection.scalar(insert(connection, table).values(**values).on_conflict_do_nothing().returning(sa.literal(1))) == 1
