"""What a chart must be so that it can be drawn. A breach is a defect of who made the chart, hence ValueError."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analytics.chart import ChartKind
from analytics.charts.style import is_rest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analytics.chart import Chart

MOST = 8
"""Bars of one picture, series of another, not counting the others taken together: more cannot be read on a phone."""

MOST_PARTS = 6
"""What a subject is made of, not counting the others: they have less than half of the picture."""

MOST_ROWS = 12
"""Rows of a dumbbell chart, group titles not counted."""

_SERIES = {ChartKind.PAIRED: 2, ChartKind.BARS: 1, ChartKind.FOCUS: 1}


def must_be_drawable(chart: Chart) -> None:
    """Raise ValueError, naming the limit, if this cannot be drawn as it should be."""
    if chart.kind is ChartKind.SCATTER:
        _scatter(chart)
        return
    if not chart.categories or not chart.series:
        raise ValueError(f"a {chart.kind} chart needs categories and series")
    for one in chart.series:
        if len(one.values) != len(chart.categories):
            raise ValueError(f"{one.name!r} has {len(one.values)} values for {len(chart.categories)} categories")
    if chart.kind is not ChartKind.DUMBBELL:
        _valued(chart)
    _numbers(value for one in chart.series for value in one.values if value is not None)
    _numbers(value for _, value in chart.parts)
    if chart.kind is ChartKind.DUMBBELL:
        _grouped(chart)
    elif chart.kind in _SERIES:
        wanted = _SERIES[chart.kind]
        if len(chart.series) != wanted:
            raise ValueError(f"a {chart.kind} chart has {wanted} series, not {len(chart.series)}")
        _few("categories", chart.categories, MOST)
        _few("parts", [name for name, _ in chart.parts], MOST_PARTS)
    else:
        _few("series", [one.name for one in chart.series], MOST)
    if chart.kind in _DATED:
        _DATED[chart.kind](chart)


def _two(chart: Chart) -> None:
    if len(chart.categories) != 2:
        raise ValueError(f"a slope has two dates, not {len(chart.categories)}")


def _ahead(chart: Chart) -> None:
    ahead = len(chart.categories) - chart.measured
    if chart.measured < 1 or ahead < 1:
        raise ValueError(f"a forecast needs dates measured and dates ahead, not {chart.measured} and {ahead}")
    for one in chart.series:
        if None in one.values[chart.measured - 1 :]:
            raise ValueError(f"{one.name!r} has a gap at the last date measured or ahead of it")
    if unknown := {band.name for band in chart.bands} - {one.name for one in chart.series}:
        raise ValueError(f"there are bands without a line: {', '.join(sorted(unknown))}")
    for band in chart.bands:
        if not len(band.low) == len(band.high) == ahead + 1:
            raise ValueError(f"the band of {band.name!r} needs {ahead + 1} values below and above")
        _numbers((*band.low, *band.high))
        if any(low > high for low, high in zip(band.low, band.high, strict=True)):
            raise ValueError(f"the band of {band.name!r} is upside down")


def _valued(chart: Chart) -> None:
    for one in chart.series:
        if all(value is None for value in one.values):
            raise ValueError(f"{one.name!r} has no value at all")


def _grouped(chart: Chart) -> None:
    if len(chart.series) != 2:
        raise ValueError(f"a dumbbell chart has a series before and one after, not {len(chart.series)}")
    if len(chart.categories) > MOST_ROWS:
        raise ValueError(f"{len(chart.categories)} rows are more than {MOST_ROWS}")
    if chart.groups and sum(rows for _, rows in chart.groups) != len(chart.categories):
        raise ValueError("the groups must hold all categories")


def _scatter(chart: Chart) -> None:
    if not chart.dots:
        raise ValueError("a scatter chart needs dots")
    for dot in chart.dots:
        if not (0 < dot.x < math.inf and 0 < dot.y < math.inf):
            raise ValueError(f"{dot.name!r} is at ({dot.x}, {dot.y}): a logarithmic axis holds numbers above 0 only")


def _numbers(values: Iterable[float]) -> None:
    for value in values:
        if not 0 <= value < math.inf:
            raise ValueError(f"{value} is neither a portion, a count nor a rank")


def _few(what: str, names: Iterable[str], most: int) -> None:
    named = [name for name in names if not is_rest(name)]
    if len(named) > most:
        raise ValueError(f"{len(named)} {what} are more than {most}: take the rest together as others")
    if len(set(named)) < len(named):
        raise ValueError(f"{what} must differ")


_DATED = {ChartKind.SLOPE: _two, ChartKind.FORECAST: _ahead}
"""What these kinds ask of their dates."""
