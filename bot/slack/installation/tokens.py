"""Look up and refresh the bot tokens of workspaces."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from slack_bolt.authorization import AuthorizeResult

from analytics.errors import StoreError
from bot.slack_api.errors import FAILURES, error_code

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.storage.installations import BotToken, Installations
    from bot.storage.token_leases import TokenLeases

_log = logging.getLogger(__name__)

EARLY = timedelta(hours=2)
"""How long before its expiry a token is refreshed."""
_LEASE = timedelta(seconds=60)
_AT_HAND = 30.0
"""Seconds that a token is cached."""
_WAIT = 2.0
"""Seconds that a request with an expired token waits for another process to refresh it."""


class Tokens:
    """Caches workspaces' tokens for half a minute, and refreshes each from one process at a time."""

    def __init__(self, installations: Installations, leases: TokenLeases, client: WebClient, client_id: str, secret: str) -> None:
        """``client`` needs no token; refreshing uses the client id and secret."""
        self._installations = installations
        self._leases = leases
        self._client = client
        self._client_id = client_id
        self._secret = secret
        self._kept: dict[tuple[str | None, str | None], tuple[float, BotToken]] = {}

    def authorize(self, enterprise_id: str | None, team_id: str | None, user_id: str | None) -> AuthorizeResult | None:
        """Return Bolt's authorization of a request; ``None`` if the app isn't installed. Doesn't call Slack.

        The ids are the installation's, not the payload's: an org-wide installation has no ``team_id``.
        """
        token = self.of(enterprise_id, team_id)
        if token is None:
            _log.warning("request from a workspace without an installation")
            return None
        return AuthorizeResult(
            enterprise_id=token.enterprise_id,
            team_id=token.team_id,
            bot_user_id=token.bot_user_id,
            bot_id=token.bot_id,
            bot_token=token.token,
            bot_scopes=token.scopes,
            user_id=user_id,
        )

    def of(self, enterprise_id: str | None, team_id: str | None) -> BotToken | None:
        """Return a workspace's valid token; ``None`` if the app isn't installed."""
        key = (enterprise_id, team_id)
        cached = self._kept.get(key)
        if cached and time.monotonic() < cached[0] and not _needs_refresh(cached[1]):
            return cached[1]
        try:
            token = self._installations.token(enterprise_id, team_id)
            if token and _needs_refresh(token):
                token = self._rotate(token)
        except StoreError as error:
            if cached is None or _is_expired(cached[1]):
                raise
            _log.warning("using a cached token because the lookup failed: %s", error)
            return cached[1]
        if token:
            self._kept[key] = (time.monotonic() + _AT_HAND, token)
        else:
            self._kept.pop(key, None)
        return token

    def forget(self) -> None:
        """Clear the cache, after a workspace was removed."""
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
        """Exchange the refresh token for a new token. After a failure the lease is kept, so that other processes don't retry."""
        if not _needs_refresh(old):  # refreshed by another process before this one got the lease
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
            _log.error("could not refresh a token: %s", error_code(error))
            return old
        ends = datetime.now(UTC) + timedelta(seconds=int(got["expires_in"]))
        new = self._installations.refreshed(old, str(got["access_token"]), got.get("refresh_token"), ends)
        self._leases.release(old.workspace)
        return new


def _needs_refresh(token: BotToken) -> bool:
    return token.refresh_token is not None and token.expires_at is not None and token.expires_at - datetime.now(UTC) < EARLY


def _is_expired(token: BotToken) -> bool:
    return token.expires_at is not None and token.expires_at <= datetime.now(UTC)
