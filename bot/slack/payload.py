"""What stands where in the payloads that Slack sends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.domain.access import NOBODY, Access

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt import Ack, BoltContext


_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")


def plain(text: str) -> str:
    """Undo Slack's escaping of the three characters that it escapes."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def words_of(event: Mapping[str, Any]) -> str:
    """Return what a message says to the bot, without the bot's name."""
    text = event.get("text")
    return plain(_MENTION.sub(" ", text)) if isinstance(text, str) else ""


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
