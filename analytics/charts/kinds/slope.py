"""Shares at two dates: a straight line a name, with name and value at both ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.charts import line_end_labels, number_labels, style, text_measurement, time_axis
from analytics.charts.canvas import Area
from analytics.charts.line_end_labels import Ending

if TYPE_CHECKING:
    from analytics.chart import Chart, Series
    from analytics.charts.canvas import Point, Sheet

_SIDE = 0.38
"""The most that the words of one side take of the width."""
_DAYS = 44
"""Pixels for the two dates above the lines."""
_THICK, _THIN = 7, 4


def draw_slope(sheet: Sheet, area: Area, chart: Chart) -> None:
    """Draw subjects in their colour, others grey; without a subject what rose is blue, what fell vermillion, what stayed grey."""
    when = time_axis.parse(chart.categories)
    hues = line_end_labels.hues_of(chart) if chart.emphasis else {one.name: _direction(one) for one in chart.series}
    ends = [
        {
            one.name: Ending(number_labels.label(value, chart.unit), text_measurement.printable(one.name), hues[one.name])
            for one in chart.series
            if (value := one.values[side]) is not None
        }
        for side in (0, 1)
    ]
    sizes = [line_end_labels.columns(list(side.values()), area.width * _SIDE) for side in ends]
    plot = Area(area.left + sizes[0].width, area.top + _DAYS, area.right - sizes[1].width, area.bottom)
    points = _points(chart, plot)
    for x, day in zip((plot.left, plot.right), when, strict=True):
        sheet.line([(x, plot.top), (x, plot.bottom)], style.GRID, 2)
        sheet.words((x, area.top + style.SMALL), time_axis.exact(day), style.SMALL, hue=style.QUIET, align="center")
    for one in line_end_labels.upwards(chart):
        thickness = _THICK if one.name in chart.emphasis else _THIN
        both = [side[one.name] for side in points if one.name in side]
        if len(both) == 2:
            sheet.line(both, hues[one.name], thickness)
        if both:
            sheet.dots(both, hues[one.name], thickness * 2.2 + 3)
    for side, x in enumerate((plot.left, plot.right)):
        named = list(ends[side].values())
        line_end_labels.write(sheet, named, list(points[side].values()), plot, x=x, size=sizes[side], mirrored=side == 0)


def _points(chart: Chart, plot: Area) -> tuple[dict[str, Point], dict[str, Point]]:
    """Place every value that is there; the axis runs from the lowest to the highest of them, since only slopes are compared."""
    known = [value for one in chart.series for value in one.values if value is not None]
    lowest, highest = min(known, default=0.0), max(known, default=0.0)
    inner = Area(plot.left, plot.top + style.LABEL * 0.6, plot.right, plot.bottom - style.LABEL * 0.6)

    def height(value: float) -> float:
        part = (value - lowest) / (highest - lowest) if highest > lowest else 0.5
        return inner.bottom - part * inner.height

    before, after = (
        {one.name: (x, height(value)) for one in chart.series if (value := one.values[side]) is not None}
        for side, x in enumerate((plot.left, plot.right))
    )
    return before, after


def _direction(one: Series) -> str:
    before, after = one.values
    if style.is_rest(one.name) or before is None or after is None or before == after:
        return style.CONTEXT
    return style.BLUE if after > before else style.VERMILLION
