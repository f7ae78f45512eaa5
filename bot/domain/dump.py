"""Dumps of the Hub to import, and their states."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

DEFAULT_REPOSITORY = "cfahlgren1/hub-stats"
"""A dataset with a daily dump of the whole Hub."""
DEFAULT_FILE = "models.parquet"


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
