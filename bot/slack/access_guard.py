"""Enforce the access policy on every request, before Bolt chooses a listener.

Running as middleware, it can't be forgotten by a listener. Unlisted requests need membership. Checks that need the database, such
as whose subscription a number is, are made by the subscription service with the access that this guard puts into the context.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from bot.blocks.digest import DETAILS, NUMBERS
from bot.blocks.forms.prediction_form import FIELD, PLACE
from bot.blocks.forms.question_form import FORM
from bot.blocks.home import HOME, SUBSCRIBE, trouble_view
from bot.blocks.messages import BUILD, notice_blocks, notice_fallback
from bot.blocks.predictions import BET
from bot.conversation.refusal import refusal
from bot.delivery.conversation import Conversation
from bot.domain.access import MEMBERSHIP, ActorKind, Permission
from bot.slack.acknowledgement import start_after
from bot.slack.identity import Installation, access_of
from bot.slack.payload import access_in, control_of, workspace_of
from bot.slack.request_reader import CONTROLS_WITH_WORDS
from bot.slack_api.errors import FAILURES, error_code

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_bolt import App, BoltContext, BoltResponse, Respond
    from slack_bolt.request import BoltRequest
    from slack_sdk import WebClient

    from bot.domain.request import Request
    from bot.slack.services import Services

    Payload = Mapping[str, Any]

_log = logging.getLogger(__name__)

_UNLISTED = frozenset({MEMBERSHIP})
_CONTROLS = {BUILD: Permission.FORM, FORM: Permission.FORM, BET: Permission.CHANGE, FIELD: Permission.CHANGE}
_CONTROLS |= {DETAILS: Permission.SEE, NUMBERS: Permission.SEE}
_VIEWS = {BUILD: Permission.FORM, PLACE: Permission.CHANGE}
_EVENTS = {
    "app_mention": Permission.ASK,
    "message": Permission.ASK,
    "link_shared": Permission.ASK,
    "function_executed": Permission.ASK,
    "app_home_opened": Permission.FORM,
}
_WITHOUT_ACTOR = frozenset({"app_uninstalled", "channel_id_changed", "tokens_revoked"})
"""Events by which Slack itself speaks."""


def permissions_needed(body: Payload, request: Request | None) -> frozenset[Permission]:
    """Return what a payload needs: what its words need, whether typed or in a control.

    Nothing where Slack itself speaks, membership for what is not listed.
    """
    event = body.get("event")
    if isinstance(event, dict):
        return frozenset({request.permission}) if request else _of_event(event)
    if "command" in body:
        return frozenset({request.permission}) if request else _UNLISTED
    return _of_interaction(body, request)


def _of_interaction(body: Payload, request: Request | None) -> frozenset[Permission]:
    view, actions = body.get("view"), body.get("actions")
    match body.get("type"):
        case "block_actions" if isinstance(actions, list) and actions and isinstance(actions[0], dict):
            return _of_action(actions[0], request)
        case "view_submission" if isinstance(view, dict):
            return _only(_VIEWS, view.get("callback_id"))
        case "block_suggestion":
            return _only(_CONTROLS, control_of(body))
        case "shortcut":
            return frozenset({Permission.FORM})
        case "view_closed":
            return frozenset()  # no listener handles it
    return _UNLISTED


def _of_event(event: Payload) -> frozenset[Permission]:
    kind = str(event.get("type"))
    if kind in _WITHOUT_ACTOR:
        return frozenset()
    return _only(_EVENTS, kind)


def _of_action(action: Payload, request: Request | None) -> frozenset[Permission]:
    kind = control_of(action)
    if kind in _CONTROLS or kind not in CONTROLS_WITH_WORDS:
        return _only(_CONTROLS, kind)
    needs = {request.permission} if request else set(_UNLISTED)
    if kind == HOME:
        needs |= {Permission.FORM, *([Permission.CHANGE] if action.get("action_id") == SUBSCRIBE else [])}
    return frozenset(needs)


def _only(listed: Mapping[str, Permission], name: object) -> frozenset[Permission]:
    return frozenset({listed.get(str(name), MEMBERSHIP)})


def listen(app: App, services: Services) -> None:
    """Add the guard as middleware; call this before adding listeners."""

    def guard(req: BoltRequest, body: dict[str, Any], context: BoltContext, next_: Callable[[], BoltResponse]) -> BoltResponse:
        access = access_of(body, _installation(context))
        context["access"] = access
        if all(map(access.allows, permissions_needed(body, context.get("request")))):
            return next_()
        _log.info("request refused: %s in a %s", access.actor.kind, access.origin.kind)
        if access.actor.kind is ActorKind.APP:
            return context.ack()  # no reply, to avoid endless loops between bots
        answer = _immediate_refusal(body, context)
        if answer is None:
            start_after(context, notify_actor, req)
        return answer or context.ack()

    def notify_actor(body: dict[str, Any], context: BoltContext, client: WebClient, respond: Respond) -> None:
        _notify(services, body, context, client, respond)

    app.use(guard)


def _immediate_refusal(body: Payload, context: BoltContext) -> BoltResponse | None:
    """Return a refusal in the acknowledgement; ``None`` for requests whose acknowledgement can't contain a message."""
    notice, ack = refusal(access_in(context).actor.kind), context.ack
    if "command" in body:
        return ack(response_type="ephemeral", blocks=notice_blocks(notice), text=notice_fallback(notice))
    if body.get("type") == "block_suggestion":
        return ack(options=[])
    block = _first_input(body) if body.get("type") == "view_submission" else None
    return ack(response_action="errors", errors={block: notice.text}) if block else None


def _notify(services: Services, body: Payload, context: BoltContext, client: WebClient, respond: Respond) -> None:
    """Tell the refused person privately, or in App Home if they opened it."""
    access, workspace = access_in(context), workspace_of(context)
    user, channel, notice = access.actor.user, access.origin.channel, refusal(access.actor.kind)
    if not user or services.rate_limit.ask(workspace, user):
        return
    event = body.get("event")
    if not channel and isinstance(event, dict):
        try:
            client.views_publish(user_id=user, view=trouble_view(notice, "App Home is for members"))
        except FAILURES as error:
            _log.info("could not publish App Home: %s", error_code(error))
        return
    direct = not channel or channel.startswith("D")
    answer = respond if context.response_url else None
    conversation = Conversation(client, workspace, channel or user, user, answer, context.thread_ts, direct=direct)
    services.responder.tell(conversation, notice)


def _installation(context: BoltContext) -> Installation:
    """Return the installation from Bolt's authorization."""
    authorization = context.authorize_result
    team, enterprise = (authorization.team_id, authorization.enterprise_id) if authorization else (None, None)
    org_wide = bool(context.is_enterprise_install) or (team or "").startswith("E") or (team is None and enterprise is not None)
    return Installation(None if org_wide else team, enterprise or (team if org_wide else None), org_wide)


def _first_input(body: Payload) -> str | None:
    view = body.get("view")
    blocks = view.get("blocks") if isinstance(view, dict) else None
    inputs = (
        [block for block in blocks if isinstance(block, dict) and block.get("type") == "input"]
        if isinstance(blocks, list)
        else []
    )
    return str(inputs[0].get("block_id")) if inputs else None
