"""What a question gives back: values without looks. Numbers stay numbers until a renderer prints them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from analytics.chart import Chart
    from analytics.domain import ListName, Measure


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a measure one name carries."""

    name: str
    value: float
    """Models (may be fractional), downloads of 30 days, or likes."""
    portion: float
    """``value`` over the ranking's ``recorded``, 0 to 1."""
    rank: int
    """From 1; equal values share the better rank."""
    members: tuple[tuple[str, float], ...] = ()
    """The namespaces that a creator's value adds up, largest first."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Shares by one measure, largest first."""

    by: Measure
    of: str
    """What is ranked: ``"license"``, ``"creator"``, ``"model"``, …"""
    total: float
    """The whole list, in the measure's unit."""
    recorded: float
    """The part of ``total`` whose name the source records: the denominator of every portion."""
    shares: tuple[Share, ...]
    rest: float = 0.0
    """The part of ``recorded`` under names that are not told apart: the small creators of the whole Hub."""


class Cause(StrEnum):
    """Why a model moved a share."""

    ENTERED = "entered the list"
    LEFT = "left the list"
    GREW = "grew"
    SHRANK = "shrank"
    DECLARED = "changed what it declares"
    """Another license, task or library, or one more of them."""
    RENAMED = "changed its name"
    TOGETHER = "all other models together"


@dataclass(frozen=True, slots=True)
class Reason:
    """One model's part in a shift."""

    model: str
    cause: Cause
    points: float
    """Share after less share before, 0 to 1; a shift's reasons add up exactly to it."""


@dataclass(frozen=True, slots=True)
class Split:
    """A shift by what made it, in portions that add up exactly to it.

    :mod:`analytics.statistics.attribution` has the formula and its source.
    """

    grew: float
    """By models that are in the list at both dates, through their values alone."""
    declared: float
    """By those models, through another license, task or name."""
    entered: float
    """By models that are in the list only now."""
    left: float
    """By models that were in the list only then."""

    @property
    def mix(self) -> float:
        """What is due to who is in the list."""
        return self.entered + self.left


@dataclass(frozen=True, slots=True)
class Forecast:
    """Where one share is expected at a date, and the interval that should hold it in eight of ten cases."""

    name: str
    by: Measure
    at: date
    months: int
    """Ahead of the snapshot."""
    now: float
    """Portion, as the others."""
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Shift:
    """A share at two dates."""

    name: str
    by: Measure
    before: float
    after: float
    points: float
    """``after - before``, as a portion (0.01 is one percentage point)."""
    rank_before: int | None
    rank_after: int | None
    reasons: tuple[Reason, ...] = ()
    """Largest effect first."""
    split: Split | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer comes from."""

    list: ListName
    snapshot: date
    """UTC."""
    models: int
    coverage: float
    """Part of the models whose value in the asked dimension the source records, 0 to 1."""
    simulated: bool
    origin: str
    """``"hub"`` or the imported file's name."""
    since: date | None = None
    """The earlier date, where two or more are compared."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One ranking of a series over time."""

    taken_on: date
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class Offer:
    """A question beside the one that was answered, and what to call it there."""

    label: str
    query: str


@dataclass(frozen=True, slots=True)
class Near:
    """Where one can go from an answer. Every question in it has an answer too."""

    measures: tuple[Offer, ...] = ()
    """The same question by each measure, the one asked among them; empty where there is no choice."""
    earlier: Offer | None = None
    """The same question in the nearest earlier month, called by that month: ``Jul 2026``."""
    later: Offer | None = None
    ranges: tuple[Offer, ...] = ()
    """The same question now and over time, the one asked among them; empty where there is no choice."""
    inside: tuple[tuple[str, tuple[Offer, ...]], ...] = ()
    """What the answer is made of, by kind: ``("Creators", …)``, ``("Models", …)``, the leading ones first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A question answered: the finding as a sentence, the numbers, a chart, the source, and what to ask next."""

    query: str
    headline: str
    source: Source
    chart: Chart
    rankings: tuple[Ranking, ...] = ()
    models: Ranking | None = None
    """The leading models of one license, creator or task."""
    creators: Ranking | None = None
    """The creators behind one license, task or library; portions of that one name's measure, not of the list's."""
    series: tuple[Moment, ...] = ()
    shifts: tuple[Shift, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    """By name in the order of their shares now, the nearest date first."""
    statistics: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, str | float | None] = field(default_factory=dict)
    """About one model: what is known of it."""
    top: int | None = None
    """Only so many names of each ranking were asked for; the rankings hold all of them."""
    notes: tuple[str, ...] = ()
    """What the figures hide: gaps, list sizes, what was added up."""
    next: tuple[str, ...] = ()
    """Two or three queries worth asking now."""
    near: Near = field(default_factory=Near)
