"""Reports as values. Numbers stay numbers until a renderer prints them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from analytics.answer import Answer, Source
    from analytics.chart import Chart
    from analytics.digest.edition import Edition

SIMULATED = "All data in this report is simulated."
"""The first of a report's notes, where it applies."""


@dataclass(frozen=True, slots=True)
class Section:
    """One chapter of a report."""

    key: str
    """A stable name, such as ``creators``: the chapter's key in JSON and the name of its files."""
    number: int
    """From 1."""
    title: str
    finding: str
    """The chapter's main finding as one sentence with its numbers."""
    sentences: tuple[str, ...]
    """What else there is to say, the most important first."""
    answers: tuple[Answer, ...]
    """The answers that the chapter's numbers come from; the first one's rankings are its table. Empty without data."""
    chart: Chart | None
    """``None`` where the chapter only says what isn't recorded."""
    definition: str
    """A footnote: what was counted and how."""
    change: str
    """What changed since the report before, as a sentence; empty where that can't be said."""
    notes: tuple[str, ...] = ()
    """Sentences about the data."""
    groups: tuple[tuple[str, float], ...] = ()
    """Of the tasks: what the models are for, and the portion of the downloads with a declared task, the largest first."""


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A figure of the article about January 2024 and the same figure now."""

    key: str
    label: str
    published: float
    """As the article printed it: a portion, 0 to 1, or R²."""
    now: float | None
    """The same, calculated; ``None`` where the source doesn't record it."""
    is_portion: bool = True
    """Whether it's printed in percent."""


@dataclass(frozen=True, slots=True)
class Report:
    """The report of one month."""

    edition: Edition
    source: Source
    title: str
    summary: tuple[str, ...]
    """Two or three sentences that stand for the whole."""
    sections: tuple[Section, ...]
    conclusions: tuple[str, ...]
    question: str
    """The closing question: who will lead, with the forecast where history allows one."""
    bet: str
    """The ranking to bet on, as a query's text: ``creators by downloads``."""
    previous: date | None
    """The date of the snapshot that changes are since; ``None`` for the first report."""
    forecast: Chart | None = None
    """The chart of the forecast that ``question`` gives; ``None`` where the history is too short for one."""
    then_and_now: tuple[PublishedFigure, ...] = ()
    """Beside the published figures of January 2024, where asked."""
    notes: tuple[str, ...] = ()
    """Sentences about the data that concern the whole report."""
