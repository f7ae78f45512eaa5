"""Listeners for App Home and its controls."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.blocks.home import ASKED, REFRESH, SUBSCRIBE, home_view, trouble_view
from bot.blocks.messages import COMMAND_ACTIONS
from bot.conversation.failures import notice_of
from bot.delivery.attempts import attempt
from bot.slack.listeners.modal_open import conversation_in, direct_conversation, membership_unknown
from bot.slack.payload import acknowledge, request_in, selected_value

if TYPE_CHECKING:
    from slack_bolt import App, BoltContext
    from slack_sdk import WebClient

    from bot.blocks.messages import Block
    from bot.delivery.conversation import Conversation
    from bot.slack.services import Services


def listen(app: App, services: Services) -> None:
    """Add the listeners. The button that opens the question form is handled in ``modal_open``."""

    def handle_opened(event: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        if event.get("tab") == "home":
            conversation = direct_conversation(client, context, event["user"])
            _publish(client, conversation.user, _view(services, conversation))

    def handle_refresh(body: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        conversation = direct_conversation(client, context, body["user"]["id"])
        _publish(client, conversation.user, _view(services, conversation))

    def handle_question(body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        conversation = direct_conversation(client, context, body["user"]["id"])
        _publish(client, conversation.user, _view(services, conversation, asked=selected_value(action)))
        services.serve(conversation, request_in(context))

    _listen_for_subscriptions(app, services)
    app.event("app_home_opened")(ack=acknowledge, lazy=[handle_opened])
    app.action(REFRESH)(ack=acknowledge, lazy=[handle_refresh])
    app.action(re.compile(rf"^{ASKED}:"))(ack=acknowledge, lazy=[handle_question])


def _listen_for_subscriptions(app: App, services: Services) -> None:
    def handle_command(body: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        """Run the command, then publish App Home again."""
        conversation = direct_conversation(client, context, body["user"]["id"])
        services.serve(conversation, request_in(context))
        _publish(client, conversation.user, _view(services, conversation))

    def handle_subscribe(body: dict[str, Any], action: dict[str, Any], context: BoltContext, client: WebClient) -> None:
        """Subscribe the selected conversation with the default schedule."""
        conversation = direct_conversation(client, context, body["user"]["id"])
        where = str(action.get("selected_conversation") or "")
        if where:
            target = conversation_in(services, conversation, where)
            if target:
                services.serve(target, services.parser.parse("subscribe"))
            else:
                services.responder.tell(conversation, membership_unknown("subscribe"))
        _publish(client, conversation.user, _view(services, conversation))

    app.action(SUBSCRIBE)(ack=acknowledge, lazy=[handle_subscribe])
    app.action(COMMAND_ACTIONS, matchers=[_on_the_home])(ack=acknowledge, lazy=[handle_command])


def _on_the_home(body: dict[str, Any]) -> bool:
    return "view" in body


def _view(services: Services, conversation: Conversation, asked: str | None = None) -> Block:
    try:
        sections = services.subscription_service.home_sections(conversation)
        today = datetime.now(UTC).date()
        summary, progress = services.name_index.current(), services.history_progress()
        return home_view(summary, services.entries, today, asked=asked, sections=sections, progress=progress)
    except Exception as error:  # noqa: BLE001 - logged with the reference ID that App Home shows
        return trouble_view(notice_of(error))


def _publish(client: WebClient, user: str, view: Block) -> None:
    attempt("could not publish App Home", lambda: client.views_publish(user_id=user, view=view))
