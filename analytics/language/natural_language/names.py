"""The names that a question can be about, by everything that people call them."""

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
"""Similarity (0 to 100) from which a misspelled word counts as a known one."""
FEWEST = 5
"""Letters that a word needs to count as misspelled."""
_COMMON = frozenset(
    {
        *("ant", "wan", "summary", "chat", "ranking", "classification", "other", "none", "clip", "depth", "mt", "rl", "us"),
        *("bad", "bench", "distributed", "fluently", "funnel", "gradient", "idea", "latent", "modular", "national", "open"),
        *("playground", "second", "segment", "state", "studio", "swallow", "together"),
    }
)
"""Words for names that far more often mean something else."""


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name and its dimension; ``None`` for a single model."""

    dimension: Dimension | None
    name: str


@dataclass(frozen=True, slots=True)
class Directory:
    """All names by their normalized words."""

    by_words: Mapping[str, tuple[KnownName, ...]]

    def find(self, words: str) -> tuple[KnownName, ...]:
        """Return the names that some words mean, in all dimensions."""
        normalized = normalize(words)
        return self.by_words.get(normalized) or (self.by_words.get(normalized[:-1], ()) if normalized.endswith("s") else ())

    def like(self, word: str) -> tuple[KnownName, ...]:
        """Return the names that a misspelled word most likely means."""
        normalized = normalize(word)
        if len(normalized) < FEWEST:
            return ()
        # A misspelled name usually begins right.
        near = [words for words in self.by_words if words[:2] == normalized[:2] and len(words) >= FEWEST - 1]
        nearest = process.extractOne(normalized, near, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return self.by_words[nearest[0]] if nearest else ()


def directory(names: Names) -> Directory:
    """Collect the names of the tables and of the data."""
    by_words: dict[str, list[KnownName]] = {}
    for name, words in (*_creators(), *_others(), *_of_data(names)):
        normalized = normalize(words)
        if normalized and words.casefold() not in _COMMON and name not in by_words.setdefault(normalized, []):
            by_words[normalized].append(name)
    _add_first_words(by_words)
    return Directory({words: tuple(meanings) for words, meanings in by_words.items() if meanings})


def _creators() -> Iterator[tuple[KnownName, str]]:
    for family in creators.FAMILIES:
        # "MIT" means the license, not the university.
        yield from ((KnownName(Dimension.CREATOR, family.name), word) for word in family.words if word.casefold() != "mit")
    for kind in creators.KINDS:
        several = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
        yield from ((KnownName(Dimension.KIND, kind), word) for word in (kind, several))
    for words, country in creators.country_words():
        if len(words) > 2 or words == "uk":  # of the codes, most are words of the language
            yield KnownName(Dimension.COUNTRY, country), words
    for words in ("the us", "the states"):
        yield KnownName(Dimension.COUNTRY, "United States"), words


def _others() -> Iterator[tuple[KnownName, str]]:
    for license_ in licenses.LICENSES:
        if not license_.spelling_of:
            yield from ((KnownName(Dimension.LICENSE, license_.tag), word) for word in license_.words)
    for words in (NONE_DECLARED, "no license", "without a license", "undeclared"):
        yield KnownName(Dimension.LICENSE, NONE_DECLARED), words
    for family in licenses.FAMILIES[:-2]:
        yield from ((KnownName(Dimension.FAMILY, family), word) for word in (family, *licenses.family_aliases(family)))
    for task in tasks.TASKS:
        yield from ((KnownName(Dimension.TASK, task), word) for word in (task, *tasks.ALIASES.get(task, ())))


def _of_data(names: Names) -> Iterator[tuple[KnownName, str]]:
    for word in ("creator", "license", "task", "library"):
        for name, also in names.get(word, ()):
            spellings = [spelling for spelling in (name, *also) if spelling.casefold() != "mit" or word == "license"]
            yield from ((KnownName(Dimension(word), name), spelling) for spelling in spellings)
    for name, also in names.get("model", ()):
        yield from ((KnownName(None, name), spelling) for spelling in (name, name.rpartition("/")[2], *also))


def _add_first_words(by_words: dict[str, list[KnownName]]) -> None:
    """Add the first word of a creator's name if no other name begins with it: "Stability" is Stability AI."""
    begins: dict[str, set[str]] = {}
    for family in creators.FAMILIES:
        begins.setdefault(normalize(family.name.split()[0]), set()).add(family.name)
    for word, owners in begins.items():
        if len(owners) == 1 and len(word) >= FEWEST - 1 and word not in by_words and word not in _COMMON:
            by_words[word] = [KnownName(Dimension.CREATOR, *owners)]
