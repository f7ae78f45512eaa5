"""The conversation for notices to a request's sender, determined from the payload alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.delivery.conversation import Conversation
from bot.domain.request import Command, Help, Misunderstood, Question, words_of
from bot.slack.payload import entry_point_of, workspace_of

if TYPE_CHECKING:
    from slack_bolt import BoltRequest

_NOBODY = frozenset({"link_shared", "app_uninstalled", "channel_id_changed", "tokens_revoked", "function_executed"})
"""Entry points without a waiting user; errors are only logged. A workflow step reports its own errors."""


def place_of(request: BoltRequest) -> Conversation | None:
    """Return the conversation for notices; ``None`` if there is no user to notify."""
    context = request.context
    if entry_point_of(request.body) in _NOBODY or not context.user_id:
        return None
    channel = context.channel_id or context.user_id
    respond = context.respond if context.response_url else None
    alone = channel == context.user_id
    return Conversation(context.client, workspace_of(context), channel, context.user_id, respond, context.thread_ts, direct=alone)


def text_of(request: BoltRequest) -> str:
    """Return the text that repeats a request; ``""`` if it has none."""
    parsed = request.context.get("request")
    return words_of(parsed) if isinstance(parsed, Question | Command | Help | Misunderstood) else ""
