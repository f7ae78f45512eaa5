"""Where shares may go: measured lines, then dashed ones in a band that holds them with a stated probability."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.charts import line_end_labels as ends
from analytics.charts import number_labels, style, text_measurement, time_axis
from analytics.charts.kinds.lines import beside, beside_dates, plot_area, trace, write_dates
from analytics.charts.time_axis import TimeAxis

if TYPE_CHECKING:
    from analytics.chart import Chart
    from analytics.charts.canvas import Area, Point, Sheet

_MEASURED, _AHEAD = 5, 4
_OPACITY = 0.17
_EDGE = 1.5
_AFTER = "forecast"


def draw_forecast(sheet: Sheet, area: Area, chart: Chart) -> None:
    """Draw what was measured as lines, what is ahead dashed, and each band behind them in its series' colour."""
    when = time_axis.parse(chart.categories)
    highest = max([v for one in chart.series for v in one.values if v is not None] + [max(band.high) for band in chart.bands])
    grid = number_labels.ticks(highest or 0.01)
    marks = [number_labels.tick(value, chart.unit) for value in grid]
    named = ends.endings(chart, [number_labels.label(one.values[-1] or 0.0, chart.unit) for one in chart.series])
    size = ends.columns(named, area.width * ends.MOST)
    plot = plot_area(area, size.width, marks)
    scale = plot.height / grid[-1]
    axis = TimeAxis(when, plot.left, plot.right)
    xs = axis.pixels
    last = chart.measured - 1
    for value, mark in zip(grid, marks, strict=True):
        y = plot.bottom - value * scale
        sheet.line([(plot.left, y), (xs[-1], y)], style.GRID if value else style.CONTEXT, 2)
        beside(sheet, plot, y, mark)
    write_dates(sheet, axis, plot)
    hues = ends.hues_of(chart)
    for band in chart.bands:
        low = [(x, plot.bottom - v * scale) for x, v in zip(xs[last:], band.low, strict=True)]
        high = [(x, plot.bottom - v * scale) for x, v in zip(xs[last:], band.high, strict=True)]
        sheet.shape([*high, *reversed(low)], hues[band.name], opacity=_OPACITY)
        for edge in (low, high):
            sheet.line(edge, hues[band.name], _EDGE)
    sheet.line([(xs[last], plot.top), (xs[last], plot.bottom)], style.CONTEXT, 2)
    room = text_measurement.width(_AFTER, style.SMALL)
    if xs[-1] - xs[last] > room + 2 * _MEASURED:
        sheet.words((xs[last] + 10, plot.top + style.SMALL), _AFTER, style.SMALL, hue=style.QUIET, centered=True)
    for one in ends.upwards(chart):
        line: list[Point | None] = [
            None if v is None else (x, plot.bottom - v * scale) for x, v in zip(xs, one.values, strict=True)
        ]
        trace(sheet, line[: last + 1], hues[one.name], _MEASURED, dots=False)
        sheet.line([point for point in line[last:] if point], hues[one.name], _AHEAD, dashed=True)
    points = [(xs[-1], plot.bottom - (one.values[-1] or 0.0) * scale) for one in chart.series]
    ends.write(sheet, named, points, beside_dates(area, plot, when), x=xs[-1], size=size)
