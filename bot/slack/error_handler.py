"""Handle errors of listeners: the user gets a reference ID that is also in the log.

For a request that isn't verified, nobody is notified and Slack isn't called.
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
"""Exceptions raised for malformed payloads."""


def handle_error(error: Exception, context: BoltContext) -> BoltResponse:
    """Notify the user, and return the acknowledgement for Slack."""
    if not is_verified(context):
        return BoltResponse(status=401)
    if _notify(notice_of(error), context):
        context[ALREADY_NOTIFIED] = True
        return BoltResponse(status=200)  # for other statuses, Slack shows its own error
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
    except Exception as notify_error:  # noqa: BLE001 - a malformed payload can also break the notice; the error is in the log
        _log.warning("could not notify the user: %s", error_code(notify_error))
        return False
    return True
