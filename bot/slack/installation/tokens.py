"""Which token a request is answered with, where many workspaces installed the app; and fresh tokens for old ones."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from slack_bolt.authorization import AuthorizeResult

from analytics.errors import StoreError
from bot.slack_api.errors import FAILURES, said

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.storage.installations import BotToken, Installations
    from bot.storage.token_leases import TokenLeases

_log = logging.getLogger(__name__)

EARLY = timedelta(hours=2)
"""How long before its end a token is refreshed; until then the old one is as good."""
_LEASE = timedelta(seconds=60)
_AT_HAND = 30.0
"""Seconds for which a token is not looked up again."""
_WAIT = 2.0
"""Seconds that a request waits for somebody else's refresh, when the old token is of no use any more."""


class Tokens:
    """Looks a workspace's token up, at most every half minute, and has it refreshed by one process at a time."""

    def __init__(self, installations: Installations, leases: TokenLeases, client: WebClient, client_id: str, secret: str) -> None:
        """``client`` needs no token: the app proves itself by id and secret."""
        self._installations = installations
        self._leases = leases
        self._client = client
        self._client_id = client_id
        self._secret = secret
        self._kept: dict[tuple[str | None, str | None], tuple[float, BotToken]] = {}

    def authorize(self, enterprise_id: str | None, team_id: str | None, user_id: str | None) -> AuthorizeResult | None:
        """Tell Bolt who it speaks as; ``None`` where the app is not installed. Asks Slack nothing.

        The result names the installation, never what a payload says: an organization's has no ``team_id``.
        """
        found = self.of(enterprise_id, team_id)
        if found is None:
            _log.warning("a request from a workspace that has no installation")
            return None
        return AuthorizeResult(
            enterprise_id=found.enterprise_id,
            team_id=found.team_id,
            bot_user_id=found.bot_user_id,
            bot_id=found.bot_id,
            bot_token=found.token,
            bot_scopes=found.scopes,
            user_id=user_id,
        )

    def of(self, enterprise_id: str | None, team_id: str | None) -> BotToken | None:
        """Return a workspace's token, fresh enough to be used."""
        key = (enterprise_id, team_id)
        kept = self._kept.get(key)
        if kept and time.monotonic() < kept[0] and not _needs_refresh(kept[1]):
            return kept[1]
        try:
            found = self._installations.token(enterprise_id, team_id)
            if found and _needs_refresh(found):
                found = self._rotate(found)
        except StoreError as error:
            if kept is None or _is_expired(kept[1]):
                raise
            _log.warning("a token is used that could not be looked up again: %s", error)
            return kept[1]
        if found:
            self._kept[key] = (time.monotonic() + _AT_HAND, found)
        else:
            self._kept.pop(key, None)
        return found

    def forget(self) -> None:
        """Look every token up again: a workspace went."""
        self._kept.clear()

    def _rotate(self, old: BotToken) -> BotToken:
        if self._leases.take(old.workspace, _LEASE):
            return self._refresh(self._installations.token(old.enterprise_id, old.team_id) or old)
        until = time.monotonic() + _WAIT
        while _is_expired(old) and time.monotonic() < until:
            time.sleep(0.05)
            old = self._installations.token(old.enterprise_id, old.team_id) or old
        return old

    def _refresh(self, old: BotToken) -> BotToken:
        """Get a token for the refresh token. After a failure the lease stays until it ends, so that not everybody tries."""
        if not _needs_refresh(old):  # somebody did, between our look and our lease
            self._leases.release(old.workspace)
            return old
        try:
            got = self._client.oauth_v2_access(
                client_id=self._client_id,
                client_secret=self._secret,
                grant_type="refresh_token",
                refresh_token=old.refresh_token,
            )
        except FAILURES as error:
            _log.error("a token could not be refreshed: %s", said(error))
            return old
        ends = datetime.now(UTC) + timedelta(seconds=int(got["expires_in"]))
        new = self._installations.refreshed(old, str(got["access_token"]), got.get("refresh_token"), ends)
        self._leases.release(old.workspace)
        return new


def _needs_refresh(token: BotToken) -> bool:
    return token.refresh_token is not None and token.expires_at is not None and token.expires_at - datetime.now(UTC) < EARLY


def _is_expired(token: BotToken) -> bool:
    return token.expires_at is not None and token.expires_at <= datetime.now(UTC)
