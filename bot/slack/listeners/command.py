"""The slash command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks.controls import GO
from bot.blocks.messages import ASK, notice_blocks, notice_fallback
from bot.delivery.conversation import Conversation
from bot.slack.payload import access_in, plain, workspace_of

if TYPE_CHECKING:
    from slack_bolt import Ack, App, BoltContext, Respond
    from slack_sdk import WebClient

    from bot.slack.services import Services

COMMAND = "/hfstats"
_QUIET = {"quiet", "quietly"}


def listen(app: App, services: Services) -> None:
    """Attach the command."""

    def acked(ack: Ack, command: dict[str, Any]) -> None:
        text, quiet = aside(plain(command.get("text", "")))
        notice = services.router.at_once(text)
        if notice is None:
            ack()
        else:
            blocks = notice_blocks(notice, GO if quiet else ASK)
            ack(response_type="ephemeral", blocks=blocks, text=notice_fallback(notice))

    def answered(command: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond) -> None:
        text, quiet = aside(plain(command.get("text", "")))
        if services.router.at_once(text) is not None:
            return
        place = (workspace_of(context), command["channel_id"], command["user_id"])
        conversation = Conversation(client, *place, respond, quiet=quiet, access=access_in(context))
        notice = services.rate_limit.ask(conversation.workspace, conversation.user)
        if notice is None:
            services.serve(conversation, text)
        else:
            services.responder.tell(conversation, notice)

    app.command(COMMAND)(ack=acked, lazy=[answered])


def aside(text: str) -> tuple[str, bool]:
    """Take ``quiet`` off a line where it is the first or the last word, and tell whether it was; in quotes it is a name."""
    words = text.split()
    first = bool(words) and words[0].casefold() in _QUIET
    last = len(words) > first and words[-1].casefold() in _QUIET
    if first or last:
        return " ".join(words[first : len(words) - last]), True
    return text, False
