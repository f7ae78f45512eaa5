"""Installations in slack_sdk's own tables, with encrypted tokens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_sdk.oauth.installation_store import Bot, Installation, InstallationStore
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore

from analytics.errors import HfStatsError, StoreError
from analytics.storage.database import reaching, writing

if TYPE_CHECKING:
    from collections.abc import Sequence

SECRETS = ("bot_token", "bot_refresh_token", "user_token", "user_refresh_token", "incoming_webhook_url")
"""Encrypted columns."""


class Cipher:
    """Encrypts with the newest key and decrypts with any key."""

    def __init__(self, keys: Sequence[str]) -> None:
        """``keys``: Fernet keys, newest first.

        Raises:
            HfStatsError: without keys, or for an invalid key; the message contains its position, never the key.

        """
        fernets = []
        for place, key in enumerate(keys, start=1):
            try:
                fernets.append(Fernet(key))
            except ValueError:
                raise HfStatsError(f"Key {place} in HFSTATS_KEYS isn't a Fernet key. Create one with: hfstats keys new") from None
        if not fernets:
            raise HfStatsError(
                "HFSTATS_KEYS is not set. It's needed to encrypt workspace tokens. Create a key with: hfstats keys new"
            )
        self._keys = MultiFernet(fernets)

    def encrypt(self, token: str | None) -> str | None:
        """Encrypt a token; ``None`` for no token."""
        return self._keys.encrypt(token.encode()).decode() if token else None

    def decrypt(self, ciphertext: str | None) -> str | None:
        """Decrypt a token; ``None`` for no token.

        Raises:
            StoreError: when no key can decrypt it.

        """
        if not ciphertext:
            return None
        try:
            return self._keys.decrypt(ciphertext.encode()).decode()
        except InvalidToken:
            raise StoreError(
                "A stored token can't be decrypted with any key in HFSTATS_KEYS. Add the key that encrypted it."
            ) from None


class InstallationTables(SQLAlchemyInstallationStore):
    """slack_sdk's store, with token columns wide enough for ciphertexts."""

    @classmethod
    def build_installations_table(cls, metadata: sa.MetaData, table_name: str) -> sa.Table:
        """Return slack_sdk's table with wider token columns."""
        return _widened(super().build_installations_table(metadata, table_name))

    @classmethod
    def build_bots_table(cls, metadata: sa.MetaData, table_name: str) -> sa.Table:
        """Return slack_sdk's table with wider token columns."""
        return _widened(super().build_bots_table(metadata, table_name))


def _widened(table: sa.Table) -> sa.Table:
    for name in SECRETS:
        if name in table.c:
            table.c[name].type = sa.Text()
    return table


@dataclass(frozen=True, slots=True)
class BotToken:
    """The part of an installation that a request needs."""

    row: int
    enterprise_id: str | None
    team_id: str | None
    token: str
    bot_id: str | None
    bot_user_id: str | None
    scopes: str
    refresh_token: str | None
    expires_at: datetime | None
    """UTC; ``None`` for a token that doesn't expire."""

    @property
    def workspace(self) -> str:
        """The team id or, for an org-wide installation, the enterprise id."""
        return self.team_id or self.enterprise_id or ""


