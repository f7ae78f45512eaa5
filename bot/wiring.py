"""Constructs things, the one place that does: from settings to a store, a pool, a router and a Bolt app."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from analytics import database
from bot.commands.help import help_notice
from bot.listeners import listen
from bot.pool import Pool
from bot.router import Router
from bot.settings import secret

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa
    from slack_sdk.http_retry import RetryHandler

    from bot.analyst import Entry
    from bot.reply import Notice
    from bot.router import Answers
    from bot.settings import Settings


def store(settings: Settings) -> sa.Engine:
    """Open the database. One that is empty gets its tables; one of another version is refused.

    Raises:
        StoreError: saying what is wrong and what to run.

    """
    engine = database.engine(settings.database)
    if database.revision(engine) is None:
        database.upgrade(engine)
    database.check_current(engine)
    return engine


def pool(settings: Settings) -> Pool:
    """Start the analytics processes on the settings' database."""
    return Pool(settings.database, settings.hfstats_processes)


def router(answers: Answers, entries: tuple[Entry, ...]) -> Router:
    """Put questions and chores together."""

    def help_(_rest: str) -> Notice:
        return help_notice(entries)

    chores: dict[str, Callable[[str], Notice]] = dict.fromkeys(("", "help", "hello", "hi"), help_)
    return Router(answers, [entry.form for entry in entries], chores)


def client(settings: Settings) -> WebClient:
    """Make a client of Slack's Web API that waits out a rate limit, twice at most.

    It does not retry a dropped connection: the message may have been posted, and would be posted again.
    """
    retries: list[RetryHandler] = [RateLimitErrorRetryHandler(max_retry_count=2)]
    return WebClient(secret(settings.slack_bot_token), base_url=settings.slack_api_url, retry_handlers=retries)


def bolt(settings: Settings, routed: Router, *, over_http: bool) -> App:
    """Make the Bolt app with every listener.

    ``over_http`` acknowledges when the listener has run, which spares the wait of Bolt's polling; a listener does nothing but
    acknowledge, and the work goes on in lazy listeners.
    """
    app = App(
        client=client(settings),
        signing_secret=secret(settings.slack_signing_secret),
        process_before_response=over_http,
        request_verification_enabled=over_http,
        listener_executor=ThreadPoolExecutor(settings.hfstats_threads, thread_name_prefix="listener"),
    )
    listen(app, routed)
    return app
