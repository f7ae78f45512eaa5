"""Digests as values. Numbers stay numbers until a renderer prints them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.formatting.phrases import short_period

if TYPE_CHECKING:
    from datetime import date

    from analytics.answer import Ranking, Shift, Source
    from analytics.chart import Chart
    from analytics.digest.basis import Basis
    from analytics.digest.edition import Edition
    from analytics.domain import Dimension
    from analytics.statistics.findings import Finding


_LONGEST_GAP = 31
"""Most days between the earlier snapshot and the month or week for which that gives the digest its name."""


@dataclass(frozen=True, slots=True)
class Section:
    """One dimension: the leaders, the largest shifts, entries and exits."""

    dimension: Dimension
    rankings: tuple[Ranking, ...]
    """By models and by downloads, in full."""
    since: date | None
    """The date of the snapshot compared with; ``None`` without one."""
    shifts: tuple[Shift, ...]
    """Of every name by downloads, the largest first; those in ``lines`` have their reasons."""
    entered: tuple[str, ...]
    """Names that are new among the leaders."""
    left: tuple[str, ...]
    """Names that are no longer among the leaders."""
    coverage: float
    """Part of downloads, 0 to 1, of the models whose name in this dimension is recorded."""
    lines: tuple[str, ...]
    """The same as a few sentences."""
    notes: tuple[str, ...] = ()
    """Sentences about the data."""
    coverage_before: float | None = None
    """The same at the date compared with; ``None`` without one."""
    findings: tuple[Finding, ...] = ()
    """What happened, the weightiest first."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """A fact on one line."""

    text: str
    dimension: Dimension | None = None
    """What it's about, which tells the license MIT from the creator MIT; ``None`` for what adds to the headline."""

    @property
    def label(self) -> str:
        """``License``; ``""`` where the text says it."""
        if self.dimension is None or self.text.startswith(self.dimension.plural.capitalize()):
            return ""
        return self.dimension.capitalize()

    def __str__(self) -> str:
        return f"{self.label}: {self.text}" if self.label else self.text


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of one month or week."""

    edition: Edition
    basis: Basis
    headline: str
    """The finding: one sentence."""
    highlights: tuple[Highlight, ...]
    """What to know after it, the weightiest first; a message shows the first ones."""
    source: Source
    sections: tuple[Section, ...]
    likes: str
    """Headline about likes and downloads; empty where likes aren't recorded."""
    chart: Chart
    notes: tuple[str, ...]
    """Sentences about gaps, lists of another size, and data warnings."""
    warnings: tuple[str, ...] = ()
    """Those of the notes without which the headline may mislead."""
    jump: str = ""
    """The name of the model in the headline that moves every share; changes without it stand beside these."""

    @property
    def title(self) -> str:
        """The title: the month or week and how far the data goes, or the true span where the comparison starts earlier."""
        first, last = self.source.since, self.source.snapshot
        if first and (self.edition.first - first).days > _LONGEST_GAP:
            return f"Digest: {short_period(first, last)}"
        return f"Digest for {self.edition.name}" + ("" if last == self.edition.last else f", through {last:%B} {last.day}")
