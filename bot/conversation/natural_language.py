"""Read questions in people's own words, with the names that the data have."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING

from analytics.formatting.phrases import enumerate_
from analytics.language.natural_language import Directory, Reading, directory, read
from analytics.query import Period
from bot.domain.store_summary import RANKINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from analytics.query import Form
    from bot.conversation.name_index import NameIndex

_OPENING = r"(?:hi|hello|hey|hiya|howdy|good\s+(?:morning|afternoon|evening))"
_THANKS = r"(?:many\s+thanks|thanks(?:\s+(?:a\s+lot|so\s+much|again))?|thank\s+you(?:\s+(?:so|very)\s+much)?|thx|cheers)"
_ADDRESSED = r"(?:there|all|everyone|everybody|folks|team|hfstats|bot)"
_GREETING = re.compile(
    rf"^\s*{_OPENING}(?:\s+{_ADDRESSED})?[\s,!.:;-]+(?=\S)",
    re.IGNORECASE,
)
_SMALL_TALK = re.compile(rf"\W*(?:{_OPENING}|{_THANKS})(?:\W+{_ADDRESSED})*\W*", re.IGNORECASE)
_EMOJI = re.compile(r":[\w+-]+:")
_MOST_WORDS = 3
"""Words that a refusal quotes."""


def _today() -> date:
    return datetime.now(UTC).date()


class NaturalLanguage:
    """Keeps the names at hand for as long as the store does not change."""

    def __init__(
        self,
        name_index: NameIndex,
        forms: Sequence[Form],
        today: Callable[[], date] = _today,
    ) -> None:
        """Look nothing up yet."""
        self.name_index = name_index
        self._forms = forms
        self._today = today
        self._names: Directory | None = None
        self._edition: str | None = None
        self._lock = Lock()

    def read(self, text: str) -> Reading:
        """Read a question in plain words. Never raises."""
        return read(text, self._forms, self._directory(), self._today())

    def knows(self, name: str) -> bool:
        """Return whether anything of that name can be asked about; also ``True`` for a date and an id."""
        return bool(self._directory().find(name)) or Period.read(name) is not None or "/" in name

    def _directory(self) -> Directory:
        summary = self.name_index.cached()
        edition = summary.edition if summary else None
        with self._lock:
            if self._names is None or edition != self._edition:
                known = summary.names if summary else {}
                names = {word: [(one.name, one.also) for one in found] for word, found in known.items() if word != RANKINGS}
                self._names, self._edition = directory(names), edition
            return self._names


def without_greeting(text: str) -> str:
    """Take a greeting from before what is said; one that stands alone stays."""
    return text if is_small_talk(text) else _GREETING.sub("", text, count=1)


def is_small_talk(text: str) -> bool:
    """Whether a text is only a greeting or thanks."""
    return bool(_SMALL_TALK.fullmatch(_EMOJI.sub(" ", text)))


def not_understood(reading: Reading, line: str) -> str:
    """Return a sentence about the words that were not understood."""
    unknown = enumerate_([f"“{word[:60]}”" for word in reading.unknown[:_MOST_WORDS]], "or")
    if unknown:
        return f"I'm not sure what you're asking: I don't know {unknown}."
    return "I'm not sure what you're asking." if reading.candidates else f"I'm not sure what you're asking with “{line[:60]}”."
