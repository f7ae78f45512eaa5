"""The composition root: builds stores, clients, jobs, the Bolt app and the web process from the settings.

It contains no logic of requests. It may import everything except `cli` and `processes`.
"""

from bot.composition.app import bolt, guess, pool, services, web_context
from bot.composition.background import (
    backfill,
    delivery_context,
    engine,
    history,
    history_progress,
    jobs,
    local_engine,
    prewarmer,
    start_recovery,
    worker_watch,
)
from bot.composition.slack_clients import client, installations, oauth_pages, tokens
from bot.database_setup import picture_store, store

__all__ = [
    "backfill",
    "bolt",
    "client",
    "delivery_context",
    "engine",
    "guess",
    "history",
    "history_progress",
    "installations",
    "jobs",
    "local_engine",
    "oauth_pages",
    "picture_store",
    "pool",
    "prewarmer",
    "services",
    "start_recovery",
    "store",
    "tokens",
    "web_context",
    "worker_watch",
]
