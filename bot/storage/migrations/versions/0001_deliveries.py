"""Pictures with their links, requests that were seen, answers that are being worked on."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("png", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "link",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("workspace", sa.String(32), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), sa.ForeignKey("picture.digest"), nullable=False, index=True),
        sa.Column("made_at", sa.DateTime, nullable=False, index=True),
        sa.UniqueConstraint("workspace", "digest"),
    )
    op.create_table(
        "seen",
        sa.Column("key", sa.LargeBinary(32), primary_key=True),
        sa.Column("seen_at", sa.DateTime, nullable=False, index=True),
    )
    op.create_table(
        "unfinished",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("workspace", sa.String(32), nullable=False, index=True),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("ts", sa.String(32), nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime, nullable=False, index=True),
        sa.UniqueConstraint("workspace", "channel", "ts"),
    )
