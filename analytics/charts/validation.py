"""Checks that a chart can be drawn. A failure is a defect of the code that built the chart, hence ValueError."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analytics.chart import MOST_BARS, ChartKind
from analytics.charts.style import is_rest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analytics.chart import Chart

MOST = 8
"""Most series, or bars next to a subject's parts, not counting the one for all others: more can't be read on a phone."""

MOST_PARTS = 6
"""Most parts of a subject, not counting the one for all others: they have less than half of the width."""

MOST_ROWS = 12
"""Most rows of a chart in groups, not counting their titles."""

_GROUPED = frozenset({ChartKind.DUMBBELL, ChartKind.SHIFTS})

_SERIES = {ChartKind.PAIRED: 2, ChartKind.BARS: 1, ChartKind.FOCUS: 1}


def must_be_drawable(chart: Chart) -> None:
    """Check a chart.

    Raises:
        ValueError: naming the rule that it breaks.

    """
    if chart.kind is ChartKind.SCATTER:
        _check_scatter(chart)
        return
    if not chart.categories or not chart.series:
        raise ValueError(f"a {chart.kind} chart needs categories and series")
    for series in chart.series:
        if len(series.values) != len(chart.categories):
            raise ValueError(f"{series.name!r} has {len(series.values)} values for {len(chart.categories)} categories")
    if chart.kind not in _GROUPED:
        _check_values(chart)
    _check_numbers(value for series in chart.series for value in series.values if value is not None)
    _check_numbers(value for _, value in chart.parts)
    if chart.kind in _GROUPED:
        _check_groups(chart)
    elif chart.kind in _SERIES:
        number = _SERIES[chart.kind]
        if len(chart.series) != number:
            raise ValueError(f"a {chart.kind} chart has {number} series, not {len(chart.series)}")
        _check_number("categories", chart.categories, MOST if chart.kind is ChartKind.FOCUS else MOST_BARS)
        _check_number("parts", [name for name, _ in chart.parts], MOST_PARTS)
    else:
        _check_number("series", [series.name for series in chart.series], MOST)
    if chart.kind in _DATED:
        _DATED[chart.kind](chart)


def _check_slope(chart: Chart) -> None:
    if len(chart.categories) != 2:
        raise ValueError(f"a slope has two dates, not {len(chart.categories)}")


def _check_forecast(chart: Chart) -> None:
    ahead = len(chart.categories) - chart.measured
    if chart.measured < 1 or ahead < 1:
        raise ValueError(f"a forecast needs dates measured and dates ahead, not {chart.measured} and {ahead}")
    for series in chart.series:
        if None in series.values[chart.measured - 1 :]:
            raise ValueError(f"{series.name!r} has a gap at the last date measured or ahead of it")
    if unknown := {band.name for band in chart.bands} - {series.name for series in chart.series}:
        raise ValueError(f"there are bands without a line: {', '.join(sorted(unknown))}")
    for band in chart.bands:
        if not len(band.low) == len(band.high) == ahead + 1:
            raise ValueError(f"the band of {band.name!r} needs {ahead + 1} values below and above")
        _check_numbers((*band.low, *band.high))
        if any(low > high for low, high in zip(band.low, band.high, strict=True)):
            raise ValueError(f"the band of {band.name!r} is upside down")


def _check_values(chart: Chart) -> None:
    for series in chart.series:
        if all(value is None for value in series.values):
            raise ValueError(f"{series.name!r} has no value at all")


def _check_groups(chart: Chart) -> None:
    if len(chart.series) != 2:
        raise ValueError(f"a {chart.kind} chart has a series before and one after, not {len(chart.series)}")
    if len(chart.categories) > MOST_ROWS:
        raise ValueError(f"{len(chart.categories)} rows are more than {MOST_ROWS}")
    if chart.groups and sum(rows for _, rows in chart.groups) != len(chart.categories):
        raise ValueError("the groups must hold all categories")
    if chart.kind is ChartKind.SHIFTS:
        _check_changes(chart)


def _check_changes(chart: Chart) -> None:
    """Check that each category has a share before, one after, or the bounds of its change on one side of zero."""
    bounds = chart.bounds or (None,) * len(chart.categories)
    if len(bounds) != len(chart.categories):
        raise ValueError(f"{len(bounds)} bounds for {len(chart.categories)} categories")
    for name, before, after, between in zip(chart.categories, *(one.values for one in chart.series), bounds, strict=True):
        if between is None and before is None and after is None:
            raise ValueError(f"{name!r} has neither a share before nor one after")
        if between is not None and not (0 < between[0] <= between[1] or between[0] <= between[1] < 0):
            raise ValueError(f"the bounds of {name!r} don't tell whether it rose or fell")


def _check_scatter(chart: Chart) -> None:
    if not chart.dots:
        raise ValueError("a scatter chart needs dots")
    for dot in chart.dots:
        if not (0 < dot.x < math.inf and 0 < dot.y < math.inf):
            raise ValueError(f"{dot.name!r} is at ({dot.x}, {dot.y}): a logarithmic axis holds numbers above 0 only")


def _check_numbers(values: Iterable[float]) -> None:
    for value in values:
        if not 0 <= value < math.inf:
            raise ValueError(f"{value} is neither a portion, a count nor a rank")


def _check_number(what: str, names: Iterable[str], most: int) -> None:
    named = [name for name in names if not is_rest(name)]
    if len(named) > most:
        raise ValueError(f"{len(named)} {what} are more than {most}: take the rest together as others")
    if len(set(named)) < len(named):
        raise ValueError(f"{what} must differ")


_DATED = {ChartKind.SLOPE: _check_slope, ChartKind.FORECAST: _check_forecast}
"""Checks of the dates of these kinds."""
