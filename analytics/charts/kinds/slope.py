"""Slope charts: shares at two dates, one line for each name with labels at both ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.charts import line_end_labels, number_labels, style, text_measurement, time_axis
from analytics.charts.canvas import Area
from analytics.charts.line_end_labels import Ending
from analytics.formatting.phrases import short_day

if TYPE_CHECKING:
    from analytics.chart import Chart, Series
    from analytics.charts.canvas import Point, Sheet

_SIDE = 0.38
"""Largest part of the width for the labels of one side."""
_DAYS = 44
"""Pixels for the two dates above the lines."""
_THICK, _THIN = 7, 4


def draw_slope(sheet: Sheet, area: Area, chart: Chart) -> None:
    """Draw subjects in their color and others gray; without a subject, increases are blue and decreases vermillion."""
    when = time_axis.parse(chart.categories)
    hues = line_end_labels.hues_of(chart) if chart.emphasis else {series.name: _direction(series) for series in chart.series}
    ends = [
        {
            series.name: Ending(
                number_labels.label(value, chart.unit), text_measurement.printable(series.name), hues[series.name]
            )
            for series in chart.series
            if (value := series.values[side]) is not None
        }
        for side in (0, 1)
    ]
    sizes = [line_end_labels.columns(list(side.values()), area.width * _SIDE) for side in ends]
    plot = Area(area.left + sizes[0].width, area.top + _DAYS, area.right - sizes[1].width, area.bottom)
    points = _points(chart, plot)
    for x, day in zip((plot.left, plot.right), when, strict=True):
        sheet.line([(x, plot.top), (x, plot.bottom)], style.GRID, 2)
        sheet.words((x, area.top + style.SMALL), short_day(day), style.SMALL, hue=style.QUIET, align="center")
    for series in line_end_labels.upwards(chart):
        thickness = _THICK if series.name in chart.emphasis else _THIN
        ends_of_line = [side[series.name] for side in points if series.name in side]
        if len(ends_of_line) == 2:
            sheet.line(ends_of_line, hues[series.name], thickness)
        if ends_of_line:
            sheet.dots(ends_of_line, hues[series.name], thickness * 2.2 + 3)
    for side, x in enumerate((plot.left, plot.right)):
        named = list(ends[side].values())
        line_end_labels.write(sheet, named, list(points[side].values()), plot, x=x, size=sizes[side], mirrored=side == 0)


def _points(chart: Chart, plot: Area) -> tuple[dict[str, Point], dict[str, Point]]:
    """Return the points of every value; the axis runs from the lowest to the highest, since only slopes are compared."""
    known = [value for series in chart.series for value in series.values if value is not None]
    lowest, highest = min(known, default=0.0), max(known, default=0.0)
    inner = Area(plot.left, plot.top + style.LABEL * 0.6, plot.right, plot.bottom - style.LABEL * 0.6)

    def height(value: float) -> float:
        part = (value - lowest) / (highest - lowest) if highest > lowest else 0.5
        return inner.bottom - part * inner.height

    before, after = (
        {series.name: (x, height(value)) for series in chart.series if (value := series.values[side]) is not None}
        for side, x in enumerate((plot.left, plot.right))
    )
    return before, after


def _direction(series: Series) -> str:
    before, after = series.values
    if style.is_rest(series.name) or style.is_unranked(series.name) or before is None or after is None or before == after:
        return style.CONTEXT
    return style.BLUE if after > before else style.VERMILLION
