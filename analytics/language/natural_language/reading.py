"""Reading: from plain words to one sure question, or to a few to ask back with. Every word must be understood to be sure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from analytics.domain import Dimension, ListName, Measure
from analytics.language.natural_language.dates import When, when, year_before
from analytics.language.natural_language.lexicon import COUNTED, VOCABULARY, Sort, Word
from analytics.language.natural_language.names import ALIKE, FEWEST, Called
from analytics.names.normalize import normalize
from analytics.query import MOST_NAMES, Option, Query, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from analytics.language.natural_language.names import Directory
    from analytics.query import Form

LONGEST = 400
"""Characters; who writes more asks more than one thing."""
MOST = 3
_WORD = re.compile(r"[\w./+-]*[\w+]")
_WIDEST = 5
_RANKED = {dimension.plural: dimension for dimension in Dimension}
_ONE = {
    Dimension.CREATOR: "creator",
    Dimension.LICENSE: "license",
    Dimension.TASK: "task",
    Dimension.LIBRARY: "library",
    Dimension.FAMILY: "family",
    Dimension.COUNTRY: "country",
    Dimension.KIND: "kind",
    None: "model",
}
_PREFERRED = (
    *(Dimension.TASK, Dimension.COUNTRY, Dimension.LIBRARY, Dimension.CREATOR, Dimension.LICENSE, Dimension.FAMILY),
    *(Dimension.KIND, None),
)
"""Where one word names several things and nothing tells which is meant."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What some words were taken to ask."""

    query: Query | None = None
    """The question, where every word was understood."""
    candidates: tuple[Query, ...] = ()
    """Where not: what may have been meant, the likeliest first."""
    unknown: tuple[str, ...] = ()
    """The words that were not understood."""


@dataclass(slots=True)
class _Said:
    """What was found in the words."""

    when: When
    measure: Measure | None = None
    within: ListName = ListName.TOP
    top: int | None = None
    rankings: list[Dimension] = field(default_factory=list)
    asking: list[str] = field(default_factory=list)
    names: list[tuple[Called, ...]] = field(default_factory=list)
    against: bool = False
    models: bool = False
    who: bool = False
    measures: set[Measure] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)


def read(text: str, forms: Sequence[Form], names: Directory, today: date) -> Reading:
    """Read a question in plain words.

    ``names`` are those that can be asked about, ``today`` is what "last month" is counted from. Never raises.
    """
    known = {form.word: form for form in forms}
    if len(text) > LONGEST:
        return Reading()
    said = _said(tidy(text).casefold(), names, today)
    found = _query(said, known, today)
    if found is None:
        return Reading(unknown=tuple(said.unknown))
    alone = said.against and len(said.names) == 1 and found.word in _ONE.values()
    ignored = any(not _only_task(called) for called in said.names) and not found.names and found.word != Dimension.KIND.plural
    if said.unknown or alone or ignored or not _fits(found, known):
        return Reading(None, tuple(one for one in _alternatives(found, known) if _fits(one, known))[:MOST], tuple(said.unknown))
    return Reading(found)


# Words


def _said(text: str, names: Directory, today: date) -> _Said:
    text = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("`", "'")
    text = re.sub(r"'s\b|s'(?=\s|$)", " ", text)
    text = re.sub(r"\bdon't\b|n't\b", " not ", text).replace("'", "")
    text, horizon = re.subn(r"\b(?:in|over) (?:a year|(?:12|twelve|3|three) months)\b(?! ago)", " forecast ", text)
    moment = when(text, today)
    said = _Said(moment)
    rest = _top(moment.rest, said)
    rest = re.sub(r"\bhow many ((?:[\w.-]+ ){0,4}?)models\b", r" \1 number of models ", rest)
    words = _WORD.findall(rest)
    place = 0
    while place < len(words):
        place += _next(words, place, said, names)
    if horizon and "forecast" not in said.asking:
        said.asking.append("forecast")
    return said


def _top(text: str, said: _Said) -> str:
    """Take out "top 5" and "top ten"; "the top 300" is the list itself."""
    found = re.search(rf"\b(?:top|first) (\d{{1,3}}|{'|'.join(COUNTED)})\b", text)
    if not found:
        return text
    many = int(found[1]) if found[1].isdigit() else COUNTED[found[1]]
    if many != 300:
        said.top = many
    return f"{text[: found.start()]} {text[found.end() :]}"


