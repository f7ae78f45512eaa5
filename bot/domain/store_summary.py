"""What the analytics processes tell the others: what can be asked, what the store holds, and the latest findings.

Values with next to no code, so that reading them from another process loads neither pandas nor matplotlib.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.domain import Dimension

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from analytics.domain import ListName
    from analytics.query import Form, Period

FINDINGS = ("licenses", "creators", "tasks", "likes", "movers")
"""The questions whose answers are worth a look without being asked for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One question as the other processes know it: without the code that answers it."""

    form: Form
    summary: str
    examples: tuple[str, ...]
    brief: str = ""
    """What it answers in a few words, where a list of commands has one line for several."""


_RANKED = {dimension.plural for dimension in Dimension}


def group_of(form: Form) -> str:
    """Return the heading under which a question stands among the others."""
    return "Rankings" if form.singular or form.word in _RANKED else "One name" if form.fewest == form.most == 1 else "More"


@dataclass(frozen=True, slots=True)
class Name:
    """Something that can be asked about by name."""

    name: str
    also: tuple[str, ...] = ()
    """What else people type for it: a creator's namespaces, a model's former ids."""


@dataclass(frozen=True, slots=True)
class Holding:
    """The latest snapshot of one list."""

    list: ListName
    taken_on: date
    """UTC."""
    models: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A question with the sentence that answers it now."""

    query: str
    headline: str


@dataclass(frozen=True, slots=True)
class StoreSummary:
    """The store at one moment."""

    edition: str
    """Another text whenever a snapshot came or went."""
    holdings: tuple[Holding, ...]
    """One a list that has data; none where there is no snapshot yet."""
    simulated: bool
    months: tuple[Period, ...]
    """Those with a snapshot, the latest first."""
    findings: tuple[Finding, ...]
    doubts: tuple[str, ...]
    """What is to be distrusted about the latest snapshots, in sentences."""
    names: Mapping[str, tuple[Name, ...]]
    """By the question's word (``license``, ``creator``, …): the names of the latest snapshots, the most downloaded first."""
