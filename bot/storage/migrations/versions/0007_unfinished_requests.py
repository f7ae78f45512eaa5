"""Who waits for an unfinished request, and which process works on it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("unfinished", sa.Column("user_id", sa.String(32)))
    op.add_column("unfinished", sa.Column("thread", sa.String(32)))
    op.add_column("unfinished", sa.Column("owner", sa.String(80)))
