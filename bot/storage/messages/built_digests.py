"""Built digests with their pictures, and the pictures' file ids by workspace."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from analytics.storage.database import reaching, writing
from bot.domain.content import Content
from bot.storage.clock import now
from bot.storage.insert import insert_if_absent
from bot.storage.messages.pictures import delete_orphans
from bot.storage.schema import DELIVERY, EDITION, PICTURE, UPLOAD

if TYPE_CHECKING:
    from collections.abc import Collection

UPLOADING = timedelta(seconds=60)
"""How long a process has for an upload it started."""


class BuiltDigests:
    """Stored digests. Once built, a digest never changes, so that all channels of a period get the same one."""

    def __init__(self, database: sa.Engine) -> None:
        """Store them in ``database``."""
        self._database = database

    def existing_keys(self, keys: Collection[str]) -> set[str]:
        """Return the keys of those that exist."""
        with reaching(), self._database.connect() as connection:
            return set(connection.scalars(sa.select(EDITION.c.key).where(EDITION.c.key.in_(keys))))

    def save(self, key: str, content: Content, png: bytes | None) -> None:
        """Store a digest unless another process stored it first."""
        digest = hashlib.sha256(png).digest() if png else None
        with writing(self._database) as connection:
            if png:
                insert_if_absent(connection, PICTURE, digest=digest, png=png)
            insert_if_absent(connection, EDITION, key=key, content=content.as_json(), picture=digest, built_at=now())

    def get(self, key: str) -> tuple[Content, bytes | None] | None:
        """Return a digest's content and its picture's SHA-256 hash; ``None`` if it doesn't exist."""
        wanted = sa.select(EDITION.c.content, EDITION.c.picture).where(EDITION.c.key == key)
        with reaching(), self._database.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        return row and (Content.from_json(row.content), row.picture)

    def png(self, digest: bytes) -> bytes | None:
        """Return a picture by its hash."""
        with reaching(), self._database.connect() as connection:
            return connection.scalar(sa.select(PICTURE.c.png).where(PICTURE.c.digest == digest))

    def uploaded_file(self, workspace: str, digest: bytes) -> str | None:
        """Return a picture's file id in a workspace; ``""`` if it doesn't accept files, ``None`` if not uploaded yet."""
        c = UPLOAD.c
        with reaching(), self._database.connect() as connection:
            return connection.scalar(sa.select(c.file).where(c.workspace == workspace, c.digest == digest))

    def claim_upload(self, workspace: str, digest: bytes) -> bool:
        """Claim the upload of a picture; ``False`` if another process is uploading or has uploaded it."""
        c = UPLOAD.c
        with writing(self._database) as connection:
            if insert_if_absent(connection, UPLOAD, workspace=workspace, digest=digest, until=now() + UPLOADING):
                return True
            dead = (c.workspace == workspace, c.digest == digest, c.file.is_(None), c.until < now())
            return connection.execute(UPLOAD.update().where(*dead).values(until=now() + UPLOADING)).rowcount == 1

    def record_upload(self, workspace: str, digest: bytes, file: str) -> None:
        """Record an upload's file id; ``""`` if the workspace doesn't accept files."""
        c = UPLOAD.c
        with writing(self._database) as connection:
            connection.execute(UPLOAD.update().where(c.workspace == workspace, c.digest == digest).values(file=file))

    def release_upload(self, workspace: str, digest: bytes) -> None:
        """Release the claim, so that any process can upload again."""
        c = UPLOAD.c
        with writing(self._database) as connection:
            connection.execute(UPLOAD.delete().where(c.workspace == workspace, c.digest == digest, c.file.is_(None)))

    def prune(self, older_than: timedelta) -> int:
        """Delete older digests that no delivery refers to; returns their number."""
        wanted = sa.exists().where(DELIVERY.c.edition == EDITION.c.key)
        with writing(self._database) as connection:
            gone = connection.execute(EDITION.delete().where(EDITION.c.built_at < now() - older_than, ~wanted)).rowcount
            connection.execute(UPLOAD.delete().where(UPLOAD.c.until < now() - older_than))
            delete_orphans(connection)
        return gone
