"""Listeners for the controls under answers and notices."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from bot.blocks.controls import ABOUT, BREAK_DOWN, GO, MORE, NAME, POST, VIEW, asker, name_choices, thread_in
from bot.blocks.messages import ASK
from bot.delivery.conversation import Conversation
from bot.domain.reply import Notice, about_data
from bot.domain.request import Question
from bot.slack.payload import access_in, acknowledge, control_of, request_in, workspace_of
from bot.slack_api import response_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import App, BoltContext, Respond
    from slack_sdk import WebClient

    from bot.slack.services import Services

_log = logging.getLogger(__name__)


_NO_NAMES = Notice("The data has changed, and this answer no longer has names to break it down by. Ask again to see the new one.")


def listen(app: App, services: Services) -> None:
    """Add the listeners for every control that asks a question, and for what an answer shows to one person."""

    def handle_action(
        body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond
    ) -> None:
        kind = control_of(action)
        if kind in {ASK, NAME} and is_ephemeral(body):
            remove(client, respond)  # suggestions disappear once used
        place = (workspace_of(context), channel_of(body), body["user"]["id"])
        conversation = _conversation(Conversation(client, *place, respond, access=access_in(context)), kind, body, action)
        if services.serve(conversation, request_in(context)) and kind == POST:
            remove(client, respond)  # the public answer replaces it

    def handle_details(
        body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond
    ) -> None:
        place = (workspace_of(context), channel_of(body), body["user"]["id"])
        conversation = Conversation(client, *place, respond, access=access_in(context))
        conversation.thread = body.get("container", {}).get("thread_ts")
        request = request_in(context)
        notice = services.immediate_notice(request) or services.rate_limit.ask(conversation.workspace, conversation.user)
        if notice is None and isinstance(request, Question):
            reply = services.router.reply(request.query)
            if reply.answer is None:
                notice = reply.notice
            elif control_of(action) == ABOUT:
                notice = about_data(reply.answer)
            elif reply.answer.follow_ups.breakdown:
                names = name_choices(reply.answer, None if is_ephemeral(body) else thread_of(body))
                services.responder.show(conversation, names, f"Break down {reply.answer.query}")
            else:
                notice = _NO_NAMES
        if notice:
            services.responder.tell(conversation, notice)

    app.action(re.compile(rf"^(?:{ASK}|{VIEW}|{GO}|{NAME}|{POST})(?::|$)"))(ack=acknowledge, lazy=[handle_action])
    on_control(app, BREAK_DOWN, handle_details)
    on_control(app, ABOUT, handle_details)


def on_control(app: App, kind: str, work: Callable[..., None]) -> None:
    """Add a listener for a control that can be a button of its own or an option of the overflow menu."""

    def is_chosen(action: dict[str, Any]) -> bool:
        return control_of(action) == kind

    app.action(re.compile(rf"^{kind}(?::|$)"))(ack=acknowledge, lazy=[work])
    app.action(MORE, matchers=[is_chosen])(ack=acknowledge, lazy=[work])


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
    if kind == NAME:
        conversation.thread = None if conversation.channel.startswith("D") else thread_in(str(action.get("block_id", "")))
    elif is_ephemeral(body):
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
