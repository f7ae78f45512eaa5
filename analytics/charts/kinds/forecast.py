"""Forecast charts: measured lines, then dashed ones inside their prediction bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.charts import line_end_labels as ends
from analytics.charts import number_labels, style, text_measurement, time_axis
from analytics.charts.kinds.lines import label_area, plot_area, trace, write_dates, write_mark
from analytics.charts.time_axis import TimeAxis

if TYPE_CHECKING:
    from analytics.chart import Chart
    from analytics.charts.canvas import Area, Point, Sheet

_MEASURED, _FORECAST = 5, 4
_OPACITY = 0.17
_EDGE = 1.5
_LABEL = "forecast"


def draw_forecast(sheet: Sheet, area: Area, chart: Chart) -> None:
    """Draw measured values as lines, forecasts dashed, and each band behind them in the color of its series."""
    when = time_axis.parse(chart.categories)
    highest = max(
        [v for series in chart.series for v in series.values if v is not None] + [max(band.high) for band in chart.bands]
    )
    grid = number_labels.ticks(highest or 0.01)
    marks = [number_labels.tick(value, chart.unit) for value in grid]
    named = ends.endings(chart, [number_labels.label(series.values[-1] or 0.0, chart.unit) for series in chart.series])
    size = ends.columns(named, area.width * ends.MOST)
    plot = plot_area(area, size.width, marks)
    scale = plot.height / grid[-1]
    axis = TimeAxis(when, plot.left, plot.right)
    xs = axis.pixels
    last = chart.measured - 1
    for value, mark in zip(grid, marks, strict=True):
        y = plot.bottom - value * scale
        sheet.line([(plot.left, y), (xs[-1], y)], style.GRID if value else style.CONTEXT, 2)
        write_mark(sheet, plot, y, mark)
    write_dates(sheet, axis, plot)
    hues = ends.hues_of(chart)
    for band in chart.bands:
        low = [(x, plot.bottom - v * scale) for x, v in zip(xs[last:], band.low, strict=True)]
        high = [(x, plot.bottom - v * scale) for x, v in zip(xs[last:], band.high, strict=True)]
        sheet.shape([*high, *reversed(low)], hues[band.name], opacity=_OPACITY)
        for edge in (low, high):
            sheet.line(edge, hues[band.name], _EDGE)
    sheet.line([(xs[last], plot.top), (xs[last], plot.bottom)], style.CONTEXT, 2)
    room = text_measurement.width(_LABEL, style.SMALL)
    if xs[-1] - xs[last] > room + 2 * _MEASURED:
        sheet.words((xs[last] + 10, plot.top + style.SMALL), _LABEL, style.SMALL, hue=style.QUIET, centered=True)
    for series in ends.upwards(chart):
        line: list[Point | None] = [
            None if v is None else (x, plot.bottom - v * scale) for x, v in zip(xs, series.values, strict=True)
        ]
        trace(sheet, line[: last + 1], hues[series.name], _MEASURED, dots=False)
        sheet.line([point for point in line[last:] if point], hues[series.name], _FORECAST, dashed=True)
    points = [(xs[-1], plot.bottom - (series.values[-1] or 0.0) * scale) for series in chart.series]
    ends.write(sheet, named, points, label_area(area, plot, when), x=xs[-1], size=size)
