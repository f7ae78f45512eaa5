"""Parse JSON from a server leniently: long numbers, deep nesting and invalid UTF-8 don't make a page unreadable."""

from __future__ import annotations

import json
import re
from typing import Any

_DEEPEST = 64
"""Levels of lists and objects that are kept where a page has more than Python can parse."""
_LONGEST_NUMBER = 400
"""Digits. Python refuses to parse an integer of more than 4,300."""
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.?)*+"?|[\[\]{}]', re.DOTALL)
"""A string, which may lack its end, or a bracket. Possessive, so that the time is linear for any text."""


def parse(content: bytes) -> Any:  # noqa: ANN401 - whatever the server sent
    """Parse JSON. Invalid UTF-8 becomes U+FFFD, and values nested too deep for Python become null.

    Raises:
        json.JSONDecodeError: if the content isn't JSON.

    """
    text = content.decode(json.detect_encoding(content), "replace").removeprefix("\ufeff")
    try:
        return json.loads(text, parse_int=_integer)
    except RecursionError:
        return json.loads(_shallow(text), parse_int=_integer)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else float(digits)


def _shallow(text: str) -> str:
    """Replace each list and object below :data:`_DEEPEST` levels by null."""
    parts: list[str] = []
    depth = start = 0
    for token in _TOKEN.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
            if depth == _DEEPEST + 1:
                parts += [text[start : token.start()], "null"]
                start = len(text)
        elif token[0] in ("]", "}"):
            depth -= 1
            if depth == _DEEPEST:
                start = token.end()
    return "".join([*parts, text[start:]])
