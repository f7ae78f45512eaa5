"""``QUESTIONS``, every kind of question, with ``parse`` and ``ask``. A new question is one module and one entry here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.domain import ListName
from analytics.errors import HfStatsError, QueryError
from analytics.language import grammar
from analytics.query import About, Rows
from analytics.questions.changes.compare import COMPARE
from analytics.questions.changes.entries import ENTRIES
from analytics.questions.changes.forecast import FORECAST
from analytics.questions.changes.movers import MOVERS
from analytics.questions.comparability import of_period
from analytics.questions.data_warnings import notes_on_choice, warnings_on
from analytics.questions.distributions.ages import AGES
from analytics.questions.distributions.concentration import CONCENTRATION
from analytics.questions.distributions.likes import LIKES
from analytics.questions.filtered import narrowed, with_filters
from analytics.questions.follow_ups import follow_ups
from analytics.questions.question_parts import with_title
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
_SINGLES = {form.dimension: form.word for form in FORMS if form.about in {About.NAME, About.MODEL}}
_BY_WORD = {question.form.word: question for question in QUESTIONS}


def parse(text: str) -> Query:
    """Read ``text`` as a question.

    Raises:
        QueryError: naming the word that was not understood, with texts that would have been.

    """
    return grammar.parse(text, FORMS)


def ask(query: Query, history: History) -> Answer:
    """Answer a question from the history, with warnings about the data and follow-up questions.

    Raises:
        QueryError: when a name in it is unknown; the nearest ones are suggested.
        NoDataError: when the history has nothing to answer it with.

    """
    question = _BY_WORD[query.word]
    try:
        _require_rows(query)
        cached = narrowed(query, history)
        answer = question.answer(query, cached)
        answer = with_title(answer, question.form, query, question.title(answer))
        suggestions = answer.next
        if query.within is ListName.HUB:
            suggestions = tuple(text for text in suggestions if not _needs_every_row(parse(text)))
        answer = with_filters(answer, cached)
        return replace(
            answer,
            follow_ups=follow_ups(query, question, _SINGLES, answer, cached, suggestions=suggestions),
            notes=(*answer.notes, *_choice(query, answer, cached), *warnings_on(answer, cached)),
            next=suggestions,
        )
    except HfStatsError as error:
        error.suggestions = tuple(text for text in error.suggestions if _has_answer(text, history))
        raise


def _choice(query: Query, answer: Answer, history: History) -> tuple[str, ...]:
    """Say which of a month's lists an answer uses, if not the last one."""
    snapshots = history.snapshots(query.within)
    now = of_period(snapshots, query.at) if query.at else None
    return notes_on_choice(query, now, snapshots) if now and now.taken_on == answer.source.snapshot else ()


def _needs_every_row(query: Query) -> bool:
    """Return whether a question can't be answered for every model of the whole Hub, which has few rows."""
    return query.within is ListName.HUB and _BY_WORD[query.word].needs_every_row(query)


def _require_rows(query: Query) -> None:
    """Raise QueryError for a question that needs rows which the whole Hub doesn't have."""
    if query.within is ListName.HUB and _BY_WORD[query.word].form.needs.rows is Rows.ALL:
        message = f"“{query.word}” isn't available for the whole Hub, where only the leading models are stored. Try another list."
        raise QueryError(message, tuple(str(query.but(within=other)) for other in (ListName.TOP, ListName.TRENDING)))


def _has_answer(text: str, history: History) -> bool:
    """Return whether a suggested question has an answer."""
    query = parse(text)
    try:
        _require_rows(query)
        _BY_WORD[query.word].answer(query, narrowed(query, history))
    except HfStatsError:
        return False
    return True
