"""Looks through logs for what must not be there: tokens, secrets, and words that tests typed."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TYPED = "canary-3f9c"
"""What tests put into messages, commands and names; it is in no log, whatever happens to them."""

_KINDS = {
    "a token of Slack's": re.compile(r"xox[a-z]-[\w-]{6,}|xapp-[\w-]{6,}"),
    "a token of the Hub's": re.compile(r"\bhf_\w{8,}"),
    "a signing secret": re.compile(r"\b[0-9a-f]{32}\b"),
    "a ciphertext": re.compile(r"gAAAA[\w=-]{20,}"),
}


class Collector(logging.Handler):
    """Writes every line of every logger, in the form that the bot gives it, to a file."""

    def __init__(self, path: Path, formatter: logging.Formatter) -> None:
        super().__init__(logging.DEBUG)
        self.path = path
        self.setFormatter(formatter)
        self._file = path.open("a", encoding="utf-8")

    def emit(self, record: logging.LogRecord) -> None:
        self._file.write(self.format(record) + "\n")

    def close(self) -> None:
        self._file.close()
        super().close()


def found_in(text: str, words: Iterable[str]) -> list[str]:
    """Name what was found that must not be there."""
    kinds = [kind for kind, pattern in _KINDS.items() if pattern.search(text)]
    return kinds + [repr(word) for word in words if word in text]
