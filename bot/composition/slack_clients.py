"""Slack clients and their tokens, for one workspace or many."""

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
    """Make a client of Slack's Web API that waits out a rate limit, twice at most.

    It does not retry a dropped connection: the message may have been posted, and would be posted again.
    """
    retries: list[RetryHandler] = [RateLimitWait(max_retry_count=2)]
    if metrics:
        retries.insert(0, SlackErrorCounter(metrics.refused))
    return SlackClient(secret(settings.slack_bot_token), base_url=settings.slack_api_url, retry_handlers=retries)


def installations(settings: Settings, database_: sa.Engine) -> Installations | None:
    """Open the installations of many workspaces; ``None`` where the app serves one.

    Raises:
        HfStatsError: when there is no key to encrypt their tokens with.

    """
    if not settings.slack_client_id:
        return None
    # What serves one workspace does without slack_sdk's stores, which bring all of SQLAlchemy with them.
    from bot.storage.installations import Cipher, Installations  # noqa: PLC0415

    return Installations(database_, settings.slack_client_id, Cipher(settings.keys))


def tokens(
    settings: Settings, database_: sa.Engine, stored_installations: Installations, metrics: Metrics | None = None
) -> Tokens:
    """Make what finds each workspace's token."""
    id_, secret_ = settings.slack_client_id or "", secret(settings.slack_client_secret) or ""
    return Tokens(stored_installations, TokenLeases(database_), client(settings, metrics), id_, secret_)


def oauth_pages(settings: Settings, stored_installations: Installations) -> Blueprint:
    """Make the pages by which workspaces install the app."""
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
    """Make what gives the client of a workspace for what is sent unasked: it retries nothing, and heeds the fence."""
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
