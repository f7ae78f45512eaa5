"""A chart as a value: its kind, numbers, names and texts. How it looks is decided where it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChartKind(StrEnum):
    """The forms a chart takes. What each field of :class:`Chart` means to each is in ``docs/charts.md``."""

    PAIRED = "paired"
    """Two bars a category: models against downloads."""
    BARS = "bars"
    """One bar a category, ranked."""
    FOCUS = "focus"
    """Ranked bars of the field with one subject in accent, and beside them what the subject is made of."""
    LINES = "lines"
    """Shares over time, labelled at the end of the line."""
    AREA = "area"
    """Shares over time, stacked to the whole."""
    BUMP = "bump"
    """Ranks over time."""
    SLOPE = "slope"
    """Shares at two dates."""
    DUMBBELL = "dumbbell"
    """Before and after of each category, in titled groups."""
    FORECAST = "forecast"
    """Shares over time and where they may go, each within a band."""
    SCATTER = "scatter"
    """Log-log points with the fit and R² on it."""


class Unit(StrEnum):
    """What a chart's numbers are."""

    PORTION = "portion"
    """0 to 1, printed as per cent."""
    COUNT = "count"
    """Printed with k, M, B."""
    RANK = "rank"
    """1 is best."""


@dataclass(frozen=True, slots=True)
class Series:
    """One run of numbers, as long as the chart's categories. ``None`` is a gap."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """Between which values a series lies with a stated probability, from the last measured date to the last of all."""

    name: str
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """One model of a scatter."""

    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Fit:
    """A straight line through the logarithms: ``log10 y = intercept + slope * log10 x``."""

    slope: float
    intercept: float
    r2: float
    """Pearson squared on the raw counts."""
    r2_log: float
    """Pearson squared on the logarithms."""
    n: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture as a value. Only ``analytics.charts`` knows how it is drawn, only ``bot.blocks`` how Slack would draw it."""

    kind: ChartKind
    title: str
    """The finding, as a sentence."""
    subtitle: str
    """List, window and date."""
    footer: str
    """The source."""
    alt: str
    """The finding and the leading numbers, for who cannot see the picture; at most 1,000 characters."""
    categories: tuple[str, ...] = ()
    """Bars: what each bar is. Over time: ISO dates. Slope: the two dates."""
    series: tuple[Series, ...] = ()
    """Bars: one or two measures. Over time and slope: one a name."""
    unit: Unit = Unit.PORTION
    emphasis: tuple[str, ...] = ()
    """Names in accent; all others are context."""
    groups: tuple[tuple[str, int], ...] = ()
    """DUMBBELL: title and number of categories of each group, in the categories' order."""
    measured: int = 0
    """FORECAST: how many of the dates were measured; those after them are ahead."""
    bands: tuple[Band, ...] = ()
    """FORECAST only; the first value of each is the last measured one."""
    parts: tuple[tuple[str, float], ...] = ()
    """FOCUS: what the subject is made of (namespaces or models) and their portion of the list."""
    parts_title: str = ""
    dots: tuple[Dot, ...] = ()
    """SCATTER only; ``emphasis`` names those with a label."""
    fit: Fit | None = None
    x_label: str = ""
    y_label: str = ""
    simulated: bool = False
    """Said on the picture."""
