"""Terms: what each word of a question means, by date, lexicon and names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from analytics.domain import Dimension, ListName, Measure
from analytics.language.natural_language.dates import When, when
from analytics.language.natural_language.lexicon import COUNTED, Sort, Word
from analytics.language.natural_language.names import ALIKE, FEWEST, KnownName
from analytics.names.normalize import normalize

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from analytics.language.natural_language.names import Directory

_WORD = re.compile(r"[\w./+-]*[\w+]")
_HORIZON = re.compile(r"\b(?:(?:in|over) (?:a year|(?:12|twelve|3|three) months)|a year from now)\b(?! ago)")
_WIDEST = 5
"""Words in one phrase of the lexicon or one name."""


@dataclass(slots=True)
class Terms:
    """What the words of a question mean, not yet put together."""

    when: When
    measure: Measure | None = None
    within: ListName = ListName.TOP
    top: int | None = None
    rankings: list[Dimension] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    """Kinds of question, such as ``"movers"``; ``"course"`` is a development over time."""
    names: list[tuple[KnownName, ...]] = field(default_factory=list)
    """Each name with everything it may stand for."""
    comparing: bool = False
    about_models: bool = False
    asks_who: bool = False
    measures: set[Measure] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)


def find_terms(text: str, vocabulary: Mapping[str, Word], names: Directory, today: date) -> Terms:
    """Look up every word of a text in lower case: dates first, then the vocabulary and the names that can be asked about."""
    text = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("`", "'")
    text = re.sub(r"'s\b|s'(?=\s|$)", " ", text)
    text = re.sub(r"\bdon't\b|n't\b", " not ", text).replace("'", "")
    text, horizon = _HORIZON.subn(" forecast ", text)
    dates = when(text, today)
    terms = Terms(dates)
    rest = _top(dates.rest, terms)
    rest = re.sub(r"\bhow many ((?:[\w.-]+ ){0,4}?)models\b", r" \1 number of models ", rest)
    words = _WORD.findall(rest)
    place = 0
    while place < len(words):
        place += _next(words, place, terms, vocabulary, names)
    if horizon and "forecast" not in terms.kinds:
        terms.kinds.append("forecast")
    return terms


def _top(text: str, terms: Terms) -> str:
    """Take out "top 5" and "top ten"; "the top 300" is the list itself."""
    match = re.search(rf"\b(?:top|first) (\d{{1,3}}|{'|'.join(COUNTED)})\b", text)
    if not match:
        return text
    many = int(match[1]) if match[1].isdigit() else COUNTED[match[1]]
    if many != 300:
        terms.top = many
    return f"{text[: match.start()]} {text[match.end() :]}"


def _next(words: Sequence[str], place: int, terms: Terms, vocabulary: Mapping[str, Word], names: Directory) -> int:
    """Understand the longest phrase that begins at a word and return its number of words. A name wins over a filler."""
    for many in range(min(_WIDEST, len(words) - place), 0, -1):
        phrase = " ".join(words[place : place + many])
        word = vocabulary.get(normalize(phrase))
        meanings = names.find(phrase)
        if many == 1 and word is None and not meanings and words[place].isdigit():
            break
        if word and not (meanings and many > 1 and word.sort is Sort.FILLER):
            _add(word, terms, phrase)
            return many
        if meanings:
            terms.names.append(meanings)
            return many
    return _misspelled(words, place, terms, vocabulary, names)


def _misspelled(words: Sequence[str], place: int, terms: Terms, vocabulary: Mapping[str, Word], names: Directory) -> int:
    word = words[place]
    if words[place + 1 : place + 2] and words[place + 1][0].isdigit():  # a name with its version: "apach 2.0"
        meanings = names.like(f"{word} {words[place + 1]}")
        if meanings:
            terms.names.append(meanings)
            return 2
    if "/" in word.strip("/"):
        terms.names.append((KnownName(None, word),))
        return 1
    if len(normalize(word)) >= FEWEST and normalize(word) not in _ACTIONS:
        phrases = [known for known, means in vocabulary.items() if means.sort is not Sort.FILLER and len(known) >= FEWEST]
        nearest = process.extractOne(normalize(word), phrases, scorer=fuzz.ratio, score_cutoff=ALIKE)
        meanings = names.like(word)
        if nearest and not (meanings and nearest[1] < 90):
            _add(vocabulary[nearest[0]], terms, word)
            return 1
        if meanings:
            terms.names.append(meanings)
            return 1
    terms.unknown.append(word)
    return 1


_ACTIONS = frozenset({"finetune", "quantize", "quantise", "train", "merge", "create", "delete", "download"})
"""Words that ask for an action and are spelled like words of a question."""


def _add(word: Word, terms: Terms, phrase: str) -> None:
    match word.sort:
        case Sort.MEASURE if isinstance(word.means, Measure):
            terms.measures.add(word.means)
            terms.measure = terms.measure or word.means
            terms.about_models = terms.about_models or phrase.endswith("models")
        case Sort.LIST if isinstance(word.means, ListName):
            terms.within = word.means
            terms.about_models = terms.about_models or phrase.endswith("models")
        case Sort.RANKING if isinstance(word.means, Dimension):
            terms.rankings.append(word.means)
        case Sort.ASKING:
            terms.kinds.append(str(word.means))
        case Sort.AGAINST:
            terms.comparing = True
        case Sort.MODELS:
            terms.about_models = True
        case Sort.WHO:
            terms.asks_who = True
