"""Block Kit text objects, sections and context blocks, and how a conversation is named in them."""

from __future__ import annotations

from typing import Any

from bot.blocks.escape import escape_plain_text

SECTION = 3000
CONTEXT = 2000
NOTHING = "-"
"""Replaces a text without visible characters, because Slack rejects empty texts."""


THIS_CONVERSATION = "this conversation"
_DIRECT = "our direct messages"


def is_direct(channel: str) -> bool:
    """Return whether an id is that of a direct message, or of a user, which stands for the direct message with them."""
    return channel.startswith(("D", "U", "W"))


def conversation_name(channel: str, here: str = "") -> str:
    """Return a conversation's name as mrkdwn; direct messages have none that Slack could show.

    ``here``: the conversation where the name is read, if any.
    """
    if not is_direct(channel):
        return f"<#{channel}>"
    return THIS_CONVERSATION if is_direct(here) else _DIRECT


def cut(text: str, most: int) -> str:
    """Shorten ``text`` to ``most`` characters, ending in an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def mrkdwn(text: str, most: int = SECTION) -> dict[str, Any]:
    """Return an mrkdwn text object. It is ``verbatim``, so that Slack doesn't turn URLs and names into links."""
    return {"type": "mrkdwn", "text": cut(text, most) or NOTHING, "verbatim": True}


def plain_text(text: str, most: int = SECTION) -> dict[str, Any]:
    """Return a plain-text object, on one line."""
    return {"type": "plain_text", "text": cut(escape_plain_text(text), most) or NOTHING}


def section(text: str) -> dict[str, Any]:
    """Return a section block with mrkdwn."""
    return {"type": "section", "text": mrkdwn(text)}


def context(text: str) -> dict[str, Any]:
    """Return a context block with mrkdwn."""
    return {"type": "context", "elements": [mrkdwn(text, CONTEXT)]}
