"""Listeners for the buttons of subscriptions, alerts, digests and notices."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from bot.blocks.digest import DETAILS, NUMBERS
from bot.blocks.messages import COMMAND_ACTIONS
from bot.delivery.conversation import Conversation
from bot.delivery.send import send
from bot.domain.reply import Notice
from bot.slack.direct_message import file_introduction
from bot.slack.listeners.actions import channel_of, is_ephemeral, thread_of
from bot.slack.payload import access_in, acknowledge, request_in, selected_value, workspace_of
from bot.slack_api.errors import FAILURES, PostResult, error_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slack_bolt import App, BoltContext, Respond
    from slack_sdk import WebClient

    from bot.blocks.messages import Block
    from bot.domain.content import Content
    from bot.slack.services import Services

_log = logging.getLogger(__name__)

_GONE = Notice(
    "I don't have that digest's numbers anymore. To see it again, type “digest” and the month.", suggestions=("digest now",)
)
_MESSAGE_SIZE = 9000
"""Most characters of a message of details: three of the largest blocks."""
_NOT_SHOWN = Notice("I couldn't show all the details here. Press the button again in a minute.")
_NO_FILE = Notice("I couldn't share a file here. Invite me with “/invite @hfstats”, then press the button again.")


def listen(app: App, services: Services) -> None:
    """Add the listeners. Buttons in App Home are handled in ``home``."""

    def handle_command(body: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond) -> None:
        services.serve(_conversation(body, context, client, respond), request_in(context))

    def handle_details(
        body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond
    ) -> None:
        conversation = _conversation(body, context, client, respond, in_thread=True)
        content = _content(services, conversation, action)
        if content:
            text = content.text.partition("\n")[0]
            for blocks in _messages(content.details):
                if send(conversation.post_methods(), iter([blocks, []]), text) is not PostResult.DELIVERED:
                    services.responder.tell(conversation, _NOT_SHOWN)
                    break

    def handle_export(
        body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond
    ) -> None:
        conversation = _conversation(body, context, client, respond, in_thread=True)
        content = _content(services, conversation, action)
        if content and not _share_files(conversation, content):
            services.responder.tell(conversation, _NO_FILE)

    app.action(COMMAND_ACTIONS, matchers=[_in_a_message])(ack=acknowledge, lazy=[handle_command])
    app.action(DETAILS)(ack=acknowledge, lazy=[handle_details])
    app.action(NUMBERS)(ack=acknowledge, lazy=[handle_export])


def _messages(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Divide blocks into as few messages as their size allows."""
    message: list[Block] = []
    for block in blocks:
        if message and sum(len(str(one)) for one in (*message, block)) > _MESSAGE_SIZE:
            yield message
            message = []
        message.append(block)
    yield message


def _in_a_message(body: dict[str, Any]) -> bool:
    return "view" not in body


def _conversation(
    body: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond, *, in_thread: bool = False
) -> Conversation:
    """Return the conversation for the reply; an ephemeral or direct message is replaced by it."""
    place = (workspace_of(context), channel_of(body), body["user"]["id"])
    conversation = Conversation(client, *place, respond, access=access_in(context))
    if is_ephemeral(body):
        conversation.quiet = conversation.replaces_message = True
    elif in_thread:
        conversation.thread = thread_of(body)
    elif conversation.channel.startswith("D"):
        conversation.replaces_message, conversation.message = True, body.get("container", {}).get("message_ts")
    return conversation


def _content(services: Services, conversation: Conversation, action: dict[str, Any]) -> Content | None:
    notice = services.rate_limit.ask(conversation.workspace, conversation.user)
    stored = None if notice else services.subscription_service.delivery_context.built_digests.get(selected_value(action))
    if stored is None:
        services.responder.tell(conversation, notice or _GONE)
        return None
    return stored[0]


def _share_files(conversation: Conversation, content: Content) -> bool:
    """Share the files in the thread or, if that fails, in a direct message; returns whether all were shared."""
    return all(_upload(conversation, name, text) or _send(conversation, name, text) for name, text in content.files.items())


def _upload(conversation: Conversation, name: str, text: str, direct: str | None = None) -> bool:
    thread = None if direct else conversation.thread
    try:
        conversation.client.files_upload_v2(
            content=text, filename=name, title=name, channel=direct or conversation.channel, thread_ts=thread
        )
    except FAILURES as error:
        _log.info("could not share a file: %s", error_code(error))
        return False
    return True


def _send(conversation: Conversation, name: str, text: str) -> bool:
    """Send a file in a direct message; posting a message first opens the conversation without another scope."""
    try:
        opened = conversation.client.chat_postMessage(
            channel=conversation.user, text="The numbers of the digest as CSV:", unfurl_links=False
        )
    except FAILURES as error:
        _log.warning("no direct message: %s", error_code(error))
        return False
    with file_introduction(conversation.client, opened) as message:
        message.has_file = _upload(conversation, name, text, str(opened["channel"]))
    return message.has_file
