"""The App Home: shown when it is opened, and what is pressed on it."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from analytics.errors import HfStatsError
from bot.delivery.failures import FAILURES, said
from bot.doors.buttons import chosen, unusable
from bot.doors.opening import at_home
from bot.doors.payload import acked
from bot.render.home import ASKED, REFRESH, home_view, trouble_view
from bot.reply import Notice
from bot.router import failure

if TYPE_CHECKING:
    from slack_bolt import App, BoltContext
    from slack_sdk import WebClient

    from bot.desk import Desk
    from bot.render.blocks import Block

_log = logging.getLogger(__name__)


def listen(app: App, desk: Desk) -> None:
    """Attach the Home and its buttons. The one that opens the form is the same everywhere."""

    def opened(event: dict[str, Any], client: WebClient) -> None:
        if event.get("tab") == "home":
            _publish(client, event["user"], _view(desk))

    def refreshed(body: dict[str, Any], client: WebClient) -> None:
        _publish(client, body["user"]["id"], _view(desk))

    def asked(body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        seat, text = at_home(client, context, body["user"]["id"]), chosen(action)
        _publish(client, seat.user, _view(desk, asked=text))
        notice = unusable(desk, seat, text)
        if notice:
            desk.courier.tell(seat, notice)
        else:
            desk.courier.serve(seat, text)

    app.event("app_home_opened")(ack=acked, lazy=[opened])
    app.action(REFRESH)(ack=acked, lazy=[refreshed])
    app.action(re.compile(rf"^{ASKED}:"))(ack=acked, lazy=[asked])


def _view(desk: Desk, asked: str | None = None) -> Block:
    try:
        return home_view(desk.catalog.current(), desk.entries, datetime.now(UTC).date(), asked=asked)
    except HfStatsError as error:
        return trouble_view(Notice(str(error)))
    except Exception:  # noqa: BLE001 - logged with its trace under the reference that the Home then shows
        return trouble_view(failure())


def _publish(client: WebClient, user: str, view: Block) -> None:
    try:
        client.views_publish(user_id=user, view=view)
    except FAILURES as error:
        _log.warning("the Home was not published: %s", said(error))
