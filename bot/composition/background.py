"""Build what runs in the background: deliveries, scheduled jobs and their engine, recovery, the worker watch."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from analytics.language import grammar
from bot.blocks.escape import escape
from bot.composition.slack_clients import client, clients, installations, tokens
from bot.database_setup import picture_store
from bot.delivery import recovery
from bot.domain.store_summary import FINDINGS
from bot.jobs.backfill.service import Backfill
from bot.jobs.clock_jobs import Jobs
from bot.jobs.engine import CLOCK
from bot.jobs.history import HistoryFetcher
from bot.jobs.prewarm import Prewarmer
from bot.locations import cache_folder
from bot.outbox.delivery import DeliveryContext, no_installer
from bot.server.worker_watch import WorkerWatch
from bot.settings import secret
from bot.slack_api.client import SlackClient
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

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import sqlalchemy as sa
    from slack_sdk import WebClient

    from bot.conversation.router import Analytics
    from bot.domain.dump import HistoryProgress
    from bot.jobs.engine import Engine
    from bot.jobs.engine.local import Local
    from bot.observability.metrics import Metrics
    from bot.settings import Settings
    from bot.slack.services import Services


def delivery_context(settings: Settings, database_: sa.Engine, metrics: Metrics | None = None) -> DeliveryContext:
    """Build the context for deliveries."""
    stored_installations = installations(settings, database_)
    return DeliveryContext(
        OutboxStore(database_),
        BuiltDigests(database_),
        SubscriptionStore(database_),
        AlertStore(database_),
        BetStore(database_),
        clients(settings, database_, metrics),
        picture_store(settings, database_),
        None if settings.slack_app_token else settings.hfstats_public_url,
        heartbeats=HeartbeatStore(database_),
        installer_of=stored_installations.installer if stored_installations else no_installer,
        operator=settings.hfstats_operator_channel,
    )


def jobs(settings: Settings, database_: sa.Engine, analytics: Analytics, alive: Callable[[], None] = lambda: None) -> Jobs:
    """Build the scheduled jobs."""
    delivery_context_ = delivery_context(settings, database_)
    return Jobs(
        settings,
        database_,
        delivery_context_,
        analytics,
        JobSlots(database_),
        ReceivedEvents(database_),
        backfill(settings, database_),
        history(settings, database_),
        alive,
    )


def backfill(settings: Settings, database_: sa.Engine) -> Backfill:
    """Build the backfill service for dumps of the whole Hub."""
    url = database_.url.render_as_string(hide_password=False)
    folder = cache_folder() / "dumps"
    return Backfill(DumpStore(database_), url, folder, settings.hf_endpoint, secret(settings.hf_token))


def history(
    settings: Settings,
    database_: sa.Engine,
    repo: str | None = None,
    path: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> HistoryFetcher:
    """Build the fetcher of past month ends; without ``repo`` and ``path``, the settings say where the dumps are."""
    dumps = repo or settings.hfstats_dump_dataset, path or settings.hfstats_dump_file
    return HistoryFetcher(database_, *dumps, settings.hf_endpoint, secret(settings.hf_token), columns or {})


def history_progress(settings: Settings, database_: sa.Engine) -> HistoryProgress | None:
    """Return how far the lists of past months are; ``None`` if workers don't fetch them.

    Raises:
        StoreError: when the database can't be used.

    """
    months = settings.hfstats_history_months
    return history(settings, database_).progress(months, datetime.now(UTC).date(), JobSlots(database_)) if months else None


def engine(settings: Settings, database_: sa.Engine, work: Jobs) -> Engine:
    """Build the job engine: Procrastinate with PostgreSQL, the local engine with SQLite."""
    if database_.dialect.name == "postgresql":
        from bot.jobs.engine.postgres import Postgres  # noqa: PLC0415 - only with PostgreSQL

        return Postgres(work, database_, settings.hfstats_deliveries, work.done.first)
    return local_engine(settings, work)


def local_engine(settings: Settings, work: Jobs, without: Sequence[str] = ()) -> Local:
    """Build the engine that runs jobs in this process, except for the jobs in ``without``."""
    from bot.jobs.engine.local import Local  # noqa: PLC0415 - only with SQLite

    return Local(work, settings.hfstats_deliveries, {job: cron for job, cron in CLOCK.items() if job not in without})


def prewarmer(at: Services) -> Prewarmer:
    """Build the prewarmer, which fills the answer cache with common questions."""
    known = {form.word for form in at.forms}
    return Prewarmer(at.answer_cache, [grammar.parse(text, at.forms) for text in FINDINGS if text in known])


def start_recovery(settings: Settings, database_: sa.Engine, metrics: Metrics | None = None) -> Callable[[], None]:
    """Start recovery of requests that a killed process left unanswered; returns a function that stops it."""
    slack = client(settings, metrics)
    stored_installations = installations(settings, database_)
    many = tokens(settings, database_, stored_installations, metrics) if stored_installations else None

    def client_of(workspace: str) -> WebClient | None:
        if many is None:
            return slack
        found = many.of(workspace, workspace)
        return SlackClient(found.token, base_url=slack.base_url, retry_handlers=slack.retry_handlers) if found else None

    return recovery.start(PendingReplies(database_), client_of)


def worker_watch(settings: Settings, database_: sa.Engine, metrics: Metrics | None = None) -> WorkerWatch:
    """Build the watch that notifies the operator when no worker is running."""
    client_of = clients(settings, database_, metrics)

    def tell(text: str) -> None:
        workspace, _, channel = (settings.hfstats_operator_channel or "").rpartition("/")
        slack = client_of(workspace) if channel else None
        if slack:
            slack.chat_postMessage(channel=channel, text=escape(text))

    return WorkerWatch(HeartbeatStore(database_), JobSlots(database_), tell)
