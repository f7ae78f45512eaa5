"""QUESTIONS: everything that can be asked, and the way to ask it. A new statistic is one file here and one entry below."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.domain import ListName
from analytics.errors import HfStatsError, QueryError
from analytics.language import grammar
from analytics.questions.changes.compare import COMPARE
from analytics.questions.changes.entries import ENTRIES
from analytics.questions.changes.forecast import FORECAST
from analytics.questions.changes.movers import MOVERS
from analytics.questions.data_warnings import doubts
from analytics.questions.distributions.ages import AGES
from analytics.questions.distributions.concentration import CONCENTRATION
from analytics.questions.distributions.likes import LIKES
from analytics.questions.follow_ups import neighbors
from analytics.questions.rankings.access import ACCESS
from analytics.questions.rankings.creators import CREATORS, NAMESPACES
from analytics.questions.rankings.derivatives import DERIVATIVES
from analytics.questions.rankings.families import FAMILIES
from analytics.questions.rankings.libraries import LIBRARIES
from analytics.questions.rankings.licenses import LICENSES
from analytics.questions.rankings.model import MODEL
from analytics.questions.rankings.models import MODELS
from analytics.questions.rankings.names import COUNTRY, CREATOR, FAMILY, KIND, LIBRARY, LICENSE, TASK
from analytics.questions.rankings.origins import COUNTRIES, KINDS
from analytics.questions.rankings.tasks import TASKS
from analytics.storage.request_cache import RequestCache

if TYPE_CHECKING:
    from analytics.answer import Answer
    from analytics.query import Query
    from analytics.questions.question import Question
    from analytics.storage.history import History

QUESTIONS: tuple[Question, ...] = (
    LICENSES,
    CREATORS,
    TASKS,
    LIBRARIES,
    FAMILIES,
    COUNTRIES,
    KINDS,
    ACCESS,
    DERIVATIVES,
    LICENSE,
    CREATOR,
    TASK,
    LIBRARY,
    MODELS,
    MODEL,
    LIKES,
    MOVERS,
    COMPARE,
    FAMILY,
    COUNTRY,
    KIND,
    ENTRIES,
    AGES,
    CONCENTRATION,
    FORECAST,
    NAMESPACES,
)

FORMS = tuple(question.form for question in QUESTIONS)
_BY_WORD = {question.form.word: question for question in QUESTIONS}


def parse(text: str) -> Query:
    """Read ``text`` as a question.

    Raises:
        QueryError: naming the word that was not understood, with texts that would have been.

    """
    return grammar.parse(text, FORMS)


def ask(query: Query, history: History) -> Answer:
    """Answer a question from the history, and say where one can go from there.

    Raises:
        QueryError: when a name in it is not known, with the nearest ones.
        NoDataError: when the history has nothing to answer it with.

    """
    question, read = _BY_WORD[query.word], RequestCache(history)
    try:
        _rows_are_kept(query)
        answer = question.answer(query, read)
        notes = (*answer.notes, *doubts(query, answer, read))
        onward = answer.next
        if query.within is ListName.HUB:
            onward = tuple(text for text in onward if not _needs_every_row(parse(text)))
        return replace(answer, near=neighbors(query, question.form, answer, read), notes=notes, next=onward)
    except HfStatsError as error:
        error.suggestions = tuple(text for text in error.suggestions if _answered(text, history))
        raise


_OF_EVERY_MODEL = {"ages", "entries", "likes"}
"""Questions that look at each model's row."""


def _needs_every_row(query: Query) -> bool:
    """Tell a question that the whole Hub, of which few rows are kept, has no answer to, or not for every model."""
    concentrated = query.word == "concentration" and query.names[:1] in {(), ("creators",), ("namespaces",), ("models",)}
    ranked = query.word == "model" or (query.word == "models" and query.since is not None)
    return query.within is ListName.HUB and (query.word in _OF_EVERY_MODEL or concentrated or ranked)


def _rows_are_kept(query: Query) -> None:
    if query.within is ListName.HUB and query.word in _OF_EVERY_MODEL:
        message = f"Of the whole Hub only the leading models' rows are kept, so “{query.word}” cannot be told of it."
        raise QueryError(message, tuple(str(query.but(within=one)) for one in (ListName.TOP, ListName.TRENDING)))


def _answered(text: str, history: History) -> bool:
    """Tell whether a question that is about to be offered has an answer."""
    query = parse(text)
    try:
        _rows_are_kept(query)
        _BY_WORD[query.word].answer(query, history)
    except HfStatsError:
        return False
    return True
