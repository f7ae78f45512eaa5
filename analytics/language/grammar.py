"""Parses text as a Query, and suggests similar questions where it can't. Uses the given forms, never the data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from analytics.domain import ListName, Measure
from analytics.errors import QueryError
from analytics.language.filters import split_direction, split_filters
from analytics.language.numeric_dates import read_date, with_iso_dates
from analytics.language.repairs import form_named, repairs
from analytics.query import AS_RECORDED, FILTER_WORDS, JOINERS, OPTION_WORDS, POLITE, Form, Option, Period, Query, quoted
from analytics.typed_text import tidy, without_end

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LONGEST_TEXT = 500
"""Characters of a question."""
LARGEST_TOP = 1000

Token = tuple[str, bool]
"""A word and whether it was in quotation marks."""

_TOKEN = re.compile(r""""((?:[^"\\]|\\.)*)"|(?<!\S)'([^']+(?:'\w[^']*)*)'(?![^\s,.?!])|(\S+)""")
_YEAR = re.compile(r"\d{4}", re.ASCII)
_MEASURES = {
    "models": Measure.MODELS,
    "model": Measure.MODELS,
    "number": Measure.MODELS,
    "count": Measure.MODELS,
    "downloads": Measure.DOWNLOADS,
    "download": Measure.DOWNLOADS,
    "likes": Measure.LIKES,
    "like": Measure.LIKES,
}
_LISTS = {name.value: name for name in ListName} | {"all": ListName.BOTH, "likes": ListName.LIKED}


def parse(text: str, forms: Sequence[Form]) -> Query:
    """Parse ``text`` as one of ``forms``. Options may come in any order; case, spacing and curly quotes don't matter.

    Raises:
        QueryError: naming the word that wasn't understood, with similar texts that parse.

    """
    try:
        return _read(text, forms)
    except QueryError as error:
        if error.suggestions:
            raise
        words = (*OPTION_WORDS, *_MEASURES, *_LISTS, *FILTER_WORDS)
        raise QueryError(str(error), tuple(repairs(_words(text), forms, words, lambda text: _read(text, forms)))) from None


def _words(text: str) -> list[str]:
    try:
        return [quoted(word) if in_quotes else word for word, in_quotes in _tokens(text[:LONGEST_TEXT])]
    except QueryError:
        return []


def _read(text: str, forms: Sequence[Form]) -> Query:
    if len(text) > LONGEST_TEXT:
        raise QueryError(f"That's {len(text)} characters. A question can have up to {LONGEST_TEXT}.")
    tokens = _tokens(text)
    if not tokens:
        raise QueryError(f"Ask a question, for example: {forms[0].example}", (forms[0].example,))
    form = form_named(tokens[0][0], forms)
    if form is None:
        raise QueryError(f"I don't know what “{tokens[0][0]}” means. Type “help” to see what you can ask.")
    rest, as_recorded = _without_as_recorded(tokens[1:])
    rest, direction = split_direction(rest, form)
    rest, filters = split_filters(rest, form)
    bare, option_words = _split(rest)
    for option in option_words:
        if option not in form.options:
            raise QueryError(_unsupported(form, option))
    options = {_FIELDS[option]: _VALUES[option](words) for option, words in option_words.items()}
    query = Query(form.word, _names(form, bare), as_recorded=as_recorded, filters=filters, direction=direction, **options)
    if len(str(query)) > LONGEST_TEXT:
        raise QueryError(f"In full, that question has {len(str(query))} characters. It can have up to {LONGEST_TEXT}.")
    if query.since and query.at and query.since.start > query.at.end:
        repaired = (str(query.but(since=None)), str(query.but(at=None)))
        raise QueryError(f"“since {query.since}” is later than “at {query.at}”. Leave one of them out.", repaired)
    return query


def _tokens(text: str) -> list[Token]:
    tokens = []
    for match in _TOKEN.finditer(tidy(text)):
        inside, in_single_quotes, word = match.groups()
        if inside is not None:
            tokens.append((re.sub(r"\\(.)", r"\1", inside), True))
        elif in_single_quotes:
            tokens.append((in_single_quotes, True))
        elif word.startswith('"'):
            raise QueryError("A quotation mark is missing at the end of the name.")
        elif word != "-":
            tokens.append((word, False))
    while tokens and not tokens[-1][1]:
        tokens[-1] = without_end(tokens[-1][0]), False
        if tokens[-1][0] and (tokens[-1][0].casefold() not in POLITE or len(tokens) == 1):
            break
        tokens.pop()
    return tokens


def _without_as_recorded(tokens: list[Token]) -> tuple[list[Token], bool]:
    """Return the words without "as recorded", and whether they had it."""
    lower = ["" if in_quotes else word.casefold() for word, in_quotes in tokens]
    for start in range(len(tokens) - 1):
        if lower[start : start + 2] == AS_RECORDED.split():
            return [*tokens[:start], *tokens[start + 2 :]], True
    return tokens, False


