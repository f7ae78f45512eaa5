"""The tables of snapshots, listings and rollups, and how values are encoded in them."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa

from analytics.domain import Dimension

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_Value = TypeVar("_Value")

METADATA = sa.MetaData()

WORD = sa.Table(
    "word",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("digest", sa.LargeBinary(16), nullable=False, unique=True),
    sa.Column("text", sa.Text, nullable=False),
)
"""Every text once; the other tables refer to it by number. The digest is indexed because a text may be too long for it."""

SNAPSHOT = sa.Table(
    "snapshot",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("taken_on", sa.Date, nullable=False),
    sa.Column("list", sa.String(16), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    sa.UniqueConstraint("list", "taken_on", "source"),
)

TEXTS = ("licenses", "task", "library", "created", "gated", "tags", "hub_id")

LISTING = sa.Table(
    "listing",
    METADATA,
    sa.Column("snapshot", sa.Integer, sa.ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("rank", sa.Integer, primary_key=True),
    sa.Column("model", sa.Integer, sa.ForeignKey("word.id"), nullable=False, index=True),
    sa.Column("downloads", sa.BigInteger, nullable=False),
    sa.Column("likes", sa.BigInteger),
    sa.Column("trending", sa.Float),
    *(sa.Column(name, sa.Integer, sa.ForeignKey("word.id")) for name in TEXTS),
    sa.Column("downloads_all_time", sa.BigInteger),
    sqlite_with_rowid=False,
)

ROLLUP = sa.Table(
    "rollup",
    METADATA,
    sa.Column("snapshot", sa.Integer, sa.ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("dimension", sa.SmallInteger, primary_key=True),
    sa.Column("task", sa.Integer, sa.ForeignKey("word.id"), primary_key=True),
    sa.Column("name", sa.Integer, sa.ForeignKey("word.id"), primary_key=True),
    sa.Column("models", sa.Double, nullable=False),
    sa.Column("downloads", sa.Double, nullable=False),
    sa.Column("likes", sa.Double),
    sqlite_with_rowid=False,
)

CODES: dict[Dimension | None, int] = {
    None: 0,
    Dimension.LICENSE: 1,
    Dimension.NAMESPACE: 2,
    Dimension.TASK: 3,
    Dimension.LIBRARY: 4,
    Dimension.ACCESS: 5,
    Dimension.DERIVATION: 6,
}
"""Creators, their kinds and countries, and families of licenses have no code: they are added up when a question is asked."""

SEPARATOR = "\n"
"""Between the licenses or tags of one model; no tag holds a line break."""

_PARAMETERS = 500
"""Values in one ``IN`` list; both databases allow more, and gain nothing from it."""


def digest(text: str) -> bytes:
    """Return the 16 bytes by which the table of words is searched for a text."""
    return blake2b(text.encode(), digest_size=16).digest()


def chunks(values: Sequence[_Value]) -> Iterable[Sequence[_Value]]:
    """Split values into runs that fit an ``IN`` list."""
    return (values[start : start + _PARAMETERS] for start in range(0, len(values), _PARAMETERS))
