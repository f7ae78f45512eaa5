"""Report unexpected errors of commands: in the log, to the operator's channel and on the terminal."""

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
    """Log an error, notify the operator, and return a sentence with the error's reference ID.

    ``command`` names the failed command, for example ``hfstats snapshot``.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(logs.formatter("text"))
    if not logging.getLogger().handlers:  # most commands don't configure logging
        logging.getLogger().addHandler(handler)
    logs.start_request()
    try:
        text = logs.failure(_log, command, error)
    finally:
        logging.getLogger().removeHandler(handler)
    with suppress(Exception):  # settings or database may be the cause; the log and the terminal still have the error
        settings = Settings.read()
        if settings.hfstats_operator_channel:
            notice = operator_notice(settings.hfstats_operator_channel, operator_text(text), text, datetime.now(UTC))
            OutboxStore(open_store(settings.database)).plan([notice])
    return text
