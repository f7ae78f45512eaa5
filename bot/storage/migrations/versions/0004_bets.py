"""What people bet on who will lead."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "bet",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("workspace", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("question", sa.String(80), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("percent", sa.Integer, nullable=False),
        sa.Column("placed_at", sa.DateTime, nullable=False),
        sa.Column("outcome", sa.String(8)),
        sa.UniqueConstraint("workspace", "channel", "person", "question", "month"),
        sqlite_autoincrement=True,
    )
    op.create_index("bet_open", "bet", ["outcome", "month"])
