"""What one answer is about, in the oracle's terms, and the words for names that it understands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from truth.adversarial.histories import CREATORS, LIBRARIES, TASKS
from truth.adversarial.whole_truth import rank, ranked

if TYPE_CHECKING:
    from datetime import date

    from truth.adversarial.histories import Recorded
    from truth.adversarial.whole_truth import Truth

TITLES = {
    "license": {
        "apache-2.0": "Apache-2.0",
        "mit": "MIT",
        "llama3.1": "Llama 3.1",
        "cc-by-4.0": "CC-BY-4.0",
        "gemma": "Gemma",
        "openrail": "OpenRAIL",
    },
    "creator": {creator: creator for creator, _ in CREATORS.values()},
    "country": {country: country for _, country in CREATORS.values()} | {"United States": "the United States"},
    "task": {task: task for task in TASKS},
    "library": {library: library for library in LIBRARIES},
}
"""Names as answers write them."""
BOUNDS = r"at least [\d.]+|[\d.]+ to [\d.]+ (?:percentage )?points"
"""How bounds are told, which are those of the whole list."""


class Problem(NamedTuple):
    """Something that was told and isn't so."""

    kind: str
    text: str


@dataclass(frozen=True)
class Case:
    """One dimension of an answer."""

    truth: Truth
    dimension: str
    by: str
    now: Recorded
    then: Recorded | None = None
    series: tuple[Recorded, ...] = field(default=())
    """All lists that are compared, the earliest first."""
    among_known: bool = False
    """Whether what's told is told of the models whose names are known, as a note says."""
    task: str = ""
    """Only models with this task."""
    among: frozenset[int] | None = None
    """Only these models."""
    until: date | None = None
    """Of a digest, the end of its month."""

    @cached_property
    def words(self) -> dict[str, str]:
        """Return names by their words."""
        words = {title.casefold(): raw for raw, title in TITLES.get(self.dimension, {}).items()}
        none = {f"models with no declared {self.dimension}", "none declared", "not known", "creators with no known country"}
        return words | {word: "not known" if "known" in word else "none declared" for word in none}

    def name(self, words: str) -> str | None:
        return self.words.get(words.strip().casefold())

    def about(self, text: str) -> Case:
        """Return the case with the measure and the models that a part of a sentence is about."""
        by = next((measure for measure in ("models", "downloads") if f"of {measure}" in text), self.by)
        among_known = "with a known" in text or (self.among_known and not re.search(BOUNDS, text))
        return replace(self, by=by, among_known=among_known)

    @cached_property
    def population(self) -> frozenset[int] | None:
        """The models that are known wherever the compared lists have them; ``None`` for all."""
        if not self.among_known:
            return self.among
        lists = self.series or tuple(filter(None, (self.then, self.now)))
        members = {number for listing in lists for number in listing.members}
        facts = [self.dimension, *(["task"] if self.task else [])]
        unknown = {n for s in lists for fact in facts for n in set(s.members) - self.truth.known(s, fact, self.until)}
        return frozenset(members - unknown if self.among is None else (members - unknown) & self.among)

    def shares(self, listing: Recorded | None = None) -> dict[str, Fraction]:
        listing = listing or self.now
        if not self.task:
            return self.truth.shares(listing, self.dimension, self.by, self.population)
        members = {n for n in listing.members if self.task in self.truth.names(n, listing.place, "task")}
        among = members if self.population is None else members & self.population
        return self.truth.shares(listing, self.dimension, self.by, frozenset(among))

    def share(self, name: str, listing: Recorded | None = None) -> Fraction:
        return self.shares(listing).get(name, Fraction())

    def change(self, name: str) -> Fraction:
        return self.share(name) - self.share(name, self.then)

    def changes(self) -> dict[str, Fraction]:
        names = ranked(self.shares()).keys() | ranked(self.shares(self.then)).keys()
        return {name: self.change(name) for name in names}

    def rank(self, name: str, listing: Recorded | None = None) -> int | None:
        return rank(self.shares(listing), name)
