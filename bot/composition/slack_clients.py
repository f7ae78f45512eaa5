"""Build Slack clients and token stores, for one workspace or many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk import WebClient

from bot.observability.metrics import Metrics, SlackErrorCounter
from bot.outbox.delivery import TIMEOUT
from bot.outbox.lease_guard import LeaseGuardedClient
from bot.settings import secret
from bot.slack.installation.tokens import Tokens
from bot.slack_api.client import RateLimitWait, SlackClient
from bot.storage.token_leases import TokenLeases

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa
    from flask import Blueprint
    from slack_sdk.http_retry import RetryHandler

    from bot.settings import Settings
    from bot.storage.installations import Installations


def client(settings: Settings, metrics: Metrics | None = None) -> WebClient:
    """Build a Web API client that waits for rate limits, at most twice per call.

    It doesn't retry after a lost connection, because that could post a message twice.
    """
    retries: list[RetryHandler] = [RateLimitWait(max_retry_count=2)]
    if metrics:
        retries.insert(0, SlackErrorCounter(metrics.refused))
    return SlackClient(secret(settings.slack_bot_token), base_url=settings.slack_api_url, retry_handlers=retries)


def installations(settings: Settings, database_: sa.Engine) -> Installations | None:
    """Return the store of installations; ``None`` if the app serves a single workspace.

    Raises:
        HfStatsError: if HFSTATS_KEYS has no key for encrypting tokens.

    """
    if not settings.slack_client_id:
        return None
    # Imported here because slack_sdk's stores import much that a single workspace doesn't need.
    from bot.storage.installations import Cipher, Installations  # noqa: PLC0415

    return Installations(database_, settings.slack_client_id, Cipher(settings.keys))


def tokens(
    settings: Settings, database_: sa.Engine, stored_installations: Installations, metrics: Metrics | None = None
) -> Tokens:
    """Build the token provider for many workspaces."""
    id_, secret_ = settings.slack_client_id or "", secret(settings.slack_client_secret) or ""
    return Tokens(stored_installations, TokenLeases(database_), client(settings, metrics), id_, secret_)


def oauth_pages(settings: Settings, stored_installations: Installations) -> Blueprint:
    """Build the OAuth pages for installing the app."""
    from bot.slack.installation import oauth  # noqa: PLC0415 - as above
    from bot.slack.installation.oauth_state import SignedStates  # noqa: PLC0415 - as above

    api = settings.slack_api_url
    elsewhere = None if api == WebClient.BASE_URL else f"{api.removesuffix('/api/')}/oauth/v2/authorize"
    id_, secret_ = settings.slack_client_id or "", secret(settings.slack_client_secret) or ""
    public = settings.hfstats_public_url or ""
    bare = SlackClient(base_url=api)
    return oauth.pages(
        oauth.flow(
            bare,
            client_id=id_,
            client_secret=secret_,
            public_url=public,
            authorize_url=elsewhere,
            installations=stored_installations,
            states=SignedStates(settings.keys, oauth.WITHIN),
        )
    )


def clients(settings: Settings, database_: sa.Engine, metrics: Metrics | None = None) -> Callable[[str], WebClient | None]:
    """Return a function that returns a workspace's client for deliveries, which doesn't retry and respects leases."""
    stored_installations = installations(settings, database_)
    many = tokens(settings, database_, stored_installations, metrics) if stored_installations else None
    counting: list[RetryHandler] = [SlackErrorCounter(metrics.refused)] if metrics else []

    def client_of(workspace: str) -> WebClient | None:
        token = secret(settings.slack_bot_token)
        if many:
            found = many.of(None, workspace) or many.of(workspace, None)
            token = found.token if found else None
        if not token:
            return None
        return LeaseGuardedClient(token, settings.slack_api_url, TIMEOUT, counting)

    return client_of
