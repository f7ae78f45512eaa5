"""Build the services that listeners use, the Bolt app, and the web process."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from slack_bolt import App

from analytics.storage import database, database_wait
from analytics.storage.sql_history import SqlHistory
from bot.analytics_pool.pool import Pool
from bot.analytics_pool.supervisor import Limits
from bot.composition.background import delivery_context, history_progress, prewarmer, worker_watch
from bot.composition.slack_clients import client, installations, oauth_pages, tokens
from bot.conversation.answer_cache import AnswerCache
from bot.conversation.llm import LanguageModel
from bot.conversation.name_index import NameIndex
from bot.conversation.natural_language import NaturalLanguage
from bot.conversation.one_answer import OneAnswer
from bot.conversation.rate_limit import RateLimit
from bot.conversation.request_parser import RequestParser
from bot.conversation.router import Router
from bot.database_setup import picture_store
from bot.delivery.lifecycle import RequestLifecycle
from bot.delivery.responder import Responder
from bot.observability import logs
from bot.observability.metrics import Metrics
from bot.server.health import Health
from bot.server.web import WebContext
from bot.settings import secret
from bot.slack import acknowledgement
from bot.slack.error_handler import handle_error
from bot.slack.listener_pool import ENTRY_POINT, DeduplicatingRunner, ListenerPool
from bot.slack.payload import entry_point_of
from bot.slack.registration import listen
from bot.slack.reply_place import place_of, text_of
from bot.slack.services import Services
from bot.slack.verification import VerifiedOnly
from bot.slack_api.client import SlackClient
from bot.storage.channels.channel_ids import ChannelIds
from bot.storage.heartbeats import HeartbeatStore
from bot.storage.messages.answered_messages import AnsweredMessages
from bot.storage.messages.outbox import OutboxStore
from bot.storage.messages.pending_replies import PendingReplies
from bot.storage.messages.received_events import ReceivedEvents
from bot.storage.migration_state import TABLES
from bot.storage.workspaces import WorkspaceRemoval
from bot.subscriptions.service import SubscriptionService

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa
    from slack_bolt import BoltContext, BoltResponse
    from slack_bolt.authorization import AuthorizeResult

    from analytics.query import Query
    from bot.conversation.router import Analytics
    from bot.domain.store_summary import Entry
    from bot.settings import Settings
    from bot.slack.installation.tokens import Tokens

_TOKEN_WITHIN = 1.0
"""Seconds to wait for the database for a token. The acknowledgement comes after it, and Slack waits three seconds for that."""


def pool(settings: Settings) -> Pool:
    """Start the analytics processes on the settings' database."""
    seconds = settings.hfstats_answer_seconds
    return Pool(settings.database, settings.hfstats_processes, Limits(answer=seconds, digest=3 * seconds))


def services(
    settings: Settings,
    answers: Analytics,
    entries: tuple[Entry, ...],
    database_: sa.Engine,
    *,
    metrics: Metrics | None = None,
    many: Tokens | None = None,
) -> Services:
    """Build the services for the listeners."""
    forms = [entry.form for entry in entries]
    answer_cache = AnswerCache(answers, SqlHistory(database_).version)
    router = Router(answer_cache)
    name_index = NameIndex(answers)
    return Services(
        RequestParser(entries, NaturalLanguage(name_index, forms), guess(settings, entries)),
        router,
        Responder(
            metrics.counting(router.reply) if metrics else router.reply,
            picture_store=picture_store(settings, database_),
            # In Socket Mode, no web server runs at the public URL.
            public_url=None if settings.slack_app_token else settings.hfstats_public_url,
        ),
        RateLimit(settings.hfstats_per_minute),
        ReceivedEvents(database_),
        OneAnswer(AnsweredMessages(database_)),
        entries,
        name_index,
        WorkspaceRemoval(database_, many.forget if many else lambda: None),
        SubscriptionService(delivery_context(settings, database_, metrics), answers, forms),
        answer_cache,
        PendingReplies(database_),
        ChannelIds(database_),
        partial(history_progress, settings, database_),
    )