def _next(words: Sequence[str], place: int, said: _Said, names: Directory) -> int:
    """Understand what begins at a word; returns how many words that took. What is longest prevails, a name before a filler."""
    for many in range(min(_WIDEST, len(words) - place), 0, -1):
        phrase = " ".join(words[place : place + many])
        word = VOCABULARY.get(normalize(phrase))
        called = names.find(phrase)
        if many == 1 and word is None and not called and words[place].isdigit():
            break
        if word and not (called and many > 1 and word.sort is Sort.FILLER):
            _take(word, said, phrase)
            return many
        if called:
            said.names.append(called)
            return many
    return _misspelled(words, place, said, names)


def _misspelled(words: Sequence[str], place: int, said: _Said, names: Directory) -> int:
    word = words[place]
    if words[place + 1 : place + 2] and words[place + 1][0].isdigit():  # a name with its version: "apach 2.0"
        called = names.like(f"{word} {words[place + 1]}")
        if called:
            said.names.append(called)
            return 2
    if "/" in word.strip("/"):
        said.names.append((Called(None, word),))
        return 1
    if len(normalize(word)) >= FEWEST and normalize(word) not in _TO_DO:
        found = process.extractOne(normalize(word), _SPELLED, scorer=fuzz.ratio, score_cutoff=ALIKE)
        called = names.like(word)
        if found and not (called and found[1] < 90):
            _take(VOCABULARY[found[0]], said, word)
            return 1
        if called:
            said.names.append(called)
            return 1
    said.unknown.append(word)
    return 1


_TO_DO = frozenset({"finetune", "quantize", "quantise", "train", "merge", "create", "delete", "download"})
"""What somebody wants done, which is near what can be asked about."""
_SPELLED = [words for words, word in VOCABULARY.items() if word.sort is not Sort.FILLER and len(words) >= FEWEST]


def _take(word: Word, said: _Said, phrase: str) -> None:
    match word.sort:
        case Sort.MEASURE if isinstance(word.means, Measure):
            said.measures.add(word.means)
            said.measure = said.measure or word.means
            said.models = said.models or phrase.endswith("models")
        case Sort.LIST if isinstance(word.means, ListName):
            said.within = word.means
            said.models = said.models or phrase.endswith("models")
        case Sort.RANKING if isinstance(word.means, Dimension):
            said.rankings.append(word.means)
        case Sort.ASKING:
            said.asking.append(str(word.means))
        case Sort.AGAINST:
            said.against = True
        case Sort.MODELS:
            said.models = True
        case Sort.WHO:
            said.who = True


# The question


def _query(said: _Said, known: dict[str, Form], today: date) -> Query | None:
    """Put together what was said; ``None`` where nothing was that can be asked."""
    subject = _subject(said)
    if subject is None:
        return None
    word, names = subject
    form = known.get(word)
    if form is None:
        return None
    task = _task(said, word)
    measure = said.measure if said.measure and _counts(said, word) else None
    since = said.when.since or (year_before(today) if _course(said, word) else None)
    query = Query(word, names, measure, said.within, task, said.top, said.when.at, since)
    return query.but(**{_FIELD[option]: None for option in Option if option not in form.options and _drops(option, query)})


_FIELD = {Option.BY: "by", Option.TOP: "top", Option.AT: "at", Option.SINCE: "since", Option.TASK: "task"}


def _drops(option: Option, query: Query) -> bool:
    """Tell which part a question cannot take and does not need: what is counted, where it counts one thing only."""
    return option is Option.BY and query.by is not None


def _course(said: _Said, word: str) -> bool:
    """Tell whether a course was asked for and no date was given."""
    if word in {"movers", "entries", "forecast", "likes"} or said.when.at or said.when.both:
        return False
    return said.when.course or "course" in said.asking


def _counts(said: _Said, word: str) -> bool:
    if word in {"likes", "entries", "ages"}:
        return False
    if word in {"models", "model"} and said.measure is Measure.MODELS:
        return False
    return not (word == "movers" and said.measure is Measure.MODELS)


def _subject(said: _Said) -> tuple[str, tuple[str, ...]] | None:
    """Decide what is asked: what kind of question it is first, then whom it is about."""
    asking = [one for one in said.asking if one != "course"]
    others = [called for called in said.names if not _only_task(called)]
    if said.when.both and not said.names:
        return "compare", tuple(str(period) for period in sorted(said.when.both, key=lambda period: period.end))
    if _about_likes(said, asking, others):
        return "likes", ()
    kind = next((word for word in _KINDS if word in asking and not (word == "entries" and "movers" in asking)), None)
    if kind:
        return _of_dimension(kind, said)
    if "movers" in asking and not others:
        return "movers", tuple(one.plural for one in said.rankings[:1])
    return _several(said) or (_one(others, said) if others else _ranking(said))