def _split(tokens: list[Token]) -> tuple[list[Token], dict[Option, str]]:
    """Separate the names from the options. An option takes the next word as its value; a task may have several words."""
    bare: list[Token] = []
    options: dict[Option, list[str]] = {}
    owner: Option | None = None
    for index, (word, in_quotes) in enumerate(tokens):
        option = None if in_quotes else _option(word, tokens[index + 1 : index + 2])
        if owner is Option.IN and not options[owner] and word.casefold() in _LISTS:
            option = None  # "in top" names a list, though "top" alone is an option
        if option in options:
            raise QueryError(f"“{option}” appears twice. Use it once.")
        if option:
            options[option] = []
            owner = option
        elif owner and (owner is Option.TASK or not options[owner]):
            options[owner].append(word)
        else:
            bare.append((word, in_quotes))
    for option, words in options.items():
        if not words:
            raise QueryError(f"“{option}” needs a value: {_EXPECTED[option]}.")
    return bare, {option: " ".join(words) for option, words in options.items()}


def _option(word: str, following: list[Token]) -> Option | None:
    option = OPTION_WORDS.get(word.casefold())
    if option is Option.IN and following and (_YEAR.fullmatch(following[0][0]) or with_iso_dates(following[0][0])[:4].isdigit()):
        return Option.AT  # "in 2026-08" is a date, "in trending" a list
    return option


def _names(form: Form, bare: list[Token]) -> tuple[str, ...]:
    if form.most <= 1 and not any(in_quotes for _, in_quotes in bare):
        names = [" ".join(word for word, _ in bare)] if bare else []
    else:
        names = _listed(bare)
    if len(names) > form.most:
        if form.most == 0:
            raise QueryError(f"“{form.word}” takes no name, so I don't know what “{names[0]}” means.")
        most = "one name" if form.most == 1 else f"at most {form.most} names"
        raise QueryError(f"“{form.word}” takes {most}, not {len(names)}.")
    if len(names) < form.fewest:
        fewest = "a name" if form.fewest == 1 else f"at least {form.fewest} names"
        raise QueryError(f"“{form.word}” needs {fewest}, for example: {form.example}", (form.example,))
    return tuple(names)


def _listed(bare: list[Token]) -> list[str]:
    """Return the names in a list, separated by "vs", "and" or commas if there are any, else by spaces."""
    if not any(_is_separator(token) for token in bare):
        return [word for word, _ in bare]
    groups: list[list[str]] = [[]]
    for word, in_quotes in bare:
        if in_quotes or word.casefold() not in JOINERS:
            groups[-1].append(word if in_quotes else word.rstrip(","))
        if _is_separator((word, in_quotes)):
            groups.append([])
    return [" ".join(group) for group in groups if any(group)]


def _is_separator(token: Token) -> bool:
    word, in_quotes = token
    return not in_quotes and (word.casefold() in JOINERS or word.endswith(","))


def _measure(text: str) -> Measure:
    measure = _MEASURES.get(text.casefold())
    if measure is None:
        raise QueryError(f"“{text}” isn't a measure. Use {_EXPECTED[Option.BY]}.")
    return measure


def _list(text: str) -> ListName:
    name = _LISTS.get(text.casefold())
    if name is None:
        *others, last = (f"{known} ({known.contents})" for known in ListName)
        raise QueryError(f"“{text}” isn't a list. The lists are {', '.join(others)} and {last}.")
    return name


def _top(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= LARGEST_TOP):
        raise QueryError(f"“top” needs {_EXPECTED[Option.TOP]}, not “{text}”.")
    return int(text)


def _at(text: str) -> Period:
    return _period(text, 12)


def _since(text: str) -> Period:
    return _period(text, 1)


def _period(text: str, month_of_year: int) -> Period:
    """Parse a day, a month, or a year, which stands for ``month_of_year``."""
    if _YEAR.fullmatch(text) and int(text):
        return Period(int(text), month_of_year)
    if period := read_date(text):
        return period
    raise QueryError(f"“{text}” isn't a date. Write {_EXPECTED[Option.AT]}.")


_FIELDS = {Option.BY: "by", Option.IN: "within", Option.TASK: "task", Option.TOP: "top", Option.AT: "at", Option.SINCE: "since"}
_VALUES: dict[Option, Callable[[str], Any]] = {
    Option.BY: _measure,
    Option.IN: _list,
    Option.TASK: str,
    Option.TOP: _top,
    Option.AT: _at,
    Option.SINCE: _since,
}
_EXPECTED = {
    Option.BY: "models, downloads or likes",
    Option.IN: "top, trending, liked, both or hub",
    Option.TASK: "a task such as text-generation",
    Option.TOP: f"a number from 1 to {LARGEST_TOP}",
    Option.AT: "2026-08 or 2026-08-22",
    Option.SINCE: "2026-08 or 2026-08-22",
}


def _unsupported(form: Form, option: Option) -> str:
    supported = [f"“{o}”" for o in Option if o in form.options]
    only = f"; it supports {', '.join(supported)}" if supported else ""
    return f"“{form.word}” doesn't support “{option}”{only}."
