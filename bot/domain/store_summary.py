"""A summary of the store: available questions, snapshots, names and the latest findings.

These values come from the analytics processes. Unpickling them must load neither pandas nor matplotlib.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.query import About

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from analytics.domain import ListName
    from analytics.query import Form, Period

FINDINGS = ("licenses", "creators", "tasks", "likes", "movers")
"""Questions whose headlines App Home shows."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A question's description, without the code that answers it."""

    form: Form
    summary: str
    examples: tuple[str, ...]
    brief: str = ""
    """A short description for lists that group several questions on one line."""


def group_of(form: Form) -> str:
    """Return the heading of a question's group in menus and help."""
    match form.about:
        case About.DIMENSION | About.MODELS:
            return "Rankings"
        case About.NAME | About.MODEL:
            return "One name"
        case _:
            return "More"


RANKINGS = "rankings"
"""Key of :attr:`StoreSummary.names` for the dimensions, the names of a question such as ``movers licenses``."""


def kinds_of_names(form: Form) -> tuple[str, ...]:
    """Return the keys of :attr:`StoreSummary.names` with the names that a question is about."""
    match form.about:
        case About.CHOICE:
            return (RANKINGS,)
        case About.SEVERAL:
            return ("creator", "license", "task", "library")
        case _:
            return (form.word,)


@dataclass(frozen=True, slots=True)
class Name:
    """A name that people can ask about."""

    name: str
    also: tuple[str, ...] = ()
    """Aliases: a creator's namespaces, a model's former ids."""
    lists: frozenset[ListName] = frozenset()
    """The lists whose latest snapshot has it."""


@dataclass(frozen=True, slots=True)
class Holding:
    """The latest snapshot of one list."""

    list: ListName
    taken_on: date
    """UTC."""
    models: int
    months: tuple[Period, ...] = ()
    """Months with a snapshot that is comparable with the latest one, oldest first."""
    previous: date | None = None
    """The date of the comparable snapshot before the latest one."""
    recorded: frozenset[str] = frozenset()
    """What the latest snapshot records: stored dimensions, ``likes``, ``created``."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A question and the headline of its current answer."""

    query: str
    headline: str


@dataclass(frozen=True, slots=True)
class StoreSummary:
    """The store's contents at one point in time."""

    edition: str
    """Changes whenever a snapshot is added or removed."""
    holdings: tuple[Holding, ...]
    """One for each list with data."""
    simulated: bool
    months: tuple[Period, ...]
    """Months with a snapshot, latest first."""
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]
    """Warnings about the latest snapshots, as sentences."""
    names: Mapping[str, tuple[Name, ...]]
    """Names in the latest snapshots by the question's word (``license``, ``creator``, …), most downloaded first.

    Under :data:`RANKINGS`, the dimensions.
    """
