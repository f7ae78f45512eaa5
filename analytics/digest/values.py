"""Digest: what it says, as values without looks. Numbers stay numbers until a renderer prints them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from analytics.answer import Ranking, Shift, Source
    from analytics.chart import Chart
    from analytics.digest.edition import Edition
    from analytics.domain import Dimension


@dataclass(frozen=True, slots=True)
class Section:
    """One dimension: who leads, what shifted, who came and went."""

    dimension: Dimension
    rankings: tuple[Ranking, ...]
    """By models and by downloads, in full."""
    since: date | None
    """What the shifts are measured from; ``None`` where there is nothing to compare with."""
    shifts: tuple[Shift, ...]
    """Every name's, by downloads, the largest first; those that are told have their reasons."""
    entered: tuple[str, ...]
    """Names that are among the leaders now and were not before."""
    left: tuple[str, ...]
    """Names that were among the leaders and are not now."""
    coverage: float
    """Part of the models whose name in this dimension the source records, 0 to 1."""
    lines: tuple[str, ...]
    """The same in sentences, as many as a busy person reads."""
    notes: tuple[str, ...] = ()
    """What these figures hide."""


@dataclass(frozen=True, slots=True)
class Digest:
    """One month or week, told."""

    edition: Edition
    headline: str
    source: Source
    sections: tuple[Section, ...]
    likes: str
    """Likes against downloads, in one line; empty where likes are not recorded."""
    chart: Chart
    notes: tuple[str, ...]
    """Gaps, lists of another size, doubts about the data."""
