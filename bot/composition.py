"""Constructs things, the one place that does: from settings to a store, a pool, a router and a Bolt app."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from analytics.storage import database, database_wait
from analytics.storage.sql_history import SqlHistory
from bot.analytics_pool.pool import Pool
from bot.analytics_pool.supervisor import Limits
from bot.blocks.escape import escape
from bot.conversation.answer_cache import AnswerCache
from bot.conversation.help import build_notice, help_notice
from bot.conversation.llm import LanguageModel
from bot.conversation.name_index import NameIndex
from bot.conversation.natural_language import NaturalLanguage
from bot.conversation.rate_limit import RateLimit
from bot.conversation.router import Router
from bot.database_setup import gallery, store
from bot.delivery import recovery
from bot.delivery.lifecycle import Lifecycle
from bot.delivery.responder import Responder
from bot.domain.store_summary import FINDINGS
from bot.jobs.backfill.service import Backfill
from bot.jobs.clock_jobs import Jobs
from bot.jobs.engine import CLOCK
from bot.jobs.prewarm import Prewarmer
from bot.observability import logs
from bot.observability.metrics import Metrics, SlackErrorCounter
from bot.outbox.delivery import TIMEOUT, DeliveryContext
from bot.outbox.lease_guard import LeaseGuardedClient
from bot.server.health import Health
from bot.server.web import WebContext
from bot.server.worker_watch import WorkerWatch
from bot.settings import cache_folder, secret
from bot.slack import acknowledgement
from bot.slack.error_handler import failed
from bot.slack.installation.tokens import Tokens
from bot.slack.listener_pool import ENTRY_POINT, DeduplicatingRunner, ListenerPool
from bot.slack.payload import entry_point_of
from bot.slack.registration import listen
from bot.slack.reply_place import asked_in, place_of
from bot.slack.services import Services
from bot.slack.verification import VerifiedOnly
from bot.storage.channels.alerts import AlertStore
from bot.storage.channels.predictions import BetStore
from bot.storage.channels.subscriptions import SubscriptionStore
from bot.storage.dumps import DumpStore
from bot.storage.heartbeats import HeartbeatStore
from bot.storage.job_slots import JobSlots
from bot.storage.messages.built_digests import BuiltDigests
from bot.storage.messages.outbox import OutboxStore
from bot.storage.messages.pending_replies import PendingReplies
from bot.storage.messages.received_events import ReceivedEvents
from bot.storage.migration_state import TABLES
from bot.storage.token_leases import TokenLeases
from bot.storage.workspaces import WorkspaceRemoval
from bot.subscriptions.service import SubscriptionService

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import sqlalchemy as sa
    from flask import Blueprint
    from slack_bolt import BoltResponse
    from slack_bolt.authorization import AuthorizeResult
    from slack_sdk.http_retry import RetryHandler

    from analytics.query import Query
    from bot.conversation.router import Answers
    from bot.domain.reply import Notice
    from bot.domain.store_summary import Entry
    from bot.jobs.engine import Engine
    from bot.jobs.engine.local import Local
    from bot.settings import Settings
    from bot.storage.installations import Installations
    from bot.subscriptions.service import Analytics

_TOKEN_WITHIN = 1.0
"""Seconds that the database gets for a token: Slack waits three for the acknowledgement, which comes after it."""

__all__ = [
    "bolt",
    "client",
    "delivery_context",
    "engine",
    "gallery",
    "guess",
    "installations",
    "installing",
    "jobs",
    "local",
    "pool",
    "prewarming",
    "recovering",
    "router",
    "services",
    "store",
    "tokens",
    "web_context",
    "worker_watch",
]


def pool(settings: Settings) -> Pool:
    """Start the analytics processes on the settings' database."""
    seconds = settings.hfstats_answer_seconds
    return Pool(settings.database, settings.hfstats_processes, Limits(answer=seconds, digest=3 * seconds))


def router(answers: Answers, entries: tuple[Entry, ...], is_service_command: Callable[[str], bool] = lambda _: False) -> Router:
    """Put questions and chores together."""

    def help_(about: str) -> Notice:
        return help_notice(entries, about)

    commands: dict[str, Callable[[str], Notice]] = dict.fromkeys(("", "help", "hello", "hi"), help_)
    commands |= dict.fromkeys(("build", "form"), build_notice)
    return Router(answers, [entry.form for entry in entries], commands, is_service_command)


def client(settings: Settings, metrics: Metrics | None = None) -> WebClient:
    """Make a client of Slack's Web API that waits out a rate limit, twice at most.

    It does not retry a dropped connection: the message may have been posted, and would be posted again.
    """
    retries: list[RetryHandler] = [RateLimitErrorRetryHandler(max_retry_count=2)]
    if metrics:
        retries.insert(0, SlackErrorCounter(metrics.refused))
    return WebClient(secret(settings.slack_bot_token), base_url=settings.slack_api_url, retry_handlers=retries)


