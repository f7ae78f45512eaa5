"""Where a failure of a door ends: with the reference under which it stands in the log.

Only what Slack sent is believed: without the mark of a verified request nobody is told anything, and nothing is called.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from slack_bolt import BoltResponse

from bot.blocks.messages import notice_blocks, notice_fallback
from bot.conversation.failures import notice_of
from bot.slack.listener_pool import ALREADY_NOTIFIED
from bot.slack.verification import is_verified
from bot.slack_api.errors import error_code
from bot.slack_api.response_url import post

if TYPE_CHECKING:
    from slack_bolt import BoltContext

    from bot.domain.reply import Notice

_log = logging.getLogger(__name__)

_FORM = (AttributeError, LookupError, TypeError, ValueError)
"""What is raised by a body in which something is missing, or is of another kind than Slack sends."""


def handle_error(error: Exception, context: BoltContext) -> BoltResponse:
    """Give whoever waited the reference, and Slack an acknowledgement where it still waits for one."""
    if not is_verified(context):
        return BoltResponse(status=401)
    if _notify(notice_of(error), context):
        context[ALREADY_NOTIFIED] = True
        return BoltResponse(status=200)  # Slack would add a word of its own to any other
    return BoltResponse(status=400 if isinstance(error, _FORM) else 500)


def _notify(notice: Notice, context: BoltContext) -> bool:
    message: dict[str, Any] = {"blocks": notice_blocks(notice), "text": notice_fallback(notice)}
    try:
        if context.response_url:
            post(context.client, context.response_url, {**message, "response_type": "ephemeral", "replace_original": False})
        elif context.channel_id and context.user_id and context.client:
            context.client.chat_postEphemeral(channel=context.channel_id, user=context.user_id, **message)
        else:
            return False
    except Exception as notify_error:  # noqa: BLE001 - the failure is in the log; a body that caused it may prevent telling of it, too
        _log.warning("nobody could be told: %s", error_code(notify_error))
        return False
    return True
