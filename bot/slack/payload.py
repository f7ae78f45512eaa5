"""What stands where in the payloads that Slack sends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.domain.access import NOBODY, Access
from bot.domain.request import Command, Help, Misunderstood, Question

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from slack_bolt import Ack, BoltContext

    from bot.domain.request import Request

_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")


def plain(text: str) -> str:
    """Undo Slack's escaping of the three characters that it escapes."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def words_of(event: Mapping[str, Any]) -> str:
    """Return what a message says to the bot, without the bot's name."""
    text = event.get("text")
    return plain(_MENTION.sub(" ", text)) if isinstance(text, str) else ""


def typed_in(body: Mapping[str, Any], controls: Collection[str]) -> str | None:
    """Return the words that a request brings, typed or in the value of one of ``controls``; ``None`` where it brings none."""
    event = body.get("event")
    if isinstance(event, dict):
        kind = event.get("type")
        return words_of(event) if kind == "app_mention" or (kind == "message" and not event.get("subtype")) else None
    if "command" in body:
        return plain(str(body.get("text") or ""))
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    return chosen(action) if isinstance(action, dict) and control_of(action) in controls else None


def control_of(action: Mapping[str, Any]) -> str:
    """Return which control was used: the part of its action id that all of its kind share."""
    return str(action.get("action_id")).partition(":")[0]


def chosen(action: Mapping[str, Any]) -> str:
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
    found = context.get("access")
    return found if isinstance(found, Access) else NOBODY


def workspace_of(context: BoltContext) -> str:
    """Return whose installation a request comes through: the team's or, where it is org-wide, the enterprise's."""
    if context.is_enterprise_install and context.enterprise_id:
        return str(context.enterprise_id)
    found = context.authorize_result
    return str((found and found.team_id) or context.team_id or context.enterprise_id or "")


def acked(ack: Ack) -> None:
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