class Installations(InstallationStore):
    """An InstallationStore with encrypted tokens. All errors are StoreErrors without tokens in them."""

    def __init__(self, database: sa.Engine, client_id: str, cipher: Cipher) -> None:
        """Store the installations of one app."""
        self._database = database
        self._client_id = client_id
        self._cipher = cipher
        self._tables = InstallationTables(client_id, database)

    def save(self, installation: Installation) -> None:
        """Store an installation; a workspace's latest one is used."""
        with reaching():
            self._tables.save(self._changed(Installation, installation, self._cipher.encrypt))

    def save_bot(self, bot: Bot) -> None:
        """Store only the bot's part of an installation."""
        with reaching():
            self._tables.save_bot(self._changed(Bot, bot, self._cipher.encrypt))

    def find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """Return the latest installation's bot, with decrypted tokens."""
        with reaching():
            bot = self._tables.find_bot(enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install)
        return self._changed(Bot, bot, self._cipher.decrypt) if bot else None

    def find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """Return the latest installation, with decrypted tokens."""
        with reaching():
            installation = self._tables.find_installation(
                enterprise_id=enterprise_id, team_id=team_id, user_id=user_id, is_enterprise_install=is_enterprise_install
            )
        return self._changed(Installation, installation, self._cipher.decrypt) if installation else None

    def token(self, enterprise_id: str | None, team_id: str | None) -> BotToken | None:
        """Return the token of a workspace's own installation or, in an organization, of the org-wide one."""
        c = self._tables.bots.c
        mine = c.team_id == team_id
        wide = sa.and_(c.team_id.is_(None), c.enterprise_id == enterprise_id)
        chosen = (
            sa.select(self._tables.bots)
            .where(c.client_id == self._client_id, c.bot_token.is_not(None), sa.or_(mine, wide))
            .order_by(c.team_id.is_(None), c.installed_at.desc(), c.id.desc())
            .limit(1)
        )
        with reaching(), self._database.connect() as connection:
            row = connection.execute(chosen).one_or_none()
        if row is None:
            return None
        expires = row.bot_token_expires_at
        return BotToken(
            row.id,
            row.enterprise_id,
            row.team_id,
            self._cipher.decrypt(row.bot_token) or "",
            row.bot_id,
            row.bot_user_id,
            row.bot_scopes or "",
            self._cipher.decrypt(row.bot_refresh_token),
            expires.replace(tzinfo=UTC) if expires else None,
        )

    def installer(self, workspace: str) -> str | None:
        """Return the user who installed the app last: in a team or, by an enterprise's id, in the whole organization."""
        c = self._tables.installations.c
        wide = sa.and_(c.team_id.is_(None), c.enterprise_id == workspace)
        mine = sa.and_(c.client_id == self._client_id, sa.or_(c.team_id == workspace, wide))
        with reaching(), self._database.connect() as connection:
            return connection.scalar(sa.select(c.user_id).where(mine).order_by(c.installed_at.desc(), c.id.desc()).limit(1))

    def refreshed(self, old: BotToken, token: str, refresh_token: str | None, expires_at: datetime) -> BotToken:
        """Replace a token with a refreshed one and return it."""
        values = {
            "bot_token": self._cipher.encrypt(token),
            "bot_refresh_token": self._cipher.encrypt(refresh_token),
            "bot_token_expires_at": expires_at.astimezone(UTC).replace(tzinfo=None),
        }
        bots = self._tables.bots
        with writing(self._database) as connection:
            connection.execute(bots.update().where(bots.c.id == old.row).values(**values))
        return replace(old, token=token, refresh_token=refresh_token, expires_at=expires_at)

    def reencrypt(self) -> int:
        """Re-encrypt all tokens with the newest key in one transaction; returns the number of rows.

        Raises:
            StoreError: when a token can't be decrypted; nothing is changed then.

        """
        many = 0
        with writing(self._database) as connection:
            for table in (self._tables.bots, self._tables.installations):
                for row in connection.execute(sa.select(table)).mappings().all():
                    held = {name: row[name] for name in SECRETS if name in table.c and row[name]}
                    anew = {name: self._cipher.encrypt(self._cipher.decrypt(ciphertext)) for name, ciphertext in held.items()}
                    if anew:
                        connection.execute(table.update().where(table.c.id == row["id"]).values(**anew))
                    many += 1
        return many

    @staticmethod
    def _changed(kind: type, record: Any, change: Any) -> Any:  # noqa: ANN401 - slack_sdk's two models, which share no base
        values = record.to_dict_for_copying() if hasattr(record, "to_dict_for_copying") else record.to_dict()
        return kind(**{name: change(value) if name in SECRETS else value for name, value in values.items()})
