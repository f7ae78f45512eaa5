"""Constructs things, the one place that does: from settings to a store, a pool, a router and a Bolt app."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from analytics import database
from bot.allowance import Allowance
from bot.catalog import Catalog
from bot.commands.help import build_notice, help_notice
from bot.delivery.courier import Courier
from bot.desk import Desk
from bot.doors import listen
from bot.pool import Pool
from bot.router import Router
from bot.settings import secret
from bot.store import TABLES
from bot.store.pictures import Gallery
from bot.store.seen import Seen
from bot.store.unfinished import Unfinished

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa
    from slack_sdk.http_retry import RetryHandler

    from bot.overview import Entry
    from bot.reply import Notice
    from bot.router import Answers
    from bot.settings import Settings


def store(settings: Settings) -> sa.Engine:
    """Open the database. One that is empty gets its tables; one of another version is refused.

    Raises:
        StoreError: saying what is wrong and what to run.

    """
    engine = database.engine(settings.database)
    for migrations in (database.SNAPSHOTS, TABLES):
        if database.revision(engine, migrations) is None:
            database.upgrade(engine, migrations)
        database.check_current(engine, migrations)
    return engine


def pool(settings: Settings) -> Pool:
    """Start the analytics processes on the settings' database."""
    return Pool(settings.database, settings.hfstats_processes)


def router(answers: Answers, entries: tuple[Entry, ...]) -> Router:
    """Put questions and chores together."""

    def help_(about: str) -> Notice:
        return help_notice(entries, about)

    chores: dict[str, Callable[[str], Notice]] = dict.fromkeys(("", "help", "hello", "hi"), help_)
    chores |= dict.fromkeys(("build", "form"), build_notice)
    return Router(answers, [entry.form for entry in entries], chores)


def client(settings: Settings) -> WebClient:
    """Make a client of Slack's Web API that waits out a rate limit, twice at most.

    It does not retry a dropped connection: the message may have been posted, and would be posted again.
    """
    retries: list[RetryHandler] = [RateLimitErrorRetryHandler(max_retry_count=2)]
    return WebClient(secret(settings.slack_bot_token), base_url=settings.slack_api_url, retry_handlers=retries)


def gallery(settings: Settings, database_: sa.Engine) -> Gallery | None:
    """Make the gallery of pictures shown by address; ``None`` where nothing could sign the addresses."""
    keys = settings.signing_keys
    return Gallery(database_, keys) if keys else None


def desk(settings: Settings, answers: Answers, entries: tuple[Entry, ...], database_: sa.Engine) -> Desk:
    """Put together what the doors need."""
    routed = router(answers, entries)
    courier = Courier(
        routed.reply,
        gallery=gallery(settings, database_),
        public_url=settings.hfstats_public_url,
        unfinished=Unfinished(database_),
    )
    return Desk(routed, courier, Allowance(settings.hfstats_per_minute), Seen(database_), entries, Catalog(answers))


def bolt(settings: Settings, at: Desk, *, over_http: bool) -> App:
    """Make the Bolt app with every door.

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
    listen(app, at)
    return app
