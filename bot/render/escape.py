"""mrkdwn's three special characters."""

from __future__ import annotations


def escape(text: str) -> str:
    """Make ``text`` mean itself in mrkdwn: no mention, no link, no broadcast comes of what somebody typed."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
