"""Charts served at signed, unguessable URLs."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

import sqlalchemy as sa
from itsdangerous import BadSignature, Signer

from analytics.storage import database_wait
from analytics.storage.database import reaching, writing
from bot.storage.clock import now
from bot.storage.insert import insert_if_absent
from bot.storage.schema import EDITION, LINK, PICTURE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta


_FIND_WITHIN = 2.0
"""Timeout in seconds, because the same few threads also acknowledge Slack's requests."""


class PictureStore:
    """Pictures and workspaces' links to them."""

    def __init__(self, database: sa.Engine, keys: Sequence[str]) -> None:
        """``keys``: signing keys, newest first; links signed with older ones still work."""
        self._database = database
        self._signer = Signer(list(reversed(keys)), salt="hfstats picture", digest_method=hashlib.sha256)

    def save(self, workspace: str, png: bytes) -> str:
        """Store a picture for a workspace and return its link's signed name, the same for the same picture.

        Raises:
            StoreError: when the database cannot be used.

        """
        digest = hashlib.sha256(png).digest()
        name = self._link(workspace, digest) or self._store(workspace, digest, png)
        return self._signer.sign(name).decode()

    def find(self, signed: str) -> bytes | None:
        """Return the picture for a signed name; ``None`` for an invalid signature or a deleted picture."""
        try:
            name = self._signer.unsign(signed).decode()
        except BadSignature:
            return None
        query = sa.select(PICTURE.c.png).join(LINK, LINK.c.digest == PICTURE.c.digest).where(LINK.c.name == name)
        with database_wait.at_most(_FIND_WITHIN), reaching(), self._database.connect() as connection:
            return connection.scalar(query)

    def prune(self, older_than: timedelta) -> int:
        """Delete older links and unlinked pictures; returns the number of links."""
        with writing(self._database) as connection:
            gone = connection.execute(LINK.delete().where(LINK.c.made_at < now() - older_than)).rowcount
            delete_orphans(connection)
        return gone

    def _store(self, workspace: str, digest: bytes, png: bytes) -> str:
        with writing(self._database) as connection:
            insert_if_absent(connection, PICTURE, digest=digest, png=png)
            insert_if_absent(connection, LINK, name=secrets.token_urlsafe(16), workspace=workspace, digest=digest, made_at=now())
            # Another process may have linked it at the same time; return the name that was stored.
            mine = sa.select(LINK.c.name).where(LINK.c.workspace == workspace, LINK.c.digest == digest)
            return str(connection.scalars(mine).one())

    def _link(self, workspace: str, digest: bytes) -> str | None:
        known = sa.select(LINK.c.name).where(LINK.c.workspace == workspace, LINK.c.digest == digest)
        with reaching(), self._database.connect() as connection:
            return connection.scalar(known)


def delete_orphans(connection: sa.Connection) -> None:
    """Delete pictures without links and digests."""
    linked = sa.exists().where(LINK.c.digest == PICTURE.c.digest)
    shown = sa.exists().where(EDITION.c.picture == PICTURE.c.digest)
    connection.execute(PICTURE.delete().where(~linked, ~shown))