def guess(settings: Settings, entries: tuple[Entry, ...]) -> Callable[[str], Query | None] | None:
    """Return the chat model's reader of natural-language questions; ``None`` if no model is configured."""
    if settings.hfstats_chat_model is None:
        return None
    url = settings.hfstats_chat_url
    token = secret(settings.hfstats_chat_token) or (None if url else secret(settings.hf_token))
    return LanguageModel(entries, model=settings.hfstats_chat_model, token=token, url=url).read


def bolt(settings: Settings, at: Services, *, over_http: bool, metrics: Metrics | None = None, many: Tokens | None = None) -> App:
    """Build the Bolt app with all listeners.

    With ``over_http``, the response is sent after the listener has run, which avoids Bolt's polling. Listeners only acknowledge,
    and lazy listeners do the work.
    """
    lifecycle = RequestLifecycle(at.pending_replies, metrics.ended if metrics else None)
    executor = ListenerPool(settings.hfstats_threads, metrics.finished if metrics else None, lifecycle)
    app = App(
        client=client(settings, metrics),
        signing_secret=secret(settings.slack_signing_secret),
        authorize=_authorizing(many) if many else None,
        process_before_response=over_http,
        # Bolt's own verification raises for some forged timestamps, and the exception would reach the error handler.
        request_verification_enabled=False,
        before_authorize=VerifiedOnly(secret(settings.slack_signing_secret)),
        listener_executor=executor,
    )
    app.listener_runner.lazy_listener_runner = DeduplicatingRunner(executor, at.received_events, lifecycle, place_of, text_of)
    acknowledgement.acknowledge_first(app.listener_runner, handle_error)

    def add_context(body: dict[str, Any], context: BoltContext, next_: Callable[[], BoltResponse]) -> BoltResponse:
        context["client"] = SlackClient.like(context.client)  # Bolt creates its own client for each request
        if not over_http:  # over HTTP a request has its id already
            logs.start_request()
        entry_point = entry_point_of(body)
        ENTRY_POINT.set(entry_point)
        if metrics:
            metrics.received(entry_point)
        return next_()

    app.use(add_context)
    listen(app, at)
    if metrics:
        metrics.queue(lambda: executor.depth)
    return app


def _authorizing(many: Tokens) -> Callable[..., Any]:
    """Return ``authorize`` as a function; Bolt would pass an argument for a method's ``self``."""

    def authorize(enterprise_id: str | None, team_id: str | None, user_id: str | None) -> AuthorizeResult | None:
        with database_wait.at_most(_TOKEN_WITHIN):
            return many.authorize(enterprise_id, team_id, user_id)

    return authorize


def web_context(settings: Settings, workers: Pool, database_: sa.Engine) -> WebContext:
    """Build the context of a web process: Bolt app, pictures, metrics, health."""
    metrics = Metrics()
    metrics.snapshots(SqlHistory(database_).latest)
    metrics.outbox(OutboxStore(database_).counts)
    metrics.analytics(workers.replaced)
    metrics.worker(HeartbeatStore(database_).age)
    stored_installations = installations(settings, database_)
    many = tokens(settings, database_, stored_installations, metrics) if stored_installations else None
    at = services(settings, workers, workers.entries(), database_, metrics=metrics, many=many)

    def tables() -> None:
        for migrations in (database.SNAPSHOTS, TABLES):
            database.check_current(database_, migrations)

    return WebContext(
        bolt(settings, at, over_http=True, metrics=metrics, many=many),
        picture_store(settings, database_),
        metrics,
        Health({"database": tables, "analytics": workers.check}),
        prewarmer(at),
        worker_watch(settings, database_, metrics),
        oauth_pages(settings, stored_installations) if stored_installations else None,
        metrics_token=secret(settings.hfstats_metrics_token),
        https=(settings.hfstats_public_url or "").startswith("https://"),
    )
