"""Line charts over time: shares, counts, and ranks, with a label at the end of each line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.chart import Unit
from analytics.charts import line_end_labels as ends
from analytics.charts import number_labels, style, text_measurement, time_axis
from analytics.charts.canvas import Area
from analytics.charts.time_axis import TimeAxis

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from analytics.chart import Chart, Series
    from analytics.charts.canvas import Point, Sheet

_DATES_HEIGHT = 42
"""Pixels for the dates under the plot."""
_MARK_GAP = 14
"""Pixels between a grid line and its label."""
_THICK, _THIN = 7, 4


def draw_lines(sheet: Sheet, area: Area, chart: Chart) -> None:
    """Draw one line for each series over a grid from 0; ``None`` is a gap, and a value between two gaps is a dot."""
    when = time_axis.parse(chart.categories)
    grid = number_labels.ticks(_highest(chart))
    marks = [number_labels.tick(value, chart.unit) for value in grid]
    named = ends.endings(chart, [_last(series, chart.unit) for series in chart.series])
    size = ends.columns(named, area.width * ends.MOST)
    plot = plot_area(area, size.width, marks)
    scale = plot.height / grid[-1]
    axis = TimeAxis(when, plot.left, plot.right)
    for value, mark in zip(grid, marks, strict=True):
        y = plot.bottom - value * scale
        sheet.line([(plot.left, y), (axis.pixels[-1], y)], style.GRID if value else style.CONTEXT, 2)
        write_mark(sheet, plot, y, mark)
    write_dates(sheet, axis, plot)
    lines = {
        series.name: [
            None if v is None else (x, plot.bottom - v * scale) for x, v in zip(axis.pixels, series.values, strict=True)
        ]
        for series in chart.series
    }
    draw_all(sheet, chart, lines)
    points = [_end(lines[series.name]) for series in chart.series]
    ends.write(sheet, named, points, label_area(area, plot, when), x=axis.pixels[-1], size=size)


def draw_bump(sheet: Sheet, area: Area, chart: Chart) -> None:
    """Draw one line of ranks for each series, 1 at the top; series without a last rank are labeled below."""
    when = time_axis.parse(chart.categories)
    absent = [series.name for series in chart.series if series.values[-1] is None]
    lowest = max((value for series in chart.series for value in series.values if value is not None), default=1.0)
    named = ends.endings(chart, [_last(series, Unit.RANK) for series in chart.series])
    ranks = [_first(series) for series in chart.series]
    size = ends.columns(named, area.width * ends.MOST)
    plot = plot_area(area, size.width, ranks)
    pitch = plot.height / (lowest + len(absent))
    axis = TimeAxis(when, plot.left, plot.right)
    write_dates(sheet, axis, plot)

    def height(rank: float) -> float:
        return plot.top + (rank - 0.5) * pitch

    lines = {
        series.name: [None if v is None else (x, height(v)) for x, v in zip(axis.pixels, series.values, strict=True)]
        for series in chart.series
    }
    draw_all(sheet, chart, lines, dots=len(when) <= 16)
    hues = ends.hues_of(chart)
    for series, rank in zip(chart.series, ranks, strict=True):
        first = lines[series.name][0]
        if first:
            write_mark(sheet, plot, first[1], rank, ends.ink_of(hues[series.name]))
    points = [_end(lines[series.name]) for series in chart.series]
    desired = [
        height(lowest + 1 + absent.index(series.name)) if series.name in absent else y
        for series, (_, y) in zip(chart.series, points, strict=True)
    ]
    ends.write(sheet, named, points, label_area(area, plot, when), x=axis.pixels[-1], size=size, desired=desired)


def plot_area(area: Area, names: float, marks: Iterable[str]) -> Area:
    """Return the area of the plot without the labels at the right, the marks at the left and the dates below."""
    left = area.left + max(text_measurement.width(mark, style.SMALL) for mark in marks) + _MARK_GAP
    return Area(left, area.top + 12, area.right - names, area.bottom - _DATES_HEIGHT)


def label_area(area: Area, plot: Area, when: Sequence[date]) -> Area:
    """Return the area of the labels: down to the footer, unless there is a single date under them."""
    return area if len(when) > 1 else Area(area.left, area.top, area.right, plot.bottom)


def write_mark(sheet: Sheet, plot: Area, y: float, mark: str, hue: str = style.QUIET) -> None:
    """Write the label of a grid line at the left of the plot."""
    sheet.words((plot.left - _MARK_GAP, y), mark, style.SMALL, hue=hue, align="right", centered=True)


def write_dates(sheet: Sheet, axis: TimeAxis, plot: Area) -> None:
    """Write round dates under the plot, as many as fit."""
    widest = text_measurement.width("Sep 2026", style.SMALL)
    for x, words in axis.marks(widest + 24):
        half = text_measurement.width(words, style.SMALL) / 2
        sheet.line([(x, plot.bottom), (x, plot.bottom + 8)], style.CONTEXT, 2)
        inside = max(min(x, plot.right + ends.LEADER / 2 - half), style.MARGIN + half)
        sheet.words((inside, plot.bottom + 12 + style.SMALL), words, style.SMALL, hue=style.QUIET, align="center")


def draw_all(sheet: Sheet, chart: Chart, lines: dict[str, list[Point | None]], *, dots: bool = False) -> None:
    """Draw every line, the subject last and thicker."""
    hues = ends.hues_of(chart)
    for series in ends.upwards(chart):
        thickness = _THICK if series.name in chart.emphasis else _THIN
        trace(sheet, lines[series.name], hues[series.name], thickness, dots=dots)


def trace(sheet: Sheet, points: Sequence[Point | None], hue: str, thickness: float, *, dots: bool) -> None:
    """Connect points except across gaps, with a dot at the end of each run and on single points."""
    marked: list[Point] = []
    run: list[Point] = []
    for point in (*points, None):
        if point is not None:
            run.append(point)
            continue
        if len(run) > 1:
            sheet.line(run, hue, thickness)
        marked += run if dots or len(run) < 2 else run[-1:]
        run = []
    if marked:
        sheet.dots(marked, hue, thickness * 2.2 + 2)


def _end(points: Sequence[Point | None]) -> Point:
    """Return the last point of a line."""
    return next(point for point in reversed(points) if point is not None)


def _highest(chart: Chart) -> float:
    """Return the highest value; for zeros only, a small one that allows a grid."""
    highest = max((value for series in chart.series for value in series.values if value is not None), default=0.0)
    return highest or (0.01 if chart.unit is Unit.PORTION else 1.0)


def _first(series: Series) -> str:
    first = series.values[0]
    return "" if first is None else number_labels.label(first, Unit.RANK)


def _last(series: Series, unit: Unit) -> str:
    last = series.values[-1]
    return ends.ABSENT if last is None else number_labels.label(last, unit)
