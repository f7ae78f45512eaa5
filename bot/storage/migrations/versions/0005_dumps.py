"""Dumps of the whole Hub that are to be counted."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "dump",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("repo", sa.String(200), nullable=False),
        sa.Column("path", sa.String(500), nullable=False),
        sa.Column("revision", sa.String(40), nullable=False),
        sa.Column("taken_on", sa.Date, nullable=False),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("not_before", sa.DateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("owner", sa.String(32)),
        sa.Column("until", sa.DateTime),
        sa.Column("models", sa.Integer),
        sa.Column("error", sa.String(500)),
        sa.Column("queued_at", sa.DateTime),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("repo", "taken_on"),
        sqlite_autoincrement=True,
    )
    op.create_index("dump_state", "dump", ["state", "not_before"])
