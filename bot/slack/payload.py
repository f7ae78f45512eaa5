"""What stands where in the payloads that Slack sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.blocks.messages import action_kind
from bot.domain.access import NOBODY, Access
from bot.domain.request import Command, Help, Misunderstood, Question
from bot.slack_api.markup import plain_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from slack_bolt import Ack, BoltContext

    from bot.domain.request import Request

_FROM_PEOPLE = frozenset({None, "file_share", "me_message", "thread_broadcast"})
"""Subtypes of messages that people write; of the others (somebody joined, a topic was set …) none asks anything."""


def message_in(event: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the message of an event that a person wrote or edited; ``None`` for every other event."""
    kind, message = event.get("type"), event
    if kind == "message" and event.get("subtype") == "message_changed":
        message = event.get("message") or {}
    if not isinstance(message, dict) or message.get("bot_id") or not message.get("user"):
        return None
    return message if kind == "app_mention" or (kind == "message" and message.get("subtype") in _FROM_PEOPLE) else None


def text_in(body: Mapping[str, Any], controls: Collection[str]) -> str | None:
    """Return the words that a request brings, typed or in the value of one of ``controls``; ``None`` where it brings none."""
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
    """Return which control was used: the part of its action id that all of its kind share."""
    return action_kind(str(action.get("action_id")))


def selected_value(action: Mapping[str, Any]) -> str:
    """Return the words that a button or a chosen option holds; ``""`` where it holds none."""
    option = action.get("selected_option")
    value = action.get("value") or (option.get("value") if isinstance(option, dict) else None)
    return value if isinstance(value, str) else ""


def request_in(context: BoltContext) -> Request:
    """Return what the request's words were read as.

    Raises:
        LookupError: for a request that brings no words.

    """
    request = context.get("request")
    if isinstance(request, Question | Command | Help | Misunderstood):
        return request
    raise LookupError("this payload holds no words")


def access_in(context: BoltContext) -> Access:
    """Return what the guard found that a request may do; nothing where no guard looked at it."""
    value = context.get("access")
    return value if isinstance(value, Access) else NOBODY


def workspace_of(context: BoltContext) -> str:
    """Return whose installation a request comes through: the team's or, where it is org-wide, the enterprise's."""
    if context.is_enterprise_install and context.enterprise_id:
        return str(context.enterprise_id)
    value = context.authorize_result
    return str((value and value.team_id) or context.team_id or context.enterprise_id or "")


def acknowledge(ack: Ack) -> None:
    """Acknowledge, and say nothing yet."""
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
    """Name the door that a request comes through: one of a few words, whatever Slack sends."""
    if "command" in body:
        return "command"
    event = body.get("event")
    kind = event.get("type") if isinstance(event, dict) else None
    if isinstance(kind, str) and kind in _EVENTS:
        return kind
    return _KINDS.get(str(body.get("type")), "other")
