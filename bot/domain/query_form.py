"""The form that builds a question: what each of its fields holds, from a Query and back to one through the grammar.

A field holds words of the query (``by downloads``, ``task fill-mask``, ``"Meta AI"``). What was chosen, one after the other,
is the text of the question, and one grammar reads it all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.domain import ListName
from analytics.errors import QueryError
from analytics.language import grammar
from analytics.query import Option, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.query import Form, Query

QUESTION = "question"
NAMES = "names"
FIELDS = (NAMES, *(option.value for option in Option))
"""The fields beside the question itself, in the order of a query's words."""


@dataclass(frozen=True, slots=True)
class FormValues:
    """What a form holds."""

    word: str
    """The question's."""
    words: Mapping[str, tuple[str, ...]]
    """By field: words of the query; a field that is not there narrows nothing."""
    typed: frozenset[str] = frozenset()
    """Fields that were typed, not chosen: with names too long for a menu."""
    where: str | None = None
    """The conversation that the answer is for; ``None`` is the bot's own with the person."""
    quiet: bool = False
    """Nobody else sees the answer."""

    @property
    def text(self) -> str:
        """The question in words, whether or not they make one."""
        return " ".join([self.word, *(word for field in FIELDS for word in self.words.get(field, ()))])


def form_values(query: Query) -> FormValues:
    """Fill in a form so that it asks ``query``."""
    words: dict[str, tuple[str, ...]] = {NAMES: tuple(map(quoted, query.names))}
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
    return FormValues(query.word, {field: given for field, given in words.items() if given})


def without_unsupported(form: FormValues, to: Form) -> FormValues:
    """Leave out what the form's question cannot take."""
    able = {*to.options, *([NAMES] if to.most else [])}
    return replace(form, words={field: words for field, words in form.words.items() if field in able})


def mistakes(form: FormValues, forms: Sequence[Form]) -> dict[str, str]:
    """Say, by field, what keeps the form from being a question. Nothing is wrong with one that :func:`grammar.parse` reads."""
    of = next((one for one in forms if one.word == form.word), None)
    if of is None:
        return {QUESTION: f"I do not know the question “{form.word}”."}
    wrong = {}
    names = [form.word, *form.words.get(NAMES, ())]
    if said := _error(names, forms):
        wrong[NAMES if of.most else QUESTION] = said
    stand_in = [form.word, *["x"] * of.fewest]
    for field in FIELDS[1:]:
        if field in form.words and (said := _error([*stand_in, *form.words[field]], forms)):
            wrong[field] = said
    if not wrong and (said := _error([form.text], forms)):
        late = Option.SINCE in form.words and said.startswith(f"“{Option.SINCE} ")
        wrong[Option.SINCE if late else NAMES if of.most else QUESTION] = said
    return wrong


def _error(words: Sequence[str], forms: Sequence[Form]) -> str | None:
    try:
        grammar.parse(" ".join(words), forms)
    except QueryError as error:
        return str(error)
    return None


def unquoted(words: str) -> str:
    """Return a name as people see it, without the quotation marks that the grammar needs."""
    inside = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', words)
    return re.sub(r"\\(.)", r"\1", inside[1]) if inside else words
