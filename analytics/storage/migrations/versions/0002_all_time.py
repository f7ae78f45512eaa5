"""Downloads since a model exists, which the Hub tells as well."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("listing", sa.Column("downloads_all_time", sa.BigInteger))
