"""The bot's tables, as tests look at them."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from slack_sdk.oauth.installation_store import Installation

from analytics.storage.schema import METADATA as SNAPSHOT_METADATA

SNAPSHOT_TABLES = SNAPSHOT_METADATA.tables


def installed(team="T1", user="U1", token="xoxb" + "-one", **more):
    return Installation(
        app_id="A1",
        enterprise_id=more.pop("enterprise_id", None),
        team_id=team,
        team_name="Acme",
        bot_token=token,
        bot_id="B1",
        bot_user_id="UB",
        bot_scopes=["chat:write", "commands"],
        user_id=user,
        installed_at=more.pop("installed_at", datetime.now(UTC)),
        **more,
    )


def rows(engine):
    """How many rows each table has."""
    found = sa.inspect(engine).get_table_names()
    with engine.connect() as connection:
        return {
            name: connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar()
            for name in found
            if name not in {"bot_version", "alembic_version", *SNAPSHOT_TABLES}
        }
