"""How many rows of a snapshot's source had something that could not be read, or stood twice."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("snapshot", sa.Column("odd_rows", sa.Integer, server_default="0", nullable=False))
