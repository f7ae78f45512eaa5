"""Dumps of the Hub to import, their states, and how far the lists of past months are."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from analytics.formatting.phrases import plural

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class State(StrEnum):
    """The state of an import."""

    WAITING = "waiting"
    COUNTING = "counting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DumpRequest:
    """A requested import of a dump: a repository's file at one revision."""

    repo: str
    path: str
    revision: str
    taken_on: date
    columns: Mapping[str, str] = field(default_factory=dict)
    """The file's column names by Hub field, where they differ."""


@dataclass(frozen=True, slots=True)
class Dump(DumpRequest):
    """A stored import."""

    id: int = 0
    state: State = State.WAITING
    attempts: int = 0
    """Attempts that were started and didn't finish."""
    models: int | None = None
    error: str | None = None
    """The last error, as a sentence."""


@dataclass(frozen=True, slots=True)
class HistoryProgress:
    """How many of the past month ends that workers fetch are stored."""

    stored: int
    months: int
    is_fetching: bool
    """Whether a worker still fetches what is missing, or tries to."""
    problem: str = ""
    """Sentences for the operator if the dataset is missing."""

    @property
    def text(self) -> str:
        """The progress as a phrase."""
        return f"{self.stored} of the last {plural(self.months, 'month end')} stored"
