"""Listeners for mentions and direct messages. Each message has one answer; editing the message updates it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.delivery.conversation import Conversation
from bot.domain.request import SourceMessage, words_of
from bot.slack.payload import access_in, acknowledge, message_in, request_in, workspace_of

if TYPE_CHECKING:
    from slack_bolt import App, BoltContext
    from slack_sdk import WebClient

    from bot.slack.services import Services


def listen(app: App, services: Services) -> None:
    """Add both listeners."""

    def handle_mention(event: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        _answer(services, event, context, client, direct=False)

    def handle_message(event: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        if event.get("channel_type") == "im":
            _answer(services, event, context, client, direct=True)

    app.event("app_mention")(ack=acknowledge, lazy=[handle_mention])
    app.event("message")(ack=acknowledge, lazy=[handle_message])


def _answer(services: Services, event: dict[str, Any], context: BoltContext, client: WebClient, *, direct: bool) -> None:
    """Answer a message that a person wrote or edited; ignore other events."""
    message = message_in(event)
    if message is None:
        return
    source = SourceMessage(workspace_of(context), str(event["channel"]), str(message["ts"]))
    edited = message.get("edited")
    version = str((edited.get("ts") if isinstance(edited, dict) else None) or source.ts)
    request = request_in(context)
    with services.one_answer.for_message(source, version, words_of(request)) as answer:
        if not answer.needed:
            return
        conversation = Conversation(
            client,
            source.workspace,
            source.channel,
            str(message["user"]),
            thread=message.get("thread_ts"),
            direct=direct,
            access=access_in(context),
            replaces_message=answer.ts is not None,
            message=answer.ts,
        )
        services.serve(conversation, request)
        answer.ts = conversation.answer_ts
