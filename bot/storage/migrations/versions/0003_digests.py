"""Subscriptions, watches, digests as they were built, and the ledger of what was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("workspace", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("schedule", sa.String(120), nullable=False),
        sa.Column("within", sa.String(16), nullable=False),
        sa.Column("sections", sa.String(60), nullable=False),
        sa.Column("created_by", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("next_due", sa.DateTime, nullable=False, index=True),
        sa.Column("paused", sa.String(60)),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.UniqueConstraint("workspace", "channel"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("workspace", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("rule", sa.String(250), nullable=False),
        sa.Column("created_by", sa.String(32), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("crossed", sa.Boolean, nullable=False),
        sa.Column("looked_at", sa.Date),
        sa.Column("muted", sa.String(60)),
        sa.UniqueConstraint("workspace", "channel", "rule"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "edition",
        sa.Column("key", sa.String(120), primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("picture", sa.LargeBinary(32), sa.ForeignKey("picture.digest"), index=True),
        sa.Column("built_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("workspace", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("source", sa.Integer, nullable=False),
        sa.Column("period", sa.String(32), nullable=False),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column("edition", sa.String(120)),
        sa.Column("content", sa.Text),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("not_before", sa.DateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("owner", sa.String(32)),
        sa.Column("until", sa.DateTime),
        sa.Column("posting_at", sa.DateTime),
        sa.Column("ts", sa.String(32)),
        sa.Column("error", sa.String(60)),
        sa.Column("queued_at", sa.DateTime),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.UniqueConstraint("kind", "source", "period"),
        sqlite_autoincrement=True,
    )
    op.create_index("delivery_channel", "delivery", ["workspace", "channel", "state"])
    op.create_index("delivery_state", "delivery", ["state", "not_before"])
    op.create_table(
        "pace",
        sa.Column("workspace", sa.String(32), primary_key=True),
        sa.Column("until", sa.DateTime, nullable=False),
    )
    op.create_table(
        "upload",
        sa.Column("workspace", sa.String(32), primary_key=True),
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("file", sa.String(32)),
        sa.Column("until", sa.DateTime, nullable=False),
    )
    op.create_table(
        "done",
        sa.Column("job", sa.String(32), primary_key=True),
        sa.Column("slot", sa.String(32), primary_key=True),
        sa.Column("done_at", sa.DateTime, nullable=False),
    )