def services(
    settings: Settings,
    answers: Analytics,
    entries: tuple[Entry, ...],
    database_: sa.Engine,
    *,
    metrics: Metrics | None = None,
    many: Tokens | None = None,
) -> Services:
    """Put together what the doors need."""
    forms = [entry.form for entry in entries]
    subscription_service = SubscriptionService(delivery_context(settings, database_, metrics), answers, forms)
    answer_cache = AnswerCache(answers, forms, SqlHistory(database_).version)
    routed = router(answer_cache, entries, subscription_service.check)
    responder = Responder(
        metrics.counting(routed.reply) if metrics else routed.reply,
        gallery=gallery(settings, database_),
        # Over Socket Mode nothing listens where the address points.
        public_url=None if settings.slack_app_token else settings.hfstats_public_url,
    )
    name_index = NameIndex(answers)
    leaving = WorkspaceRemoval(database_, many.forget if many else lambda: None)
    rate_limit = RateLimit(settings.hfstats_per_minute)
    plainly = NaturalLanguage(name_index, forms, guess=guess(settings, entries))
    seen, pending_replies = ReceivedEvents(database_), PendingReplies(database_)
    return Services(
        routed,
        responder,
        rate_limit,
        seen,
        entries,
        name_index,
        leaving,
        subscription_service,
        answer_cache,
        plainly,
        pending_replies,
    )


def guess(settings: Settings, entries: tuple[Entry, ...]) -> Callable[[str], Query | None] | None:
    """Make what reads plain words that the grammar cannot; ``None`` where no chat model is set up."""
    if settings.hfstats_chat_model is None:
        return None
    url = settings.hfstats_chat_url
    token = secret(settings.hfstats_chat_token) or (None if url else secret(settings.hf_token))
    return LanguageModel(entries, model=settings.hfstats_chat_model, token=token, url=url).read


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


def tokens(settings: Settings, database_: sa.Engine, kept: Installations, metrics: Metrics | None = None) -> Tokens:
    """Make what finds each workspace's token."""
    id_, secret_ = settings.slack_client_id or "", secret(settings.slack_client_secret) or ""
    return Tokens(kept, TokenLeases(database_), client(settings, metrics), id_, secret_)


def installing(settings: Settings, kept: Installations) -> Blueprint:
    """Make the pages by which workspaces install the app."""
    from bot.slack.installation import oauth  # noqa: PLC0415 - as above
    from bot.slack.installation.oauth_state import SignedStates  # noqa: PLC0415 - as above

    api = settings.slack_api_url
    elsewhere = None if api == WebClient.BASE_URL else f"{api.removesuffix('/api/')}/oauth/v2/authorize"
    id_, secret_ = settings.slack_client_id or "", secret(settings.slack_client_secret) or ""
    public = settings.hfstats_public_url or ""
    bare = WebClient(base_url=api)
    return oauth.pages(
        oauth.flow(
            bare,
            client_id=id_,
            client_secret=secret_,
            public_url=public,
            authorize_url=elsewhere,
            installations=kept,
            states=SignedStates(settings.keys, oauth.WITHIN),
        )
    )


def clients(settings: Settings, database_: sa.Engine, metrics: Metrics | None = None) -> Callable[[str], WebClient | None]:
    """Make what gives the client of a workspace for what is sent unasked: it retries nothing, and heeds the fence."""
    kept = installations(settings, database_)
    many = tokens(settings, database_, kept, metrics) if kept else None
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


def delivery_context(settings: Settings, database_: sa.Engine, metrics: Metrics | None = None) -> DeliveryContext:
    """Put together what sends unasked."""
    return DeliveryContext(
        OutboxStore(database_),
        BuiltDigests(database_),
        SubscriptionStore(database_),
        AlertStore(database_),
        BetStore(database_),
        clients(settings, database_, metrics),
        gallery(settings, database_),
        None if settings.slack_app_token else settings.hfstats_public_url,
        heartbeats=HeartbeatStore(database_),
    )


def jobs(settings: Settings, database_: sa.Engine, numbers: Analytics, alive: Callable[[], None] = lambda: None) -> Jobs:
    """Put together what runs by the clock."""
    delivery_context_ = delivery_context(settings, database_)
    return Jobs(
        settings,
        database_,
        delivery_context_,
        numbers,
        JobSlots(database_),
        ReceivedEvents(database_),
        backfill(settings, database_),
        alive,
    )


def backfill(settings: Settings, database_: sa.Engine) -> Backfill:
    """Put together what counts dumps of the whole Hub."""
    url = database_.url.render_as_string(hide_password=False)
    folder = cache_folder() / "dumps"
    return Backfill(DumpStore(database_), url, folder, settings.hf_endpoint, secret(settings.hf_token))


def engine(settings: Settings, database_: sa.Engine, work: Jobs) -> Engine:
    """Choose who runs it: Procrastinate on PostgreSQL, and on SQLite this one process."""
    if database_.dialect.name == "postgresql":
        from bot.jobs.engine.postgres import Postgres  # noqa: PLC0415 - not where there is no PostgreSQL

        return Postgres(work, database_, settings.hfstats_deliveries, work.done.first)
    return local(settings, work)


