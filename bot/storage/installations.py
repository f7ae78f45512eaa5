"""Workspaces that installed the app: slack_sdk's own tables, with the tokens encrypted."""

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
"""The columns that are encrypted."""


class Cipher:
    """Encrypts with the newest key, and decrypts with any."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take Fernet keys, newest first.

        Raises:
            HfStatsError: for none, and for what is no key; names its place, never the key.

        """
        made = []
        for place, key in enumerate(keys, start=1):
            try:
                made.append(Fernet(key))
            except ValueError:
                raise HfStatsError(f"Key {place} of HFSTATS_KEYS is no Fernet key; make one with: hfstats keys new") from None
        if not made:
            raise HfStatsError(
                "HFSTATS_KEYS is needed to keep the tokens of workspaces encrypted; make a key with: hfstats keys new"
            )
        self._keys = MultiFernet(made)

    def encrypt(self, token: str | None) -> str | None:
        """Encrypt; nothing stays nothing."""
        return self._keys.encrypt(token.encode()).decode() if token else None

    def open(self, ciphertext: str | None) -> str | None:
        """Decrypt.

        Raises:
            StoreError: when none of the keys opens it.

        """
        if not ciphertext:
            return None
        try:
            return self._keys.decrypt(ciphertext.encode()).decode()
        except InvalidToken:
            raise StoreError(
                "A stored token cannot be decrypted: none of the keys in HFSTATS_KEYS made it; put the key back that did."
            ) from None


class InstallationTables(SQLAlchemyInstallationStore):
    """slack_sdk's store on our tables, whose columns for tokens hold their ciphertexts."""

    @classmethod
    def build_installations_table(cls, metadata: sa.MetaData, table_name: str) -> sa.Table:
        """Widen what slack_sdk declares."""
        return _widened(super().build_installations_table(metadata, table_name))

    @classmethod
    def build_bots_table(cls, metadata: sa.MetaData, table_name: str) -> sa.Table:
        """Widen what slack_sdk declares."""
        return _widened(super().build_bots_table(metadata, table_name))


def _widened(table: sa.Table) -> sa.Table:
    for name in SECRETS:
        if name in table.c:
            table.c[name].type = sa.Text()
    return table


@dataclass(frozen=True, slots=True)
class BotToken:
    """What a request needs of an installation."""

    row: int
    enterprise_id: str | None
    team_id: str | None
    token: str
    bot_id: str | None
    bot_user_id: str | None
    scopes: str
    refresh_token: str | None
    expires_at: datetime | None
    """UTC; ``None`` for a token that does not expire."""

    @property
    def workspace(self) -> str:
        """The team or, for an org-wide installation, the enterprise."""
        return self.team_id or self.enterprise_id or ""


class Installations(InstallationStore):
    """Keeps installations with their tokens encrypted. Whatever is raised is a StoreError without any token in it."""

    def __init__(self, database: sa.Engine, client_id: str, cipher: Cipher) -> None:
        """Keep them in ``database``, for one app."""
        self._database = database
        self._client_id = client_id
        self._cipher = cipher
        self._tables = InstallationTables(client_id, database)

    def save(self, installation: Installation) -> None:
        """Store a new installation, or another of the same workspace; the last one counts."""
        with reaching():
            self._tables.save(self._changed(Installation, installation, self._cipher.encrypt))

    def save_bot(self, bot: Bot) -> None:
        """Store the bot's part alone."""
        with reaching():
            self._tables.save_bot(self._changed(Bot, bot, self._cipher.encrypt))

    def find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """Return the last installation's bot, with its tokens decrypted."""
        with reaching():
            found = self._tables.find_bot(
                enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
            )
        return self._changed(Bot, found, self._cipher.open) if found else None

    def find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """Return the last installation, with its tokens decrypted."""
        with reaching():
            found = self._tables.find_installation(
                enterprise_id=enterprise_id, team_id=team_id, user_id=user_id, is_enterprise_install=is_enterprise_install
            )
        return self._changed(Installation, found, self._cipher.open) if found else None

    def token(self, enterprise_id: str | None, team_id: str | None) -> BotToken | None:
        """Return a workspace's token: that of its own installation or, in an organization, of the org-wide one."""
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
            self._cipher.open(row.bot_token) or "",
            row.bot_id,
            row.bot_user_id,
            row.bot_scopes or "",
            self._cipher.open(row.bot_refresh_token),
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
        """Store a token in the place of the one before, and return it."""
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
        """Encrypt every token anew with the newest key, in one transaction; return how many rows there were.

        Raises:
            StoreError: when one of them cannot be decrypted; nothing is changed then.

        """
        many = 0
        with writing(self._database) as connection:
            for table in (self._tables.bots, self._tables.installations):
                for row in connection.execute(sa.select(table)).mappings().all():
                    held = {name: row[name] for name in SECRETS if name in table.c and row[name]}
                    anew = {name: self._cipher.encrypt(self._cipher.open(ciphertext)) for name, ciphertext in held.items()}
                    if anew:
                        connection.execute(table.update().where(table.c.id == row["id"]).values(**anew))
                    many += 1
        return many

    @staticmethod
    def _changed(kind: type, one: Any, change: Any) -> Any:  # noqa: ANN401 - slack_sdk's two models, which share no base
        values = one.to_dict_for_copying() if hasattr(one, "to_dict_for_copying") else one.to_dict()
        return kind(**{name: change(value) if name in SECRETS else value for name, value in values.items()})
