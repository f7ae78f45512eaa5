"""Normalizes names for comparison, ignoring case, spaces, hyphens, dots and underscores."""

from __future__ import annotations

import re
from functools import lru_cache

_IGNORED = re.compile(r"[\s\-‐‑–._]+")  # noqa: RUF001 - word processors replace "-" by these


@lru_cache(maxsize=1 << 14)
def normalize(words: str) -> str:
    """Return the normalized form of a name: "openai" for "Open AI" and "open-ai"."""
    return _IGNORED.sub("", words.casefold())
