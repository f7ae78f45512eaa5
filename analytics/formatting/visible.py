"""Cleans text from other sources for display: no control characters, text direction marks or stacked accents."""

from __future__ import annotations

import re
import unicodedata

_BREAKS = re.compile(r"[\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]+")
_HIDDEN = frozenset({"Cc", "Cf", "Cs"})
"""Unicode categories: control, format (directions, zero width), surrogate."""
_MARKS = frozenset({"Mn", "Me"})
_MOST_MARKS = 4
"""Most accents on one letter; Vietnamese and Hebrew need three."""


def visible(text: str) -> str:
    """Return ``text`` without control and format characters except line breaks, and without stacked accents."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    characters: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        if character == "\n" or (category not in _HIDDEN and marks <= _MOST_MARKS):
            characters.append(character)
        elif character == "\t":
            characters.append(" ")
    return "".join(characters)


def one_line(text: str) -> str:
    """Return ``text`` as :func:`visible` has it, on one line."""
    return visible(_BREAKS.sub(" ", text))
