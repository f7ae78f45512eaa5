"""When two spellings are the same name: case, spaces, hyphens, dots and underscores do not count."""

from __future__ import annotations

import re
from functools import lru_cache

_SILENT = re.compile(r"[\s\-‐‑–._]+")  # noqa: RUF001 - the hyphens and the dash that word processors put for "-"


@lru_cache(maxsize=1 << 14)
def normalize(words: str) -> str:
    """Reduce ``words`` to what tells names apart: "Open AI" and "open-ai" are both "openai"."""
    return _SILENT.sub("", words.casefold())
