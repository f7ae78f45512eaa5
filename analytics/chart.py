"""A chart as a value: its kind, numbers, names and texts. How it looks is decided where it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_BARS = 30
"""Most named bars, or pairs of bars, of one chart. It grows in height from the ninth row on."""


class ChartKind(StrEnum):
    """The kinds of charts. ``docs/explanation/charts.md`` says what each field of :class:`Chart` means for each."""

    PAIRED = "paired"
    """Two bars for each category: models and downloads."""
    BARS = "bars"
    """One bar for each category, ranked."""
    FOCUS = "focus"
    """Ranked bars with one subject in accent, and beside them the subject's parts."""
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
    SHIFTS = "shifts"
    """The change of each category in percentage points around zero, in titled groups."""
    FORECAST = "forecast"
    """Shares over time and their forecasts, each with a band."""
    SCATTER = "scatter"
    """Log-log points with the fit and R² on it."""


class Unit(StrEnum):
    """The unit of a chart's numbers."""

    PORTION = "portion"
    """0 to 1, printed in percent."""
    COUNT = "count"
    """Printed with k, M, B."""
    RANK = "rank"
    """1 is best."""


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers under one name, one for each category of the chart. ``None`` is a gap."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """The interval around a forecast series, from the last measured date to the last date."""

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
    """A least-squares line through the logarithms: ``log10 y = intercept + slope * log10 x``."""

    slope: float
    intercept: float
    r2: float
    """Pearson squared on the raw counts."""
    r2_log: float
    """Pearson squared on the logarithms."""
    n: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as a value. ``analytics.charts`` draws it as PNG, ``bot.blocks`` as a native Slack chart."""

    kind: ChartKind
    title: str
    """What the chart shows: ``Licenses by models and downloads``. In a digest's chart, the finding as a sentence."""
    subtitle: str
    """List, window and date."""
    footer: str
    """The source."""
    alt: str
    """Alternative text: the finding and the leading numbers; at most 1,000 characters."""
    categories: tuple[str, ...] = ()
    """Bars: what each bar is. Over time: ISO dates. Slope: the two dates."""
    series: tuple[Series, ...] = ()
    """Bars: one or two measures. Over time and slope: one for each name."""
    unit: Unit = Unit.PORTION
    emphasis: tuple[str, ...] = ()
    """Names in accent; all others are context."""
    groups: tuple[tuple[str, int], ...] = ()
    """DUMBBELL and SHIFTS: title and number of categories of each group, in the categories' order."""
    bounds: tuple[tuple[float, float] | None, ...] = ()
    """SHIFTS: for each category the lowest and highest possible change where only these are known, as portions."""
    measured: int = 0
    """FORECAST: how many of the dates were measured; the later ones are forecasts."""
    bands: tuple[Band, ...] = ()
    """FORECAST only; the first value of each is the last measured one."""
    parts: tuple[tuple[str, float], ...] = ()
    """FOCUS: the subject's parts (namespaces or models) and their portion of the list."""
    parts_title: str = ""
    dots: tuple[Dot, ...] = ()
    """SCATTER only; ``emphasis`` names those with a label."""
    fit: Fit | None = None
    x_label: str = ""
    y_label: str = ""
    simulated: bool = False
    """Marked on the picture."""
