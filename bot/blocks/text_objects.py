"""Slack's text objects, made in one place. Pure."""

from __future__ import annotations

from typing import Any

from bot.blocks.escape import escape_plain_text

SECTION = 3000
CONTEXT = 2000
NOTHING = "-"
"""Stands for a text of characters that are not shown: Slack takes no empty one."""


def cut(text: str, most: int) -> str:
    """Shorten to ``most`` characters, with an ellipsis where something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def mrkdwn(text: str, most: int = SECTION) -> dict[str, Any]:
    """Make a text object of mrkdwn. ``verbatim``: Slack makes no link of an address, a channel's or a person's name in it."""
    return {"type": "mrkdwn", "text": cut(text, most) or NOTHING, "verbatim": True}


def plain_text(text: str, most: int = SECTION) -> dict[str, Any]:
    """Make a text object of plain text, on one line."""
    return {"type": "plain_text", "text": cut(escape_plain_text(text), most) or NOTHING}


def section(text: str) -> dict[str, Any]:
    """Make a section of mrkdwn."""
    return {"type": "section", "text": mrkdwn(text)}


def context(text: str) -> dict[str, Any]:
    """Make a line of small mrkdwn."""
    return {"type": "context", "elements": [mrkdwn(text, CONTEXT)]}
