"""The listener for the slash command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks.controls import GO
from bot.blocks.messages import ASK, notice_blocks, notice_fallback
from bot.delivery.conversation import Conversation
from bot.slack.payload import access_in, request_in, workspace_of

if TYPE_CHECKING:
    from slack_bolt import Ack, App, BoltContext, Respond
    from slack_sdk import WebClient

    from bot.slack.services import Services

COMMAND = "/hfstats"


def listen(app: App, services: Services) -> None:
    """Add the listener."""

    def acknowledge(ack: Ack, context: BoltContext) -> None:
        request = request_in(context)
        notice = services.immediate_notice(request)
        if notice is None:
            ack()
        else:
            blocks = notice_blocks(notice, GO if request.quiet else ASK)
            ack(response_type="ephemeral", blocks=blocks, text=notice_fallback(notice))

    def handle_command(command: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond) -> None:
        request = request_in(context)
        if services.immediate_notice(request) is None:
            place = (workspace_of(context), command["channel_id"], command["user_id"])
            services.serve(Conversation(client, *place, respond, access=access_in(context)), request)

    app.command(COMMAND)(ack=acknowledge, lazy=[handle_command])
