"""Area charts: shares over time stacked to 100%, with a label at the right edge of each band."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from analytics.chart import Unit
from analytics.charts import line_end_labels as ends
from analytics.charts import style, time_axis
from analytics.charts.kinds.lines import label_area, plot_area, write_dates, write_mark
from analytics.charts.time_axis import TimeAxis
from analytics.formatting.numbers import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analytics.chart import Chart
    from analytics.charts.canvas import Area, Sheet

_COLUMN = 8
"""Half the width of a single date between two gaps, in pixels."""
_ONLY = 140
"""Width of the only date, in pixels."""

Stack = tuple[float, ...]
"""The edges of the bands at one date, 0 (top) to 1: one more than there are bands, or ``()`` without data."""


def draw_area(sheet: Sheet, area: Area, chart: Chart) -> None:
    """Stack the series from the top down: portions as they are, counts as parts of their sum."""
    when = time_axis.parse(chart.categories)
    stacks = [_stack([series.values[at] for series in chart.series], chart.unit) for at in range(len(when))]
    last = max((at for at, stack in enumerate(stacks) if stack), default=0)
    edges = stacks[last] or (0.0,) * (len(chart.series) + 1)
    named = ends.endings(chart, [percent(below - above) for above, below in pairwise(edges)])
    marks = ("100%", "50%", "0%")
    size = ends.columns(named, area.width * ends.MOST)
    plot = plot_area(area, size.width, marks)
    for mark, y in zip(marks, (plot.top, (plot.top + plot.bottom) / 2, plot.bottom), strict=True):
        write_mark(sheet, plot, y, mark)
    axis = TimeAxis(when, plot.left, plot.right)
    write_dates(sheet, axis, plot)
    for run in _runs(stacks):
        columns = _columns([axis.pixels[at] for at in run], [stacks[at] for at in run], plot, alone=len(when) == 1)
        for band, end in enumerate(named):
            _band(sheet, plot, columns, band, end.hue)
    right = min(plot.right, axis.pixels[last] + (_ONLY / 2 if len(when) == 1 else 0))
    points = [(right, plot.top + (above + below) / 2 * plot.height) for above, below in pairwise(edges)]
    ends.write(sheet, named, points, label_area(area, plot, when), x=right, size=size)


def _stack(values: Sequence[float | None], unit: Unit) -> Stack:
    if all(value is None for value in values):
        return ()
    known = [value or 0.0 for value in values]
    total = sum(known)
    whole = max(total, 1.0) if unit is Unit.PORTION else total or 1.0
    return tuple(sum(known[:at]) / whole for at in range(len(known) + 1))


def _runs(stacks: Sequence[Stack]) -> Iterator[range]:
    """Yield the ranges of dates between gaps."""
    start = None
    for at, stack in enumerate((*stacks, ())):
        if stack and start is None:
            start = at
        elif not stack and start is not None:
            yield range(start, at)
            start = None


def _columns(xs: Sequence[float], stacks: Sequence[Stack], plot: Area, *, alone: bool) -> list[tuple[float, Stack]]:
    """Pair pixels with stacks; a date without neighbors becomes a column."""
    if len(xs) > 1:
        return list(zip(xs, stacks, strict=True))
    half = _ONLY / 2 if alone else _COLUMN
    return [(max(plot.left, xs[0] - half), stacks[0]), (min(plot.right, xs[0] + half), stacks[0])]


def _band(sheet: Sheet, plot: Area, columns: Sequence[tuple[float, Stack]], band: int, hue: str) -> None:
    above = [(x, plot.top + stack[band] * plot.height) for x, stack in columns]
    below = [(x, plot.top + stack[band + 1] * plot.height) for x, stack in columns]
    sheet.shape([*above, *reversed(below)], hue)
    if band:
        sheet.line(above, style.PAPER, 1.5)
