"""The vocabulary of questions apart from names: ``lexicon.toml``, which documents its fields, and the phrases of the forms."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.domain import Dimension, ListName, Measure
from analytics.names.normalize import normalize

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analytics.query import Form


class Sort(StrEnum):
    """Category of a word."""

    FILLER = "filler"
    MEASURE = "measure"
    LIST = "list"
    RANKING = "ranking"
    ASKING = "asking"
    AGAINST = "against"
    MODELS = "models"
    WHO = "who"


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase with its category and meaning."""

    sort: Sort
    means: Measure | ListName | Dimension | str = ""


_MEANINGS: Mapping[Sort, Callable[[str], Measure | ListName | Dimension | str]] = {
    Sort.MEASURE: Measure,
    Sort.LIST: ListName,
    Sort.RANKING: Dimension,
}


def load(text: str) -> dict[str, Word]:
    """Read words from TOML, by their normalized phrase.

    Raises:
        ValueError: for an unknown category or meaning, or a phrase with two meanings.

    """
    words: dict[str, Word] = {}
    for entry in tomllib.loads(text)["word"]:
        sort = Sort(entry["sort"])
        word = Word(sort, _MEANINGS.get(sort, str)(entry.get("means", "")))
        for phrase in entry["phrases"]:
            if words.setdefault(normalize(phrase), word) != word:
                raise ValueError(f"lexicon.toml: “{phrase}” is both {words[normalize(phrase)].sort} and {sort}")
    return words


_GENERAL: Mapping[str, Word] = load(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=4)
def vocabulary(forms: tuple[Form, ...]) -> Mapping[str, Word]:
    """Return all words by their normalized phrase: those of the lexicon and those that ask one of ``forms``.

    Raises:
        ValueError: for a phrase with two meanings.

    """
    words = dict(_GENERAL)
    for form in forms:
        for phrase in form.spoken.phrases:
            word = Word(Sort.ASKING, form.word)
            if words.setdefault(normalize(phrase), word) != word:
                raise ValueError(f"“{phrase}” of “{form.word}” also means something else: {words[normalize(phrase)]}")
    return words


COUNTED = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twenty": 20}
"""Numbers in words, after "top"."""
