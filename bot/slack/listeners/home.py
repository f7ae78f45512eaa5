"""The App Home: shown when it is opened, and what is pressed on it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.blocks.home import ASKED, REFRESH, SHOWN, SUBSCRIBE, home_view, subscriptions_section, trouble_view
from bot.blocks.subscriptions import CLERK
from bot.conversation.router import notice_of
from bot.delivery.lifecycle import attempt
from bot.slack.listeners.actions import chosen, unusable
from bot.slack.listeners.modal_open import at_home, not_known_in, seated_in
from bot.slack.payload import acked

if TYPE_CHECKING:
    from slack_bolt import App, BoltContext
    from slack_sdk import WebClient

    from bot.blocks.messages import Block
    from bot.delivery.conversation import Seat
    from bot.slack.services import Desk


def listen(app: App, desk: Desk) -> None:
    """Attach the Home and its buttons. The one that opens the form is the same everywhere."""

    def opened(event: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        if event.get("tab") == "home":
            seat = at_home(client, context, event["user"])
            _publish(client, seat.user, _view(desk, seat))

    def refreshed(body: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        seat = at_home(client, context, body["user"]["id"])
        _publish(client, seat.user, _view(desk, seat))

    def asked(body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        seat, text = at_home(client, context, body["user"]["id"]), chosen(action)
        _publish(client, seat.user, _view(desk, seat, asked=text))
        notice = unusable(desk, seat, text)
        if notice:
            desk.courier.tell(seat, notice)
        else:
            desk.serve(seat, text)

    _listen_for_the_clerk(app, desk)
    app.event("app_home_opened")(ack=acked, lazy=[opened])
    app.action(REFRESH)(ack=acked, lazy=[refreshed])
    app.action(re.compile(rf"^{ASKED}:"))(ack=acked, lazy=[asked])


def _listen_for_the_clerk(app: App, desk: Desk) -> None:
    def kept(body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        """Do what the clerk is told from here, then show how things are."""
        seat, text = at_home(client, context, body["user"]["id"]), chosen(action)
        notice = unusable(desk, seat, text)
        if notice:
            desk.courier.tell(seat, notice)
        else:
            desk.serve(seat, text)
        _publish(client, seat.user, _view(desk, seat))

    def subscribed(body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        """Subscribe the conversation that was chosen: monthly, as most want it; it can be changed there."""
        seat = at_home(client, context, body["user"]["id"])
        where = str(action.get("selected_conversation") or "")
        notice = desk.allowance.ask(seat.workspace, seat.user)
        if notice:
            desk.courier.tell(seat, notice)
        elif where:
            there = seated_in(desk, seat, where)
            if there:
                desk.serve(there, "subscribe")
            else:
                desk.courier.tell(seat, not_known_in("subscribe"))
        _publish(client, seat.user, _view(desk, seat))

    app.action(SUBSCRIBE)(ack=acked, lazy=[subscribed])
    app.action(re.compile(rf"^{CLERK}(?::|$)"), matchers=[_on_the_home])(ack=acked, lazy=[kept])


def _on_the_home(body: dict[str, Any]) -> bool:
    return "view" in body


def _view(desk: Desk, seat: Seat, asked: str | None = None) -> Block:
    try:
        kept = subscriptions_section(desk.clerk.rows(seat, many=SHOWN))
        return home_view(desk.catalog.current(), desk.entries, datetime.now(UTC).date(), asked=asked, sections=[kept])
    except Exception as error:  # noqa: BLE001 - logged with its trace under the reference that the Home then shows
        return trouble_view(notice_of(error))


def _publish(client: WebClient, user: str, view: Block) -> None:
    attempt("the Home was not published", lambda: client.views_publish(user_id=user, view=view))
