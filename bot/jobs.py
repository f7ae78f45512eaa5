"""What runs by the clock. Plain functions that are safe to run again: each finds out itself whether there is work."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from analytics.errors import SourceError
from analytics.ingest import already_taken
from analytics.store import SqlHistory
from bot import stores
from bot.collect import take
from bot.settings import secret
from bot.store.seen import Seen

if TYPE_CHECKING:
    import sqlalchemy as sa

    from bot.settings import Settings

_log = logging.getLogger(__name__)

REMEMBERED = timedelta(days=1)
"""How long events and signatures are remembered; Slack gives up on an event within an hour, a signature is good for minutes."""


def snapshot(settings: Settings, database: sa.Engine) -> bool:
    """Take today's snapshot (UTC) unless it is there; tell whether one was taken. The Hub being away is logged, not raised."""
    store = SqlHistory(database)
    today = datetime.now(UTC).date()
    if already_taken(store, today, "hub"):
        return False
    try:
        taken = take(store, today, endpoint=settings.hf_endpoint, token=secret(settings.hf_token))
    except SourceError as error:
        _log.warning("no snapshot of %s yet: %s", today, error)
        return False
    _log.info("took %s snapshots of %s", len(taken), today)
    return bool(taken)


def tidy(settings: Settings, database: sa.Engine) -> None:
    """Delete pictures and marks that are older than they need to be."""
    shown = stores.gallery(settings, database)
    links = shown.prune(timedelta(days=settings.hfstats_picture_days)) if shown else 0
    marks = Seen(database).prune(REMEMBERED)
    _log.info("tidied: %s addresses of pictures, %s marks of requests", links, marks)
