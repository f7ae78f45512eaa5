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
class Notice:
    """A few sentences to one person: help, a mistake of theirs, a failure of ours. Plain text throughout."""

    text: str
    words: tuple[tuple[str, str], ...] = ()
    """What can be typed, each with what it does."""
    suggestions: tuple[str, ...] = ()
    """Texts that would work, offered as buttons."""
    reference: str | None = None
    """Of a failure that nobody foresaw; stands in the log with what went wrong."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Either an answer with its picture, for everyone in the conversation, or a notice for the person who asked."""

    answer: Answer | None = None
    picture: Picture | None = None
    notice: Notice | None = None
