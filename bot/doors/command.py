"""The slash command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.delivery.seat import Seat
from bot.doors.payload import plain, workspace_of
from bot.render.blocks import notice_blocks, notice_fallback

if TYPE_CHECKING:
    from slack_bolt import Ack, App, BoltContext, Respond
    from slack_sdk import WebClient

    from bot.desk import Desk

COMMAND = "/hfstats"


def listen(app: App, desk: Desk) -> None:
    """Attach the command."""

    def acked(ack: Ack, command: dict[str, Any]) -> None:
        notice = desk.router.at_once(plain(command.get("text", "")))
        if notice is None:
            ack()
        else:
            ack(response_type="ephemeral", blocks=notice_blocks(notice), text=notice_fallback(notice))

    def answered(command: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond) -> None:
        text = plain(command.get("text", ""))
        if desk.router.at_once(text) is not None:
            return
        seat = Seat(client, workspace_of(context), command["channel_id"], command["user_id"], respond)
        notice = desk.allowance.ask(seat.workspace, seat.user)
        if notice is None:
            desk.courier.serve(seat, text)
        else:
            desk.courier.tell(seat, notice)

    app.command(COMMAND)(ack=acked, lazy=[answered])