_KINDS = ("forecast", "concentration", "ages", "access", "derivatives", "entries")
"""Kinds of question that need no name, what is told by the rarer word first."""


def _about_likes(said: _Said, asking: Sequence[str], others: Sequence[tuple[Called, ...]]) -> bool:
    if others or said.rankings:
        return False
    return "likes" in asking or ({Measure.LIKES, Measure.DOWNLOADS} <= said.measures)


def _of_dimension(word: str, said: _Said) -> tuple[str, tuple[str, ...]]:
    """Name the dimension for the questions that take one, where it is not the creators."""
    if word not in {"forecast", "concentration"}:
        return word, ()
    if said.rankings:
        named = said.rankings[0].plural
        plain = named == Dimension.CREATOR.plural and word == "concentration"
        return word, () if plain else (named,)
    return word, ("models",) if word == "concentration" and said.models else ()


def _only_task(called: Sequence[Called]) -> bool:
    return {one.dimension for one in called} == {Dimension.TASK}


def _several(said: _Said) -> tuple[str, tuple[str, ...]] | None:
    """Set names beside each other: two or more that stand in one dimension."""
    if len(said.names) < 2:
        return None
    for dimension in _wanted(said):
        chosen = [next((one for one in called if one.dimension is dimension), None) for called in said.names]
        named = list(dict.fromkeys(one.name for one in chosen if one))
        left = [called for called, one in zip(said.names, chosen, strict=True) if one is None]
        if len(named) >= 2 and all(_only_task(called) for called in left) and len(left) <= 1:
            if dimension is Dimension.KIND:
                return Dimension.KIND.plural, ()
            return ("compare", tuple(named[:MOST_NAMES])) if dimension else None
    return None


def _wanted(said: _Said) -> tuple[Dimension | None, ...]:
    """Order the dimensions in which a name may stand: the one that is spoken of first."""
    spoken = [Dimension.FAMILY if one is Dimension.NAMESPACE else one for one in said.rankings]
    return tuple(dict.fromkeys((*spoken, *_PREFERRED)))


def _one(others: Sequence[tuple[Called, ...]], said: _Said) -> tuple[str, tuple[str, ...]] | None:
    called = others[0]
    for dimension in _wanted(said):
        found = next((one for one in called if one.dimension is dimension), None)
        if found and len(others) == 1:
            return _ONE[dimension], (found.name,)
    return None


def _ranking(said: _Said) -> tuple[str, tuple[str, ...]] | None:
    """Decide for a ranking of all, of one task's or of single models."""
    tasks = [called[0].name for called in said.names]
    rankings = [one for one in said.rankings if not (one is Dimension.TASK and tasks)]
    if Dimension.FAMILY in said.rankings and Dimension.LICENSE in said.rankings:
        rankings = [Dimension.FAMILY]
    if rankings:
        return rankings[0].plural, ()
    if said.who and (tasks or said.measure):
        return Dimension.CREATOR.plural, ()
    if said.models and not (tasks and said.measure is Measure.MODELS):
        return "models", ()
    return ("task", tuple(tasks)) if len(tasks) == 1 else None


def _task(said: _Said, word: str) -> str | None:
    tasks = [called[0].name for called in said.names if _only_task(called)]
    return tasks[0] if len(tasks) == 1 and word != "task" and len(said.names) >= 1 else None


def _fits(query: Query, known: dict[str, Form]) -> bool:
    """Tell whether the strict grammar has such a question."""
    form = known.get(query.word)
    if form is None or not form.fewest <= len(query.names) <= form.most:
        return False
    given = {
        Option.BY: query.by,
        Option.TASK: query.task,
        Option.TOP: query.top,
        Option.AT: query.at,
        Option.SINCE: query.since,
        Option.IN: None if query.within is ListName.TOP else query.within,
    }
    return all(value is None or option in form.options for option, value in given.items())


def _alternatives(found: Query, known: dict[str, Form]) -> Iterator[Query]:
    """Yield what may have been meant where not every word was understood, the likeliest first."""
    yield found
    bare = Query(found.word, found.names, within=found.within)
    if bare != found:
        yield bare
    form = known[found.word]
    if found.names and form.fewest == form.most == 1:
        plural = next((word for word, dimension in _RANKED.items() if dimension.value == found.word), None)
        if plural and plural in known:
            yield Query(plural, within=found.within)
