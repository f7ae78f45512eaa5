"""Finds names in natural language, by every word that people use for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from analytics.domain import NONE_DECLARED, Dimension
from analytics.names import creators, licenses, tasks
from analytics.names.normalize import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Names = Mapping[str, Iterable[tuple[str, Sequence[str]]]]
    """By a question's word (``creator``, ``license``, …, ``model``): names, each with its aliases."""

ALIKE = 82
"""Least similarity (0 to 100) of a misspelled word to a known one."""
FEWEST = 5
"""Fewest letters of a word that may be a misspelling."""
_COMMON = frozenset(
    {"ant", "wan", "summary", "chat", "ranking", "classification", "other", "none", "clip", "depth", "mt", "rl", "us"}
)
"""Aliases that usually mean something else."""


@dataclass(frozen=True, slots=True)
class Called:
    """A name and its dimension; ``None`` for a single model."""

    dimension: Dimension | None
    name: str


@dataclass(frozen=True, slots=True)
class Directory:
    """Names by their normalized words."""

    by_words: Mapping[str, tuple[Called, ...]]

    def find(self, words: str) -> tuple[Called, ...]:
        """Return the names for some words, in every dimension that has them."""
        normalized = normalize(words)
        return self.by_words.get(normalized) or (self.by_words.get(normalized[:-1], ()) if normalized.endswith("s") else ())

    def like(self, word: str) -> tuple[Called, ...]:
        """Return the names most similar to a misspelled word; ``()`` if none is similar enough."""
        normalized = normalize(word)
        if len(normalized) < FEWEST:
            return ()
        # Misspelled names usually start with the right two letters.
        candidates = [words for words in self.by_words if words[:2] == normalized[:2] and len(words) >= FEWEST - 1]
        match = process.extractOne(normalized, candidates, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return self.by_words[match[0]] if match else ()


def directory(names: Names) -> Directory:
    """Build a directory of the names in the tables and in the data."""
    by_words: dict[str, list[Called]] = {}
    for entry, words in (*_creators(), *_others(), *_of_data(names)):
        normalized = normalize(words)
        if normalized and words.casefold() not in _COMMON and entry not in by_words.setdefault(normalized, []):
            by_words[normalized].append(entry)
    _add_first_words(by_words)
    return Directory({words: tuple(named) for words, named in by_words.items() if named})


def _creators() -> Iterator[tuple[Called, str]]:
    for family in creators.FAMILIES:
        # "MIT" means the license, not the university.
        yield from ((Called(Dimension.CREATOR, family.name), word) for word in family.words if word.casefold() != "mit")
    for kind in creators.KINDS:
        plural = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
        yield from ((Called(Dimension.KIND, kind), word) for word in (kind, plural))
    for words, country in creators.country_words():
        if len(words) > 2 or words == "uk":  # most country codes are also common words
            yield Called(Dimension.COUNTRY, country), words
    for words in ("the us", "the states"):
        yield Called(Dimension.COUNTRY, "United States"), words


def _others() -> Iterator[tuple[Called, str]]:
    for license_ in licenses.LICENSES:
        if not license_.spelling_of:
            yield from ((Called(Dimension.LICENSE, license_.tag), word) for word in license_.words)
    for words in (NONE_DECLARED, "no license", "without a license", "undeclared"):
        yield Called(Dimension.LICENSE, NONE_DECLARED), words
    for family in licenses.FAMILIES[:-2]:
        yield from ((Called(Dimension.FAMILY, family), word) for word in (family, *licenses.family_aliases(family)))
    for task in tasks.TASKS:
        yield from ((Called(Dimension.TASK, task), word) for word in (task, *tasks.ALIASES.get(task, ())))


def _of_data(names: Names) -> Iterator[tuple[Called, str]]:
    for word in ("creator", "license", "task", "library"):
        for name, also in names.get(word, ()):
            aliases = [alias for alias in (name, *also) if alias.casefold() != "mit" or word == "license"]
            yield from ((Called(Dimension(word), name), alias) for alias in aliases)
    for name, also in names.get("model", ()):
        yield from ((Called(None, name), alias) for alias in (name, name.rpartition("/")[2], *also))


def _add_first_words(by_words: dict[str, list[Called]]) -> None:
    """Add the first word of a creator's name where it's unambiguous: "Stability" for Stability AI."""
    creators_by_word: dict[str, set[str]] = {}
    for family in creators.FAMILIES:
        creators_by_word.setdefault(normalize(family.name.split()[0]), set()).add(family.name)
    for word, owners in creators_by_word.items():
        if len(owners) == 1 and len(word) >= FEWEST - 1 and word not in by_words:
            by_words[word] = [Called(Dimension.CREATOR, *owners)]
