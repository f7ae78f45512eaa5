"""Reply: what somebody gets back, before it is decided how it looks or travels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.answer import Answer


@dataclass(frozen=True, slots=True)
class Picture:
    """An answer's chart, drawn."""

    png: bytes
    alt: str
    name: str
    """A file name that says what it shows."""


@dataclass(frozen=True, slots=True)
class Line:
    """Texts that can be typed, and what they do."""

    typed: tuple[str, ...]
    meaning: str


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of a help under their heading."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A few sentences to one person: help, a mistake of theirs, a failure of ours. Plain text throughout."""

    text: str
    sections: tuple[Section, ...] = ()
    """What can be typed, under headings."""
    suggestions: tuple[str, ...] = ()
    """Texts that would work, offered as buttons."""
    build: str | None = None
    """Offers the form that builds a question, beginning with this one; ``""`` begins with the plainest."""
    reference: str | None = None
    """Of a failure that nobody foresaw; stands in the log with what went wrong."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Either an answer with its picture, for everyone in the conversation, or a notice for the person who asked."""

    answer: Answer | None = None
    picture: Picture | None = None
    notice: Notice | None = None
