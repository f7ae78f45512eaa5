"""Where the one who sent a request can be told something, read from the request alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.delivery.conversation import Conversation
from bot.domain.request import Command, Help, Misunderstood, Question
from bot.slack.payload import entry_point_of, workspace_of

if TYPE_CHECKING:
    from slack_bolt import BoltRequest

_NOBODY = frozenset({"link_shared", "app_uninstalled", "channel_id_changed", "tokens_revoked", "function_executed"})
"""Doors behind which nobody waits: a failure is in the log. A workflow's step ends itself, with a sentence."""


def place_of(request: BoltRequest) -> Conversation | None:
    """Return where to tell the person something; ``None`` where nobody asked or nobody is named."""
    context = request.context
    if entry_point_of(request.body) in _NOBODY or not context.user_id:
        return None
    channel = context.channel_id or context.user_id
    respond = context.respond if context.response_url else None
    alone = channel == context.user_id
    return Conversation(context.client, workspace_of(context), channel, context.user_id, respond, context.thread_ts, direct=alone)


def text_of(request: BoltRequest) -> str:
    """Return the words that ask the same again; ``""`` for a request that brings none."""
    parsed = request.context.get("request")
    return parsed.typed if isinstance(parsed, Question | Command | Help | Misunderstood) else ""
