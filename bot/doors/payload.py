"""What stands where in the payloads that Slack sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slack_bolt import Ack, BoltContext


def plain(text: str) -> str:
    """Undo Slack's escaping of the three characters that it escapes."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def workspace_of(context: BoltContext) -> str:
    """Return the team that a request comes from; for an org-wide installation without one, the enterprise."""
    return str(context.team_id or context.enterprise_id or "")


def acked(ack: Ack) -> None:
    """Acknowledge, and say nothing yet."""
    ack()
