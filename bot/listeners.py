"""Slack's doors: the slash command, mentions, direct messages, buttons. Each hands on within the time Slack allows."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from bot.delivery import Seat, serve, tell
from bot.render.blocks import ASK, notice_blocks, notice_fallback
from bot.router import failure

if TYPE_CHECKING:
    from slack_bolt import Ack, App, BoltContext, Respond
    from slack_sdk import WebClient

    from bot.router import Router

COMMAND = "/hfstats"
_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")
_log = logging.getLogger(__name__)


def listen(app: App, router: Router) -> None:
    """Attach every door to ``app``. Work goes on in Bolt's lazy listeners, after Slack has its acknowledgement."""

    def command_acked(ack: Ack, command: dict[str, Any]) -> None:
        at_once = router.at_once(plain(command.get("text", "")))
        if at_once is None:
            ack()
        else:
            ack(response_type="ephemeral", blocks=notice_blocks(at_once), text=notice_fallback(at_once))

    def command_answered(command: dict[str, Any], client: WebClient, respond: Respond) -> None:
        text = plain(command.get("text", ""))
        if router.at_once(text) is None:
            serve(Seat(client, command["channel_id"], command["user_id"], respond), text, router.reply)

    def button_answered(body: dict[str, Any], action: dict[str, Any], client: WebClient, respond: Respond) -> None:
        if body.get("container", {}).get("is_ephemeral"):
            respond(delete_original=True)  # a suggestion that was taken has done its work
        serve(Seat(client, body["channel"]["id"], body["user"]["id"], respond), action["value"], router.reply)

    def mentioned(event: dict[str, Any], client: WebClient) -> None:
        text = plain(_MENTION.sub(" ", event.get("text", "")))
        _converse(Seat(client, event["channel"], event["user"], thread=event.get("thread_ts")), text, router)

    def messaged(event: dict[str, Any], client: WebClient) -> None:
        if event.get("channel_type") == "im" and not event.get("subtype") and not event.get("bot_id"):
            _converse(Seat(client, event["channel"], event["user"], direct=True), plain(event.get("text", "")), router)

    app.command(COMMAND)(ack=command_acked, lazy=[command_answered])
    app.action(re.compile(rf"^{ASK}:"))(ack=_acked, lazy=[button_answered])
    app.event("app_mention")(ack=_acked, lazy=[mentioned])
    app.event("message")(ack=_acked, lazy=[messaged])
    app.error(_failed)


def _acked(ack: Ack) -> None:
    ack()


def _converse(seat: Seat, text: str, router: Router) -> None:
    at_once = router.at_once(text)
    if at_once is None:
        serve(seat, text, router.reply)
    else:
        tell(seat, at_once)


def _failed(error: Exception, context: BoltContext) -> None:
    """Give whoever waited the reference under which the failure stands in the log."""
    notice = failure(error)
    if context.response_url and context.respond:
        context.respond(
            blocks=notice_blocks(notice), text=notice_fallback(notice), response_type="ephemeral", replace_original=False
        )


def plain(text: str) -> str:
    """Undo Slack's escaping of the three characters that it escapes."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()
