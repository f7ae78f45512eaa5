"""The values of the question form, converted from a query and back to its text.

Each field contains words of the query: ``by downloads``, ``task fill-mask``, ``"Meta AI"``. Joined, they are the question's text,
which the grammar reads like any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.domain import ListName
from analytics.errors import QueryError
from analytics.language import grammar
from analytics.language.filters import narrows
from analytics.query import AS_RECORDED, Option, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.query import Form, Query

QUESTION = "question"
NAMES = "names"
FILTERS = "filters"
"""The filters, and the direction of changes, as one text."""
FIELDS = (NAMES, FILTERS, *(option.value for option in Option))
"""The fields after the question, in the order of a query's words."""


@dataclass(frozen=True, slots=True)
class FormValues:
    """The values of the form."""

    word: str
    """The question's first word."""
    words: Mapping[str, tuple[str, ...]]
    """Words of the query by field, without empty fields."""
    as_recorded: bool = False
    """Whether nothing is filled in from other dates."""
    typed: frozenset[str] = frozenset()
    """Fields shown as text inputs, because their names are too long for a menu."""
    where: str | None = None
    """The conversation to post the answer in; ``None`` for a direct message."""
    quiet: bool = False
    """Whether only the person who asked sees the answer."""

    @property
    def text(self) -> str:
        """The question's text, valid or not."""
        facts = [AS_RECORDED] if self.as_recorded else []
        return " ".join([self.word, *(word for field in FIELDS for word in self.words.get(field, ())), *facts])


def form_values(query: Query) -> FormValues:
    """Return the form's values for ``query``."""
    narrowing = " ".join(map(str, (*([query.direction] if query.direction else []), *query.filters)))
    words: dict[str, tuple[str, ...]] = {NAMES: tuple(map(quoted, query.names)), FILTERS: (narrowing,) if narrowing else ()}
    if query.by:
        words[Option.BY] = (f"{Option.BY} {query.by}",)
    if query.within is not ListName.TOP:
        words[Option.IN] = (f"{Option.IN} {query.within}",)
    if query.task is not None:
        words[Option.TASK] = (f"{Option.TASK} {quoted(query.task)}",)
    if query.top is not None:
        words[Option.TOP] = (f"{Option.TOP} {query.top}",)
    if query.at:
        words[Option.AT] = (f"{Option.AT} {query.at}",)
    if query.since:
        words[Option.SINCE] = (f"{Option.SINCE} {query.since}",)
    return FormValues(query.word, {field: parts for field, parts in words.items() if parts}, as_recorded=query.as_recorded)


def without_unsupported(form: FormValues, to: Form) -> FormValues:
    """Return the form's values without the fields that its question doesn't have."""
    able = {*to.options, *([NAMES] if to.most else []), *([FILTERS] if narrows(to) else [])}
    return replace(form, words={field: words for field, words in form.words.items() if field in able})


def mistakes(form: FormValues, forms: Sequence[Form]) -> dict[str, str]:
    """Return error messages by field; ``{}`` if :func:`grammar.parse` reads the question."""
    of = next((candidate for candidate in forms if candidate.word == form.word), None)
    if of is None:
        return {QUESTION: f"There's no question “{form.word}”. Choose one from the menu."}
    wrong = {}
    names = [form.word, *form.words.get(NAMES, ())]
    if message := _error(names, forms):
        wrong[NAMES if of.most else QUESTION] = message
    stand_in = [form.word, *["x"] * of.fewest]
    for field in FIELDS[1:]:
        if field in form.words and (message := _error([*stand_in, *form.words[field]], forms)):
            wrong[field] = message
    if not wrong and (message := _error([form.text], forms)):
        late = Option.SINCE in form.words and message.startswith(f"“{Option.SINCE} ")
        wrong[Option.SINCE if late else NAMES if of.most else QUESTION] = message
    return wrong


def _error(words: Sequence[str], forms: Sequence[Form]) -> str | None:
    try:
        grammar.parse(" ".join(words), forms)
    except QueryError as error:
        return str(error)
    return None


def unquoted(words: str) -> str:
    """Return a name without the query's quotation marks."""
    inside = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', words)
    return re.sub(r"\\(.)", r"\1", inside[1]) if inside else words
