"""Block Kit text objects, sections and context blocks."""

from __future__ import annotations

from typing import Any

from bot.blocks.escape import escape_plain_text

SECTION = 3000
CONTEXT = 2000
NOTHING = "-"
"""Replaces a text without visible characters, because Slack rejects empty texts."""


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
