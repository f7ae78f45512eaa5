"""A cache of the store's summary, and a search for names that match what a user types."""

from __future__ import annotations

from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from rapidfuzz import fuzz, process, utils

from analytics.names.normalize import normalize
from bot.conversation.failures import failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.store_summary import Name, StoreSummary

FRESH = 60.0
"""Seconds before a cached summary is refreshed."""
_ALIKE = 75
"""Minimum similarity (0 to 100) of names that don't contain the typed text."""


class Overviews(Protocol):
    """Summarizes the store, in the analytics processes or in this one."""

    def summarize_store(self, known: str) -> StoreSummary | None:
        """Return the summary; ``None`` if its edition is still ``known``."""
        ...


class NameIndex:
    """Caches the summary, for all users and until the store changes."""

    def __init__(self, source: Overviews) -> None:
        """Start with an empty cache."""
        self._source = source
        self._found: StoreSummary | None = None
        self._again = 0.0
        self._asking = Lock()
        self._behind: Thread | None = None

    def current(self) -> StoreSummary:
        """Return the summary, at most a minute old.

        Raises:
            HfStatsError: for known errors, such as a missing snapshot; other errors of the source pass through.

        """
        with self._asking:
            if self._found is None or monotonic() >= self._again:
                self._found = self._source.summarize_store(self._found.edition if self._found else "") or self._found
                self._again = monotonic() + FRESH
            if self._found is None:
                raise LookupError("the source returned no summary although none is cached")
            return self._found

    def cached(self, within: float = 0.0) -> StoreSummary | None:
        """Return the cached summary, refreshed in the background; if there is none, wait ``within`` seconds. Never raises."""
        if self._found is None or monotonic() >= self._again:
            behind = self._behind
            if behind is None or not behind.is_alive():
                behind = self._behind = Thread(target=self._look, name="name-index", daemon=True)
                behind.start()
            if self._found is None:
                behind.join(within)
        return self._found

    def _look(self) -> None:
        try:
            self.current()
        except Exception:  # noqa: BLE001 - logged; callers go on without a summary
            failure()


def near(names: Sequence[Name], typed: str, most: int) -> list[str]:
    """Return up to ``most`` names that match a typed text: by prefix, then by substring; if none, similar ones."""
    wanted = normalize(typed)
    if not wanted:
        return [one.name for one in names[:most]]
    begin, hold = [], []
    for one in names:
        words = [normalize(word) for word in (one.name, *one.also)]
        if any(word.startswith(wanted) for word in words):
            begin.append(one.name)
        elif any(wanted in word for word in words):
            hold.append(one.name)
    return [*begin, *hold][:most] or list(dict.fromkeys(_alike(names, typed, most)))


def _alike(names: Sequence[Name], typed: str, most: int) -> list[str]:
    spoken = {word: one.name for one in names for word in (*one.also, one.name)}
    found = process.extract(
        typed[:100], list(spoken), scorer=fuzz.WRatio, processor=utils.default_process, limit=most, score_cutoff=_ALIKE
    )
    best = found[0][1] if found else 0.0
    return [spoken[word] for word, score, _ in found if score >= best - 15]
