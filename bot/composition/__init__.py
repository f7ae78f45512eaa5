"""Constructs things, the one place that does: from settings to stores, clients, jobs, the Bolt app and the web process.

Nothing here decides anything about a request. It may import everything but `cli` and `processes`.
"""

from bot.composition.app import bolt, guess, pool, services, web_context
from bot.composition.background import backfill, delivery_context, engine, jobs, local, prewarming, recovering, worker_watch
from bot.composition.slack_clients import client, installations, installing, tokens
from bot.database_setup import gallery, store

__all__ = [
    "backfill",
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
    "services",
    "store",
    "tokens",
    "web_context",
    "worker_watch",
]
