"""The buttons under answers and notices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.delivery.seat import Seat
from bot.doors.payload import acked, workspace_of
from bot.render.blocks import ASK

if TYPE_CHECKING:
    from slack_bolt import App, BoltContext, Respond
    from slack_sdk import WebClient

    from bot.desk import Desk


def listen(app: App, desk: Desk) -> None:
    """Attach the buttons."""

    def answered(body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond) -> None:
        if body.get("container", {}).get("is_ephemeral"):
            respond(delete_original=True)  # a suggestion that was taken has done its work
        seat = Seat(client, workspace_of(context), body["channel"]["id"], body["user"]["id"], respond)
        notice = desk.allowance.ask(seat.workspace, seat.user)
        if notice is None:
            desk.courier.serve(seat, action["value"])
        else:
            desk.courier.tell(seat, notice)

    app.action(re.compile(rf"^{ASK}:"))(ack=acked, lazy=[answered])
