"""Text from elsewhere as it may be shown: nothing in it moves a cursor, turns the direction of writing, hides or piles up."""

from __future__ import annotations

import re
import unicodedata

_BREAKS = re.compile(r"[\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]+")
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories: control, format (directions, zero width), surrogate."""
_MARKS = frozenset({"Mn", "Me"})
_MOST_MARKS = 4
"""Accents on one letter; Vietnamese and Hebrew need three."""


def visible(text: str) -> str:
    """Return ``text`` without control and format characters but for line breaks, and without piles of accents."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    kept: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        if character == "\n" or (category not in _UNSEEN and marks <= _MOST_MARKS):
            kept.append(character)
        elif character == "\t":
            kept.append(" ")
    return "".join(kept)


def one_line(text: str) -> str:
    """Return ``text`` as :func:`visible` has it, on one line."""
    return visible(_BREAKS.sub(" ", text))
