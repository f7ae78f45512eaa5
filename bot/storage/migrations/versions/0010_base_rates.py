"""The probability that past leaders alone gave each settled bet, against which it is scored."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("bet", sa.Column("base_rate", sa.Float))
