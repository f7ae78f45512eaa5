"""Catalog: the latest overview of the store, kept at hand, and the names nearest to what somebody types."""

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
"""Seconds for which an overview is taken as the latest without asking again."""
_ALIKE = 75
"""Similarity (0 to 100) from which names are offered where none holds what was typed."""


class Overviews(Protocol):
    """Whatever can look the store over: the pool of processes, or one analyst in this process."""

    def summarize_store(self, known: str) -> StoreSummary | None:
        """Return the overview, or ``None`` when its edition is still ``known``."""
        ...


class NameIndex:
    """Asks for the overview once for each state of the store, however many people look."""

    def __init__(self, source: Overviews) -> None:
        """Ask nothing yet."""
        self._source = source
        self._found: StoreSummary | None = None
        self._again = 0.0
        self._asking = Lock()
        self._behind: Thread | None = None

    def current(self) -> StoreSummary:
        """Return the overview, at most a minute old.

        Raises whatever the source raises; HfStatsError for what a person can mend.
        """
        with self._asking:
            if self._found is None or monotonic() >= self._again:
                self._found = self._source.summarize_store(self._found.edition if self._found else "") or self._found
                self._again = monotonic() + FRESH
            if self._found is None:
                raise LookupError("the source knows an edition that it never gave")
            return self._found

    def cached(self, within: float = 0.0) -> StoreSummary | None:
        """Return the overview without waiting for a newer one; when there is none yet, wait ``within`` seconds. Never raises."""
        if self._found is None or monotonic() >= self._again:
            behind = self._behind
            if behind is None or not behind.is_alive():
                behind = self._behind = Thread(target=self._look, name="catalog", daemon=True)
                behind.start()
            if self._found is None:
                behind.join(within)
        return self._found

    def _look(self) -> None:
        try:
            self.current()
        except Exception:  # noqa: BLE001 - logged with its trace; who waits goes on without
            failure()


def near(names: Sequence[Name], typed: str, most: int) -> list[str]:
    """Return the names that somebody may mean who typed this: those that begin so, then those that hold it; else those alike."""
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
