"""The bot's tables. A table with a column ``workspace`` belongs to workspaces: its rows go when the workspace goes."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

PICTURE = sa.Table(
    "picture",
    METADATA,
    # The same chart drawn for two workspaces is one picture; what belongs to a workspace are its links.
    sa.Column("digest", sa.LargeBinary(32), primary_key=True),
    sa.Column("png", sa.LargeBinary, nullable=False),
)
LINK = sa.Table(
    "link",
    METADATA,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("workspace", sa.String(32), nullable=False),
    sa.Column("digest", sa.ForeignKey("picture.digest"), nullable=False, index=True),
    sa.Column("made_at", sa.DateTime, nullable=False, index=True),
    sa.UniqueConstraint("workspace", "digest"),
)
SEEN = sa.Table(
    "seen",
    METADATA,
    sa.Column("key", sa.LargeBinary(32), primary_key=True),
    sa.Column("seen_at", sa.DateTime, nullable=False, index=True),
)
UNFINISHED = sa.Table(
    "unfinished",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("workspace", sa.String(32), nullable=False, index=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("ts", sa.String(32), nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("started_at", sa.DateTime, nullable=False, index=True),
    sa.UniqueConstraint("workspace", "channel", "ts"),
)
ROTATION = sa.Table(
    "rotation",
    METADATA,
    # Who holds the row refreshes the workspace's token; a holder that died loses it by the time.
    sa.Column("workspace", sa.String(32), primary_key=True),
    sa.Column("until", sa.DateTime, nullable=False),
)
