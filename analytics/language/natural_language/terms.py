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
from analytics.language.numeric_dates import with_iso_dates
from analytics.names.normalize import normalize
from analytics.query import NEGATIONS, Direction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from analytics.language.natural_language.names import Directory

_WORD = re.compile(r"[\w./+-]*[\w+]")
_HORIZON = re.compile(r"\b(?:(?:in|over) (?P<span>a year|(?:12|twelve|3|three) months)|a year from now)\b(?! ago)")
_PAST = re.compile(r"\b(?:have|has|had|did|was|were|changed|gained|lost|grew|shrank|fell|rose|moved|climbed|dropped)\b")
_DIRECTIONS = {
    Direction.UP: re.compile(r"\b(?:gain\w*|gr[eo]w\w*|ris(?:e|es|en|ers|ing)|rose|winners?|climb\w*|up)\b"),
    Direction.DOWN: re.compile(r"\b(?:los[est]\w*|shr[aiu]nk\w*|f[ae]ll\w*|declin\w+|drop\w*|down)\b"),
}
_SHARE = re.compile(r"\b(?:share|percent\w*|portion|proportion|fraction|part|slice|among|how (?:many|much))\b|%")
_LEAD = re.compile(r"\b(?:led|leads?|leading|ahead|first|wins?|winning|on top)\b")
_UNSURE = re.compile(r"\btop (?:many|few|some|zero)\b|(?<= )open[ -]source$")
"""A number that is none, and what no share of a list answers: "is Llama open source"."""
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
    excluded: list[tuple[KnownName, ...]] = field(default_factory=list)
    """Names that are to be left out."""
    either: bool = False
    """Whether two dimensions are joined by "and" or "or": two questions."""
    which: bool = False
    """Whether it asks which ones of a kind: "which universities"."""
    asks_share: bool = False
    asks_leader: bool = False
    direction: Direction | None = None
    """Whether it asks for what rose or what fell, and not for both."""


def find_terms(text: str, vocabulary: Mapping[str, Word], names: Directory, today: date) -> Terms:
    """Look up every word of a text in lower case: dates first, then the vocabulary and the names that can be asked about."""
    text = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("`", "'")
    text = re.sub(r"'s\b|s'(?=\s|$)", " ", text)
    text = re.sub(r"\bdon't\b|n't\b", " not ", text).replace("'", "")
    if _PAST.search(text):
        text, horizon = _HORIZON.sub(lambda match: f" over the last {match['span'] or 'year'} ", text), 0
        text = text.replace("the last a year", "the last year")
    else:
        text, horizon = _HORIZON.subn(" forecast ", text)
    dates = when(with_iso_dates(text), today)
    terms = Terms(dates)
    terms.asks_share, terms.asks_leader = bool(_SHARE.search(text)), bool(_LEAD.search(text))
    directions = [direction for direction, words in _DIRECTIONS.items() if words.search(text)]
    terms.direction = directions[0] if len(directions) == 1 else None
    rest = _top(dates.rest, terms)
    rest = re.sub(r"\bhow many ((?:[\w.-]+ ){0,4}?)models\b", r" \1 number of models ", rest)
    if not rest.startswith(("is open", "are open")):
        terms.unknown += [match[0].strip() for match in _UNSURE.finditer(rest.rstrip(" ?!."))]
    words = _WORD.findall(rest)
    place = 0
    while place < len(words):
        place += _next(words, place, terms, vocabulary, names)
    if horizon and "forecast" not in terms.kinds:
        terms.kinds.append("forecast")
    return terms


def _top(text: str, terms: Terms) -> str:
    """Take out "top 5" and "top ten"; "the top 300" is the list itself."""
    number = rf"(\d{{1,3}}|{'|'.join(COUNTED)})"
    match = re.search(rf"\b(?:top|first) {number}\b", text) or re.search(
        rf"\bthe {number} (?=most|biggest|largest|leading)", text
    )
    if not match:
        return text
    many = int(match[1]) if match[1].isdigit() else COUNTED[match[1]]
    if many == 0:
        terms.unknown.append(match[0])
    elif many != 300:
        terms.top = many
    return f"{text[: match.start()]} {text[match.end() :]}"


def _next(words: Sequence[str], place: int, terms: Terms, vocabulary: Mapping[str, Word], names: Directory) -> int:
    """Understand the longest phrase that begins at a word and return its number of words. A name wins over a filler."""
    if words[place] in NEGATIONS and (left_out := _left_out(words, place, names)):
        terms.excluded.append(left_out[0])
        return left_out[1]
    for many in range(min(_WIDEST, len(words) - place), 0, -1):
        phrase = " ".join(words[place : place + many])
        word = vocabulary.get(normalize(phrase))
        meanings = names.find(phrase)
        if many == 1 and word is None and not meanings and words[place].isdigit():
            break
        if word and not (meanings and many > 1 and word.sort is Sort.FILLER):
            if word.sort is Sort.RANKING and terms.rankings and words[place - 1] in {"and", "or"}:
                terms.either = True
            _add(word, terms, phrase)
            return many
        if meanings:
            terms.names.append(meanings)
            terms.which = terms.which or (place > 0 and words[place - 1] == "which")
            return many
    return _misspelled(words, place, terms, vocabulary, names)


def _left_out(words: Sequence[str], place: int, names: Directory) -> tuple[tuple[KnownName, ...], int] | None:
    """Return the name that is to be left out and the number of words; ``None`` where the words name something themselves."""
    for many in range(min(_WIDEST, len(words) - place), 1, -1):
        if names.find(" ".join(words[place : place + many])):
            return None
        if meanings := names.find(" ".join(words[place + 1 : place + many])):
            return meanings, many
    return None


def _misspelled(words: Sequence[str], place: int, terms: Terms, vocabulary: Mapping[str, Word], names: Directory) -> int:
    word = words[place]
    if words[place + 1 : place + 2] and words[place + 1][0].isdigit():  # a name with its version: "apach 2.0"
        meanings = names.like(f"{word} {words[place + 1]}")
        if meanings:
            terms.names.append(meanings)
            return 2
    if "/" in word.strip("/") and not word.replace("/", "").isdigit():
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
