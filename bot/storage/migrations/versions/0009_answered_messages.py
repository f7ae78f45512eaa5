"""Which message was answered by which, so that an edit changes the answer in place."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "answered_message",
        sa.Column("workspace", sa.String(32), primary_key=True),
        sa.Column("channel", sa.String(32), primary_key=True),
        sa.Column("ts", sa.String(32), primary_key=True),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("words_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("answer_ts", sa.String(32)),
        sa.Column("changed_at", sa.DateTime, nullable=False, index=True),
    )
