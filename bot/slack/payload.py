"""Read values from Slack's payloads and Bolt's context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks.controls import menu_choice
from bot.blocks.messages import action_kind
from bot.domain.access import NOBODY, Access
from bot.domain.request import Command, Help, Misunderstood, Question
from bot.slack_api.markup import plain_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from slack_bolt import Ack, BoltContext

    from bot.domain.request import Request

_FROM_PEOPLE = frozenset({None, "file_share", "me_message", "thread_broadcast"})
"""Subtypes of messages that people write. Others, such as ``channel_join``, are never questions."""


def message_in(event: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the message that a person wrote or edited; ``None`` for other events."""
    kind, message = event.get("type"), event
    if kind == "message" and event.get("subtype") == "message_changed":
        message = event.get("message") or {}
    if not isinstance(message, dict) or message.get("bot_id") or not message.get("user"):
        return None
    return message if kind == "app_mention" or (kind == "message" and message.get("subtype") in _FROM_PEOPLE) else None


def text_in(body: Mapping[str, Any], controls: Collection[str]) -> str | None:
    """Return a request's text, typed or from one of ``controls``; ``None`` if it has none."""
    event = body.get("event")
    if isinstance(event, dict):
        message = message_in(event)
        return None if message is None else plain_text(str(message.get("text") or ""))
    if "command" in body:
        return plain_text(str(body.get("text") or ""))
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    return selected_value(action) if isinstance(action, dict) and control_of(action) in controls else None


def control_of(action: Mapping[str, Any]) -> str:
    """Return the kind of a control: the part of the action id that all controls of the kind share.

    An option of the overflow menu counts as the control that it names.
    """
    choice = menu_choice(action)
    return choice[0] if choice else action_kind(str(action.get("action_id")))


def selected_value(action: Mapping[str, Any]) -> str:
    """Return the value of a button or of a selected option, or the question of an overflow menu; ``""`` if there is none."""
    choice = menu_choice(action)
    if choice:
        return choice[1]
    option = action.get("selected_option")
    value = action.get("value") or (option.get("value") if isinstance(option, dict) else None)
    return value if isinstance(value, str) else ""


def request_in(context: BoltContext) -> Request:
    """Return the parsed request.

    Raises:
        LookupError: if the request has no text.

    """
    request = context.get("request")
    if isinstance(request, Question | Command | Help | Misunderstood):
        return request
    raise LookupError("this payload has no text")


def access_in(context: BoltContext) -> Access:
    """Return the access that the guard determined; none if the guard didn't run."""
    value = context.get("access")
    return value if isinstance(value, Access) else NOBODY


def workspace_of(context: BoltContext) -> str:
    """Return the installation's workspace: the team, or the enterprise of an org-wide installation."""
    if context.is_enterprise_install and context.enterprise_id:
        return str(context.enterprise_id)
    value = context.authorize_result
    return str((value and value.team_id) or context.team_id or context.enterprise_id or "")


def acknowledge(ack: Ack) -> None:
    """Acknowledge without a message."""
    ack()


_KINDS = {
    "block_actions": "action",
    "block_suggestion": "suggestion",
    "view_submission": "modal",
    "view_closed": "modal",
    "shortcut": "shortcut",
}
_EVENTS = frozenset(
    {"app_mention", "message", "app_home_opened", "link_shared", "function_executed", "app_uninstalled", "tokens_revoked"}
) | {"channel_id_changed"}


def entry_point_of(body: dict[str, Any]) -> str:
    """Return a request's entry point, one of a fixed set of metric labels."""
    if "command" in body:
        return "command"
    event = body.get("event")
    kind = event.get("type") if isinstance(event, dict) else None
    if isinstance(kind, str) and kind in _EVENTS:
        return kind
    return _KINDS.get(str(body.get("type")), "other")
