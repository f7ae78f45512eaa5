"""Where a failure of a door ends: with the reference under which it stands in the log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from bot.delivery.failures import FAILURES
from bot.delivery.failures import said as said_of
from bot.render.blocks import notice_blocks, notice_fallback
from bot.router import failure

if TYPE_CHECKING:
    from slack_bolt import BoltContext

_log = logging.getLogger(__name__)


def failed(error: Exception, context: BoltContext) -> None:
    """Give whoever waited the reference."""
    notice = failure(error)
    said: dict[str, Any] = {"blocks": notice_blocks(notice), "text": notice_fallback(notice)}
    try:
        if context.response_url and context.respond:
            context.respond(**said, response_type="ephemeral", replace_original=False)
        elif context.channel_id and context.user_id and context.client:
            context.client.chat_postEphemeral(channel=context.channel_id, user=context.user_id, **said)
    except FAILURES as unheard:
        _log.warning("nobody could be told: %s", said_of(unheard))
