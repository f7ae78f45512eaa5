"""Answers as values: rankings, shifts, forecasts and their source. Numbers stay numbers until a renderer prints them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from analytics.chart import Chart
    from analytics.domain import ListName, Measure


@dataclass(frozen=True, slots=True)
class Share:
    """One name's part of a measure."""

    name: str
    value: float
    """Models (may be fractional), downloads of 30 days, or likes."""
    portion: float
    """``value`` over the ranking's ``recorded``, 0 to 1."""
    rank: int | None
    """From 1; equal values share the better rank. ``None`` for models whose name is not declared or not known."""
    members: tuple[tuple[str, float], ...] = ()
    """What the value is the sum of, largest first: a creator's namespaces, a country's creators, a family's licenses."""


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
    """Those with a rank first, then *none declared* or *not known*."""
    rest: float = 0.0
    """The part of ``recorded`` that the source sums up without names: the small creators of the whole Hub."""

    @property
    def ranked(self) -> tuple[Share, ...]:
        """The shares that have a rank, the largest first."""
        return self.shares[: len(self.shares) - len(self.unranked)]

    @property
    def unranked(self) -> tuple[Share, ...]:
        """The shares that stand apart: *none declared*, *not known*."""
        apart = takewhile(lambda share: share.rank is None, reversed(self.shares))
        return tuple(apart)[::-1]

    def first(self, top: int | None) -> Ranking:
        """Return the ranking with the first ``top`` names only, and what stands apart from them."""
        return self if top is None else replace(self, shares=(*self.ranked[:top], *self.unranked))


class Cause(StrEnum):
    """Why a model moved a share."""

    ENTERED = "entered the list"
    LEFT = "left the list"
    GREW = "grew"
    """Its own downloads (or likes) rose, and with them its part of the share."""
    SHRANK = "shrank"
    DILUTED = "diluted"
    """Its own downloads didn't fall, but those of the other models rose more."""
    OUTLASTED = "the rest fell more"
    """Its own downloads didn't rise, but its part of the share did."""
    UNCHANGED = "unchanged"
    DECLARED = "changed what it declares"
    """Another license, task or library, or one more of them: both dates record it."""
    NEWLY_RECORDED = "newly recorded"
    """The earlier date doesn't record what it declares."""
    NO_LONGER_RECORDED = "no longer recorded"
    RENAMED = "changed its name"
    OWNER = "changed hands"
    """Its namespace came to another creator, or its creator to another country."""
    TOGETHER = "all other models together"


@dataclass(frozen=True, slots=True)
class Reason:
    """One model's contribution to a shift."""

    model: str
    cause: Cause
    points: float
    """Share after less share before, 0 to 1; a shift's reasons add up exactly to it."""
    place: str = ""
    """For a model that entered or left a list: ``entered the top 30``, ``out of the top 30, now 45th``."""

    @property
    def why(self) -> str:
        """The cause in words, with the list where the model entered or left one."""
        return self.place or self.cause.value


@dataclass(frozen=True, slots=True)
class Split:
    """A shift by its causes, as portions that add up to it exactly.

    :mod:`analytics.statistics.attribution` has the formula and its source.
    """

    grew: float
    """From models that are in the list at both dates, by their values alone."""
    declared: float
    """From those models, by a change of license, task or name, or of what is recorded of it."""
    entered: float
    """From models that are in the list only at the later date."""
    left: float
    """From models that are in the list only at the earlier date."""

    @property
    def mix(self) -> float:
        """The part that comes from changes in which models are in the list."""
        return self.entered + self.left


@dataclass(frozen=True, slots=True)
class Forecast:
    """One share's expected value at a date, with its 80% interval."""

    name: str
    by: Measure
    at: date
    months: int
    """After the snapshot."""
    now: float
    """Portion, 0 to 1, as are the next three."""
    expected: float
    low: float
    high: float
    leads: float
    """Probability that it leads the forecast names at that date, 0 to 1."""


class Basis(StrEnum):
    """Which models a shift is told of; :mod:`analytics.statistics.coverage` decides."""

    ALL = "all recorded models"
    """Coverage is alike at both dates, and what isn't recorded can't turn the shift around."""
    BOUNDS = "all recorded models, with bounds"
    """Coverage differs, but the shift has one direction, whatever the other models declare."""
    BOTH = "models recorded at both dates"
    """Without the models that aren't recorded at one of the dates or both."""


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
    without: float | None = None
    """``points`` in lists without the model that entered or left with over a tenth of downloads; ``None`` where none did."""
    basis: Basis = Basis.ALL
    low: float | None = None
    """The least and the largest the shift of the whole list can be: if none, or all, of the models that aren't recorded are of
    this name. ``None`` where all are recorded."""
    high: float | None = None

    @property
    def is_ranked(self) -> bool:
        """Whether the name is ranked at either date: *none declared* and *not known* aren't."""
        return self.rank_before is not None or self.rank_after is not None

    @property
    def entered(self) -> bool:
        """Whether the name wasn't in the earlier list; not where what isn't recorded may have had it."""
        return self.low is None and self.rank_before is None and self.rank_after is not None

    @property
    def left(self) -> bool:
        """Whether the name isn't in the later list, likewise."""
        return self.low is None and self.rank_after is None and self.rank_before is not None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The part of a measure, 0 to 1, that comes from models whose name in the asked dimension is recorded."""

    by: Measure
    now: float
    before: float | None = None
    """At the earlier date of a comparison."""


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
    coverages: tuple[Coverage, ...] = ()
    """The same by each measure of the answer, at both dates of a comparison; empty for single models."""
    narrowed: str = ""
    """The filters in words, after "models": ``by Google under Apache-2.0``; ``models`` and ``coverage`` count those only."""
    size: int = 0
    """Number of models of the list, whatever the filters; 0 without any."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One ranking of a series over time."""

    taken_on: date
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question that has an answer too, and the label of its menu entry."""

    label: str
    query: str


@dataclass(frozen=True, slots=True)
class FollowUps:
    """The questions to go on with, by menu."""

    measures: tuple[FollowUp, ...] = ()
    """The same question by each measure, the one asked among them; empty where there is no choice."""
    earlier: FollowUp | None = None
    """The same question in the nearest earlier month, labeled with that month: ``Jul 2026``."""
    later: FollowUp | None = None
    ranges: tuple[FollowUp, ...] = ()
    """The same question now and over time, the one asked among them; empty where there is no choice."""
    breakdown: tuple[tuple[str, tuple[FollowUp, ...]], ...] = ()
    """The leading names in the answer, by kind: ``("Creators", …)``, ``("Models", …)``."""
    next: tuple[str, ...] = ()
    """Up to two of the answer's next questions, without those that a menu leads to: the same by another measure or at another
    time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question: the headline, the numbers, a chart, the source, and what to ask next."""

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
    """About one model: its rank, license, task and so on; ``None`` where the source doesn't record it."""
    top: int | None = None
    """How many names of each ranking to show; the rankings hold all of them."""
    notes: tuple[str, ...] = ()
    """Sentences about the data: gaps, list sizes, sums, warnings. :func:`analytics.formatting.notes.in_brief` has what a message
    shows of them: what is neither a caveat nor a remark of :mod:`analytics.notes` is for those who look closer."""
    next: tuple[str, ...] = ()
    """Two or three queries worth asking now."""
    follow_ups: FollowUps = field(default_factory=FollowUps)
