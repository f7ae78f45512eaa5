"""Listeners for the controls under answers and notices."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from bot.blocks.controls import GO, POST, VIEW, asker
from bot.blocks.messages import ASK
from bot.delivery.conversation import Conversation
from bot.slack.payload import access_in, acknowledge, control_of, request_in, workspace_of
from bot.slack_api import response_url

if TYPE_CHECKING:
    from slack_bolt import App, BoltContext, Respond
    from slack_sdk import WebClient

    from bot.slack.services import Services

_log = logging.getLogger(__name__)


def listen(app: App, services: Services) -> None:
    """Add the listener for every control that asks a question."""

    def handle_action(
        body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond
    ) -> None:
        kind = control_of(action)
        if kind == ASK and is_ephemeral(body):
            remove(client, respond)  # suggestions disappear once used
        place = (workspace_of(context), channel_of(body), body["user"]["id"])
        conversation = _conversation(Conversation(client, *place, respond, access=access_in(context)), kind, body, action)
        if services.serve(conversation, request_in(context)) and kind == POST:
            remove(client, respond)  # the public answer replaces it

    app.action(re.compile(rf"^(?:{ASK}|{VIEW}|{GO}|{POST})(?::|$)"))(ack=acknowledge, lazy=[handle_action])


def is_ephemeral(body: dict[str, Any]) -> bool:
    """Return whether the message is visible only to the user."""
    return bool(body.get("container", {}).get("is_ephemeral"))


def channel_of(body: dict[str, Any]) -> str:
    """Return the channel of the action; outside of channels, the user's id, for a direct message."""
    return str((body.get("channel") or body["user"])["id"])


def thread_of(body: dict[str, Any]) -> str | None:
    """Return the timestamp of the message's thread, or of the message itself."""
    container = body.get("container", {})
    ts = container.get("thread_ts") or container.get("message_ts")
    return str(ts) if ts else None


def remove(client: WebClient, respond: Respond) -> None:
    """Delete the message with the button. Errors are only logged."""
    response_url.deliver(client, respond.response_url, {"delete_original": True})


def _conversation(conversation: Conversation, kind: str, body: dict[str, Any], action: dict[str, Any]) -> Conversation:
    """Set where the answer goes: in place of the message, in its thread, or into the conversation."""
    if is_ephemeral(body):
        conversation.quiet = conversation.replaces_message = kind in {VIEW, GO}
    elif kind == VIEW:
        conversation.replaces_message = True
        conversation.message = body.get("container", {}).get("message_ts")
    elif kind == GO and not conversation.channel.startswith("D"):  # in direct messages, threads aren't needed
        conversation.thread = thread_of(body)
    else:
        conversation.thread = body.get("container", {}).get("thread_ts")
    if conversation.replaces_message:
        conversation.asked_by = asker(str(action.get("block_id", "")))
    return conversation
