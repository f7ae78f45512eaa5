"""A dump to be counted and what may become of it: values, without a database and without the Hub."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class State(StrEnum):
    """Where a dump stands."""

    WAITING = "waiting"
    COUNTING = "counting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DumpRequest:
    """A dump that somebody wants counted: a file of a repository at one revision."""

    repo: str
    path: str
    revision: str
    taken_on: date
    columns: Mapping[str, str] = field(default_factory=dict)
    """The file's columns by the Hub's fields, where they are called otherwise."""


@dataclass(frozen=True, slots=True)
class Dump(DumpRequest):
    """One that is entered."""

    id: int = 0
    state: State = State.WAITING
    attempts: int = 0
    """Times that somebody began with it and did not come to an end."""
    models: int | None = None
    error: str | None = None
    """A sentence."""
