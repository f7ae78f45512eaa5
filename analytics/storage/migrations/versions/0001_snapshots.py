"""Snapshots, their listings and their rollups."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "word",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("digest", sa.LargeBinary(16), nullable=False, unique=True),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("taken_on", sa.Date, nullable=False),
        sa.Column("list", sa.String(16), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.UniqueConstraint("list", "taken_on", "source"),
    )
    op.create_table(
        "listing",
        sa.Column("snapshot", sa.Integer, sa.ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("rank", sa.Integer, primary_key=True),
        sa.Column("model", sa.Integer, sa.ForeignKey("word.id"), nullable=False, index=True),
        sa.Column("downloads", sa.BigInteger, nullable=False),
        sa.Column("likes", sa.BigInteger),
        sa.Column("trending", sa.Float),
        sa.Column("licenses", sa.Integer, sa.ForeignKey("word.id")),
        sa.Column("task", sa.Integer, sa.ForeignKey("word.id")),
        sa.Column("library", sa.Integer, sa.ForeignKey("word.id")),
        sa.Column("created", sa.Integer, sa.ForeignKey("word.id")),
        sa.Column("gated", sa.Integer, sa.ForeignKey("word.id")),
        sa.Column("tags", sa.Integer, sa.ForeignKey("word.id")),
        sa.Column("hub_id", sa.Integer, sa.ForeignKey("word.id")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rollup",
        sa.Column("snapshot", sa.Integer, sa.ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("dimension", sa.SmallInteger, primary_key=True),
        sa.Column("task", sa.Integer, sa.ForeignKey("word.id"), primary_key=True),
        sa.Column("name", sa.Integer, sa.ForeignKey("word.id"), primary_key=True),
        sa.Column("models", sa.Double, nullable=False),
        sa.Column("downloads", sa.Double, nullable=False),
        sa.Column("likes", sa.Double),
        sqlite_with_rowid=False,
    )
