"""Listeners for the bet form: opening, updates, name suggestions, validation and submission."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analytics.domain import Dimension
from analytics.names import licenses
from bot.blocks.forms.prediction_form import FIELD, OF, PLACE, bet_view, mistakes, ranking_of, read_view, suggestions
from bot.blocks.predictions import BET
from bot.conversation.name_index import near
from bot.delivery.conversation import Conversation
from bot.domain.access import Permission
from bot.domain.prediction import Draft, closed_reason, open_months
from bot.domain.reply import Notice
from bot.domain.request import Command
from bot.domain.store_summary import Name
from bot.slack.listeners.actions import channel_of
from bot.slack.listeners.command import COMMAND
from bot.slack.listeners.modal_open import conversation_in, direct_conversation, membership_unknown
from bot.slack.payload import access_in, acknowledge, request_in, workspace_of
from bot.slack_api.errors import FAILURES, error_code
from bot.slack_api.markup import unescaped

if TYPE_CHECKING:
    from slack_bolt import Ack, App, BoltContext, Respond
    from slack_sdk import WebClient

    from analytics.digest.edition import Edition
    from bot.domain.request import Request
    from bot.slack.services import Services

_OFFERED = 30
_PATIENCE = 1.0
"""Seconds that the first suggestions wait for the name index; Slack waits three."""
_FAMILIES = tuple(Name(one) for one in licenses.FAMILIES)

_log = logging.getLogger(__name__)


def listen(app: App, services: Services) -> None:
    """Add the listeners; call this before adding the slash command, which takes complete bets."""

    def opens_form(context: BoltContext) -> bool:
        draft = draft_of(request_in(context))
        return draft is not None and not draft.complete

    def from_command(command: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond) -> None:
        place = (workspace_of(context), command["channel_id"], command["user_id"])
        conversation = Conversation(client, *place, respond, access=access_in(context))
        _open(services, conversation, command["trigger_id"], draft_of(request_in(context)))

    def from_button(body: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond) -> None:
        user = body["user"]["id"]
        in_message = Conversation(client, workspace_of(context), channel_of(body), user, respond, access=access_in(context))
        conversation = in_message if context.response_url else direct_conversation(client, context, user)
        _open(services, conversation, body["trigger_id"], draft_of(request_in(context)))

    _listen_inside(app, services)
    app.command(COMMAND, matchers=[opens_form])(ack=acknowledge, lazy=[from_command])
    app.action(re.compile(rf"^{BET}(?::|$)"))(ack=acknowledge, lazy=[from_button])


def _listen_inside(app: App, services: Services) -> None:
    def handle_change(body: dict[str, Any], client: WebClient) -> None:
        draft, where = read_view(body["view"])
        try:
            client.views_update(view_id=body["view"]["id"], view=bet_view(draft, _months(services), where))
        except FAILURES as error:  # most likely closed; a submission is validated again
            _log.info("could not update the bet form: %s", error_code(error))

    def handle_suggestion(ack: Ack, payload: dict[str, Any]) -> None:
        of, typed = ranking_of(payload["block_id"]), unescaped(payload.get("value") or "")
        ack(**suggestions(of, _near(services, of, typed), typed))

    def validate(ack: Ack, body: dict[str, Any]) -> None:
        draft, _ = read_view(body["view"])
        there = body["view"]["state"]["values"]
        wrong = {block if block in there else OF: text for block, text in mistakes(draft, _late(services, draft)).items()}
        if wrong:
            ack(response_action="errors", errors=wrong)
        else:
            ack()

    def handle_submission(body: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond) -> None:
        draft, where = read_view(body["view"])
        if mistakes(draft, _late(services, draft)):
            return
        conversation = direct_conversation(client, context, body["user"]["id"])
        there = conversation_in(services, conversation, where, body, respond) if where else conversation
        if there is None:
            services.responder.tell(conversation, membership_unknown(str(draft)))
        else:
            services.serve(there, services.parser.parse(str(draft)))

    app.action(re.compile(rf"^{FIELD}:"), matchers=[_in_the_form])(ack=acknowledge, lazy=[handle_change])
    app.options(re.compile(rf"^{FIELD}:"))(handle_suggestion)
    app.view(PLACE)(ack=validate, lazy=[handle_submission])


def _in_the_form(body: dict[str, Any]) -> bool:
    return "view" in body


def _open(services: Services, conversation: Conversation, trigger: str, draft: Draft | None) -> None:
    """Open the form, filled in with a draft; notifies the user if Slack refuses or the month is closed."""
    if not services.admits(conversation, Permission.CHANGE):
        return
    months = _months(services)
    draft = draft or Draft()
    late = _late(services, draft)
    if late:
        services.responder.tell(conversation, Notice(late, suggestions=(str(replace(draft, month=months[0])), "help predict")))
        return
    view = bet_view(
        draft if draft.month else replace(draft, month=months[-1]), months, None if conversation.direct else conversation.channel
    )
    try:
        conversation.client.views_open(trigger_id=trigger, view=view)
    except FAILURES as error:
        _log.warning("could not open the bet form: %s", error_code(error))
        whole = str(replace(draft, name=draft.name or "Alibaba", percent=draft.percent or 70, month=draft.month or months[-1]))
        services.responder.tell(
            conversation,
            Notice(
                f"Slack didn't let me open the form ({error_code(error)}). Type a bet, for example: {COMMAND} {whole}",
                suggestions=("bets", "help predict"),
            ),
        )


def draft_of(request: Request) -> Draft | None:
    """Return the draft of a bet in a request; ``None`` if there is none."""
    return request.bet if isinstance(request, Command) else None


def _months(services: Services) -> tuple[Edition, ...]:
    return open_months(services.subscription_service.delivery_context.clock())


def _late(services: Services, draft: Draft) -> str:
    return closed_reason(draft.month, services.subscription_service.delivery_context.clock()) if draft.month else ""


def _near(services: Services, of: Dimension, typed: str) -> list[str]:
    """Return matching names; none if the name index isn't available yet."""
    if of is Dimension.FAMILY:
        return near(_FAMILIES, typed, _OFFERED)
    summary = services.name_index.cached(_PATIENCE)
    return near(summary.names.get(of.value, ()), typed, _OFFERED) if summary else []
