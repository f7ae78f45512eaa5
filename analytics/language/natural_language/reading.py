"""Read a question in natural language: one query if every word is understood, else queries to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.domain import Dimension, ListName
from analytics.language.filters import narrows
from analytics.language.natural_language.completeness import says_all
from analytics.language.natural_language.dates import year_before
from analytics.language.natural_language.lexicon import vocabulary
from analytics.language.natural_language.subject import SINGULAR, find_subject, only_task
from analytics.language.natural_language.terms import find_terms
from analytics.query import About, Option, Query
from analytics.typed_text import tidy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from analytics.language.natural_language.names import Directory
    from analytics.language.natural_language.terms import Terms
    from analytics.query import Form

LONGEST = 400
"""Characters; a longer text asks more than one thing."""
MOST = 3
"""Queries to choose from."""
_RANKED = {dimension.plural: dimension for dimension in Dimension}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text was understood to ask."""

    query: Query | None = None
    """The question, if every word was understood."""
    candidates: tuple[Query, ...] = ()
    """Otherwise: questions that may have been meant, the likeliest first."""
    unknown: tuple[str, ...] = ()
    """The words that were not understood."""


def read(text: str, forms: Sequence[Form], names: Directory, today: date) -> Reading:
    """Read a question in natural language.

    ``names`` can be asked about; "last month" counts back from ``today``. Never raises.
    """
    known = {form.word: form for form in forms}
    if len(text) > LONGEST:
        return Reading()
    terms = find_terms(tidy(text).casefold(), vocabulary(tuple(forms)), names, today)
    query = _query(terms, known, today)
    if query is None:
        return Reading(unknown=tuple(terms.unknown))
    is_single = terms.comparing and len(terms.names) == 1 and query.word in SINGULAR.values()
    if terms.unknown or is_single or not says_all(query, terms) or not _fits(query, known):
        candidates = [other for other in _alternatives(query, known) if _fits(other, known)]
        return Reading(None, tuple(candidates[:MOST]), tuple(terms.unknown))
    return Reading(query)


def _query(terms: Terms, known: dict[str, Form], today: date) -> Query | None:
    """Put the terms together; ``None`` if they ask nothing."""
    subject = find_subject(terms, known)
    if subject is None:
        return None
    word, names, filters = subject
    form = known.get(word)
    if form is None:
        return None
    task = _task(terms, form)
    measure = terms.measure if terms.measure in form.spoken.measures else None
    since = terms.when.since or (year_before(today) if _over_time(terms, form) else None)
    query = Query(word, names, measure, terms.within, task, terms.top, terms.when.at, since, filters=filters)
    query = query.but(direction=terms.direction) if form.directed else query
    return query.but(**{_FIELD[option]: None for option in Option if option not in form.options and _drops(option, query)})


_FIELD = {Option.BY: "by", Option.TOP: "top", Option.AT: "at", Option.SINCE: "since", Option.TASK: "task"}


def _drops(option: Option, query: Query) -> bool:
    """Tell whether an option is dropped because the question always counts the same thing."""
    return option is Option.BY and query.by is not None


def _over_time(terms: Terms, form: Form) -> bool:
    """Tell whether a development over time is asked for, without a date."""
    if not form.spoken.over_time or terms.when.at or terms.when.both:
        return False
    return terms.when.course or "course" in terms.kinds


def _task(terms: Terms, form: Form) -> str | None:
    tasks = [name[0].name for name in terms.names if only_task(name)]
    of_task = form.about is About.NAME and form.dimension is Dimension.TASK
    return tasks[0] if len(tasks) == 1 and not of_task and len(terms.names) >= 1 else None


def _fits(query: Query, known: dict[str, Form]) -> bool:
    """Tell whether the grammar allows such a query."""
    form = known.get(query.word)
    if form is None or not form.fewest <= len(query.names) <= form.most:
        return False
    options = {
        Option.BY: query.by,
        Option.TASK: query.task,
        Option.TOP: query.top,
        Option.AT: query.at,
        Option.SINCE: query.since,
        Option.IN: None if query.within is ListName.TOP else query.within,
    }
    if query.filters and not narrows(form):
        return False
    return all(value is None or option in form.options for option, value in options.items())


def _alternatives(query: Query, known: dict[str, Form]) -> Iterator[Query]:
    """Yield questions that may have been meant, the likeliest first."""
    yield query
    bare = Query(query.word, query.names, within=query.within)
    if bare != query:
        yield bare
    form = known[query.word]
    if query.names and form.fewest == form.most == 1:
        plural = next((word for word, dimension in _RANKED.items() if dimension.value == query.word), None)
        if plural and plural in known:
            yield Query(plural, within=query.within)
