"""Names in plain words: what can be asked about, by everything that people call it. Words in, names with their dimension out."""

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
    """By a question's word (``creator``, ``license``, …, ``model``): names, each with what else it is called."""

ALIKE = 82
"""Similarity (0 to 100) from which a misspelled word is taken for a known one."""
FEWEST = 5
"""Letters that a word must have to be taken for a misspelling."""
_COMMON = frozenset(
    {"ant", "wan", "summary", "chat", "ranking", "classification", "other", "none", "clip", "depth", "mt", "rl", "us"}
)
"""Other words for names that mean something else far more often."""


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name and the dimension that it stands in; ``None`` for a single model."""

    dimension: Dimension | None
    name: str


@dataclass(frozen=True, slots=True)
class Directory:
    """Every name by its folded words."""

    by_words: Mapping[str, tuple[KnownName, ...]]

    def find(self, words: str) -> tuple[KnownName, ...]:
        """Return what some words name, in every dimension where they do."""
        folded = normalize(words)
        return self.by_words.get(folded) or (self.by_words.get(folded[:-1], ()) if folded.endswith("s") else ())

    def like(self, word: str) -> tuple[KnownName, ...]:
        """Return what a misspelled word most likely names."""
        folded = normalize(word)
        if len(folded) < FEWEST:
            return ()
        # Who misspells a name still begins it right.
        near = [words for words in self.by_words if words[:2] == folded[:2] and len(words) >= FEWEST - 1]
        found = process.extractOne(folded, near, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return self.by_words[found[0]] if found else ()


def directory(names: Names) -> Directory:
    """Collect the names of the tables and of the data."""
    found: dict[str, list[KnownName]] = {}
    for called, words in (*_creators(), *_others(), *_of_data(names)):
        folded = normalize(words)
        if folded and words.casefold() not in _COMMON and called not in found.setdefault(folded, []):
            found[folded].append(called)
    _first_words(found)
    return Directory({words: tuple(called) for words, called in found.items() if called})


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
        yield from ((KnownName(Dimension.FAMILY, family), word) for word in (family, *licenses.called(family)))
    for task in tasks.TASKS:
        yield from ((KnownName(Dimension.TASK, task), word) for word in (task, *tasks.ALIASES.get(task, ())))


def _of_data(names: Names) -> Iterator[tuple[KnownName, str]]:
    for word in ("creator", "license", "task", "library"):
        for name, also in names.get(word, ()):
            meant = [said for said in (name, *also) if said.casefold() != "mit" or word == "license"]
            yield from ((KnownName(Dimension(word), name), said) for said in meant)
    for name, also in names.get("model", ()):
        yield from ((KnownName(None, name), said) for said in (name, name.rpartition("/")[2], *also))


def _first_words(found: dict[str, list[KnownName]]) -> None:
    """Let the first word of a creator's name stand for it where no other name begins so: "Stability" is Stability AI."""
    begins: dict[str, set[str]] = {}
    for family in creators.FAMILIES:
        begins.setdefault(normalize(family.name.split()[0]), set()).add(family.name)
    for word, owners in begins.items():
        if len(owners) == 1 and len(word) >= FEWEST - 1 and word not in found:
            found[word] = [KnownName(Dimension.CREATOR, *owners)]
