"""Mentions and direct messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.delivery.conversation import Conversation
from bot.slack.payload import access_in, acked, request_in, workspace_of

if TYPE_CHECKING:
    from slack_bolt import App, BoltContext
    from slack_sdk import WebClient

    from bot.slack.services import Services


def listen(app: App, services: Services) -> None:
    """Attach both events."""

    def mentioned(event: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        if event.get("bot_id"):
            return
        place, access = (workspace_of(context), event["channel"], event["user"]), access_in(context)
        conversation = Conversation(client, *place, thread=event.get("thread_ts"), access=access)
        services.serve(conversation, request_in(context))

    def messaged(event: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        direct = event.get("channel_type") == "im" and not event.get("subtype") and not event.get("bot_id")
        if direct:
            place, access = (workspace_of(context), event["channel"], event["user"]), access_in(context)
            services.serve(Conversation(client, *place, direct=True, access=access), request_in(context))

    app.event("app_mention")(ack=acked, lazy=[mentioned])
    app.event("message")(ack=acked, lazy=[messaged])
