"""Replies to requests, independent of their format and delivery."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.domain import Dimension, ListName
from analytics.formatting.phrases import of_list, plural
from analytics.names.creators import NOT_KNOWN
from analytics.notes import Caveat
from analytics.query import Period

if TYPE_CHECKING:
    from datetime import date

    from analytics.answer import Answer
    from analytics.query import Query


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn chart."""

    png: bytes
    alt: str
    name: str
    """A descriptive file name."""


@dataclass(frozen=True, slots=True)
class Line:
    """Alternative inputs and what they do."""

    typed: tuple[str, ...]
    meaning: str


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a help message."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A short plain-text message to one person: help, an input error or a failure."""

    text: str
    sections: tuple[Section, ...] = ()
    """Sections of a help message."""
    suggestions: tuple[str, ...] = ()
    """Valid inputs, shown as buttons."""
    build: str | None = None
    """If not ``None``, shows a button for the question form, prefilled with this question."""
    reference: str | None = None
    """The reference id of an unexpected failure, also in the log."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with its picture for the whole conversation, or a notice for the person who asked."""

    answer: Answer | None = None
    picture: Picture | None = None
    notice: Notice | None = None


def about_data(answer: Answer) -> Notice:
    """Return all notes of an answer; its message has the most important ones in brief."""
    notes = answer.notes or ("There are no notes on the data of this answer.",)
    return Notice("\n".join([f"About the data behind “{answer.query}”", *(f"• {note}" for note in notes)]))


LATEST_WEEK = "latest week"
"""Stands for the week of the latest snapshot where a digest is asked for by month or week."""
PUBLISHED = "published"
"""Asks for a report with the article's figures of January 2024 beside the month's."""
OLD = 7
"""Days after which the newest snapshot of a list that is taken every day counts as old."""
OLD_DUMP = 45
"""Likewise for the whole Hub, which is read from a dump about once a month."""


def age_sentence(newest: date, within: ListName, today: date) -> str:
    """Return ``The newest snapshot is 97 days old.`` for a list whose newest snapshot is old, else ``""``."""
    days = (today - newest).days
    return f"The newest snapshot is {plural(days, 'day')} old." if days > (OLD_DUMP if within is ListName.HUB else OLD) else ""


def with_age(answer: Answer, query: Query, today: date) -> Answer:
    """Put the sentence about old data before an answer's notes, unless the question names a past date itself."""
    names_a_date = query.at is not None or any(Period.read(name) for name in query.names)
    age = "" if names_a_date else age_sentence(answer.source.snapshot, answer.source.list, today)
    return replace(answer, notes=(Caveat(age, f"{age[:1].lower()}{age[1:].removesuffix('.')}"), *answer.notes)) if age else answer


_HOW_MANY = re.compile(r"\b(?:how many|(?<!by )(?<!by the )number of)\b(.*)", re.IGNORECASE | re.DOTALL)
_COUNTED = re.compile(rf"\b(?:{'|'.join(sorted(dimension.plural for dimension in Dimension))}|models|downloads|likes)\b")
_FROM = frozenset({Dimension.CREATOR, Dimension.NAMESPACE, Dimension.KIND, Dimension.COUNTRY})
"""What models come from; of the other dimensions they have one or more."""


def with_number(answer: Answer, query: Query, typed: str) -> Answer:
    """Put the number before the headline where the typed words ask how many names a list has, or how many likes a model has."""
    asked = _HOW_MANY.search(typed)
    number = _number(answer, query, asked[1].casefold()) if asked and not query.since else ""
    return replace(answer, headline=f"{number}. {answer.headline}") if number else answer


def _number(answer: Answer, query: Query, asked: str) -> str:
    counted = _COUNTED.search(asked)
    likes = answer.facts.get("likes")
    if query.word == "model":
        is_told = likes is not None and counted is not None and counted[0] == "likes"
        return f"{query.names[0]} has {plural(float(likes or 0), 'like')}" if is_told else ""
    if counted and counted[0] != query.word:
        return ""  # of something else, such as the models of each creator
    source, model = answer.source, f"{query.task} model" if query.task else "model"
    if query.word == "models":
        return f"The list has {plural(source.models, model)}"
    ranking = next(iter(answer.rankings), None)
    dimension = next((dimension for dimension in Dimension if dimension.plural == query.word), None)
    if ranking is None or dimension is None:
        return ""
    unknown = ranking.recorded < ranking.total or any(share.name == NOT_KNOWN and share.value for share in ranking.unranked)
    least = "more than " if ranking.rest else "at least " if unknown else ""
    subject = of_list(source.list, source.models) if query.task is None else f"the list's {model}s"
    verb = "come from" if dimension in _FROM else "have"
    number = len(ranking.ranked)
    names = f"{number:,} {dimension.value if number == 1 else dimension.plural}"
    return f"{subject[0].upper()}{subject[1:]} {verb} {least}{names}"
