"""Undo Slack's markup: the words that a person typed, from the text that Slack made of them. Pure."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"<([^<>\n]+)>")
_EMPHASIS = re.compile(r"(?<![\w*~_])([*~_]{1,3})(?=\S)(.+?)(?<=\S)\1(?![\w*~_])")
_NESTED = 3
"""Emphases around the same word: bold, italic, struck through."""
_LONGEST_EMPHASIZED = 2_000
"""Characters; longer texts are no question, and looking for pairs takes time by the square of their length."""
_QUOTE = re.compile(r"^\s*&gt;(?:&gt;&gt;)?\s?", re.MULTILINE)


def plain_text(markup: str) -> str:
    """Return the words of a message or a command, without mentions of people.

    Links become their address, or their label where Slack made the link of a word such as ``z.ai``; channels their name.
    """
    text = _SPECIAL.sub(_typed, _QUOTE.sub("", markup))
    if len(text) <= _LONGEST_EMPHASIZED:
        for _ in range(_NESTED):
            text = _EMPHASIS.sub(r"\2", text)
    return unescaped(text)


def unescaped(text: str) -> str:
    """Undo Slack's escaping of the three characters that it escapes."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _typed(match: re.Match[str]) -> str:
    target, _, label = match[1].partition("|")
    if target.startswith("@"):
        return " "
    if target.startswith("#"):
        return f"#{label}" if label else " "
    if target.startswith("!"):
        return label or " "
    if not target.startswith(("http://", "https://")):
        return label or target.removeprefix("mailto:")
    return label if _is_same(label, target) else target


def _is_same(label: str, address: str) -> bool:
    """Whether a link's label is the word that Slack made the link of."""
    bare = re.sub(r"^https?://", "", address).rstrip("/").casefold()
    return bool(label) and label.rstrip("/").casefold() == bare