def local(settings: Settings, work: Jobs, without: Sequence[str] = ()) -> Local:
    """Make what runs the clock in this process; ``without`` some of its jobs."""
    from bot.jobs.engine.local import Local  # noqa: PLC0415 - not where there is a PostgreSQL

    return Local(work, settings.hfstats_deliveries, {job: cron for job, cron in CLOCK.items() if job not in without})


def prewarming(at: Services) -> Prewarmer:
    """Make what answers the common questions before they are asked."""
    return Prewarmer(at.answer_cache, FINDINGS)


def recovering(settings: Settings, database_: sa.Engine, metrics: Metrics | None = None) -> Callable[[], None]:
    """Start putting right what a process that was killed left unanswered; returns what stops it."""
    slack = client(settings, metrics)
    kept = installations(settings, database_)
    many = tokens(settings, database_, kept, metrics) if kept else None

    def client_of(workspace: str) -> WebClient | None:
        if many is None:
            return slack
        found = many.of(workspace, workspace)
        return WebClient(found.token, base_url=slack.base_url, retry_handlers=slack.retry_handlers) if found else None

    return recovery.start(PendingReplies(database_), client_of)


def worker_watch(settings: Settings, database_: sa.Engine, metrics: Metrics | None = None) -> WorkerWatch:
    """Make what notices that no worker works any more, and tells the operator."""
    client_of = clients(settings, database_, metrics)

    def tell(text: str) -> None:
        workspace, _, channel = (settings.hfstats_operator_channel or "").rpartition("/")
        slack = client_of(workspace) if channel else None
        if slack:
            slack.chat_postMessage(channel=channel, text=escape(text))

    return WorkerWatch(HeartbeatStore(database_), JobSlots(database_), tell)


def bolt(settings: Settings, at: Services, *, over_http: bool, metrics: Metrics | None = None, many: Tokens | None = None) -> App:
    """Make the Bolt app with every door.

    ``over_http`` acknowledges when the listener has run, which spares the wait of Bolt's polling; a listener does nothing but
    acknowledge, and the work goes on in lazy listeners.
    """
    lifecycle = Lifecycle(at.pending_replies, metrics.ended if metrics else None)
    executor = ListenerPool(settings.hfstats_threads, metrics.finished if metrics else None, lifecycle)
    app = App(
        client=client(settings, metrics),
        signing_secret=secret(settings.slack_signing_secret),
        authorize=_authorizing(many) if many else None,
        process_before_response=over_http,
        # Bolt's own verification raises for some forged timestamps, and what it raises would reach the error listener.
        request_verification_enabled=False,
        before_authorize=VerifiedOnly(secret(settings.slack_signing_secret)),
        listener_executor=executor,
    )
    app.listener_runner.lazy_listener_runner = DeduplicatingRunner(executor, at.seen, lifecycle, place_of, asked_in)
    acknowledgement.before_work(app.listener_runner, failed)

    def entering(body: dict[str, Any], next_: Callable[[], BoltResponse]) -> BoltResponse:
        if not over_http:  # over HTTP a request has its id already
            logs.start_request()
        door = entry_point_of(body)
        ENTRY_POINT.set(door)
        if metrics:
            metrics.received(door)
        return next_()

    app.use(entering)
    listen(app, at)
    if metrics:
        metrics.queue(lambda: executor.depth)
    return app


def _authorizing(many: Tokens) -> Callable[..., Any]:
    """Give Bolt a function: of a method it would also fill in the ``self``."""

    def authorize(enterprise_id: str | None, team_id: str | None, user_id: str | None) -> AuthorizeResult | None:
        with database_wait.at_most(_TOKEN_WITHIN):
            return many.authorize(enterprise_id, team_id, user_id)

    return authorize


def web_context(settings: Settings, workers: Pool, database_: sa.Engine) -> WebContext:
    """Put together one web process: doors, pictures, metrics, health."""
    metrics = Metrics()
    metrics.snapshots(SqlHistory(database_).latest)
    metrics.outbox(OutboxStore(database_).counts)
    metrics.analytics(workers.replaced)
    metrics.worker(HeartbeatStore(database_).age)
    kept = installations(settings, database_)
    many = tokens(settings, database_, kept, metrics) if kept else None
    at = services(settings, workers, workers.entries(), database_, metrics=metrics, many=many)

    def tables() -> None:
        for migrations in (database.SNAPSHOTS, TABLES):
            database.check_current(database_, migrations)

    return WebContext(
        bolt(settings, at, over_http=True, metrics=metrics, many=many),
        gallery(settings, database_),
        metrics,
        Health({"database": tables, "analytics": workers.check}),
        prewarming(at),
        worker_watch(settings, database_, metrics),
        installing(settings, kept) if kept else None,
        metrics_token=secret(settings.hfstats_metrics_token),
        https=(settings.hfstats_public_url or "").startswith("https://"),
    )
