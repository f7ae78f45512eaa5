"""How a command ends that failed for a reason nobody foresaw: a log line, a notice to the operator, a sentence."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime

from bot.blocks.notices import operator_text
from bot.cli.store import open_store
from bot.observability import logs
from bot.outbox.failure import operator_notice
from bot.settings import Settings
from bot.storage.messages.outbox import OutboxStore

_log = logging.getLogger(__name__)


def report(command: str, error: Exception) -> str:
    """Log the failure, tell the operator, and return the sentence to end with; ``command`` is ``hfstats snapshot``, say."""
    handler = logging.StreamHandler()
    handler.setFormatter(logs.formatter("text"))
    if not logging.getLogger().handlers:  # most commands write no log
        logging.getLogger().addHandler(handler)
    logs.start_request()
    try:
        text = logs.failure(_log, command, error)
    finally:
        logging.getLogger().removeHandler(handler)
    with suppress(Exception):  # the settings or the database may be what is broken; the log and the terminal have it anyway
        settings = Settings.read()
        if settings.hfstats_operator_channel:
            notice = operator_notice(settings.hfstats_operator_channel, operator_text(text), text, datetime.now(UTC))
            OutboxStore(open_store(settings.database)).plan([notice])
    return text
