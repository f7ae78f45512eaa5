"""Replies to requests, independent of their format and delivery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.answer import Answer


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
