"""``draw``, which turns a chart into a PNG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.chart import ChartKind
from analytics.charts import style
from analytics.charts.canvas import Area, Sheet
from analytics.charts.frame import draw_frame
from analytics.charts.kinds.area import draw_area
from analytics.charts.kinds.bars import draw_bars, draw_focus, draw_paired, more_height
from analytics.charts.kinds.dumbbell import draw_dumbbell
from analytics.charts.kinds.forecast import draw_forecast
from analytics.charts.kinds.lines import draw_bump, draw_lines
from analytics.charts.kinds.scatter import draw_scatter
from analytics.charts.kinds.shifts import draw_shifts, height_of_shifts
from analytics.charts.kinds.slope import draw_slope
from analytics.charts.png import encode
from analytics.charts.validation import must_be_drawable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analytics.chart import Chart

__all__ = ["draw"]

_FORMS: Mapping[ChartKind, Callable[[Sheet, Area, Chart], None]] = {
    ChartKind.PAIRED: draw_paired,
    ChartKind.BARS: draw_bars,
    ChartKind.FOCUS: draw_focus,
    ChartKind.LINES: draw_lines,
    ChartKind.AREA: draw_area,
    ChartKind.BUMP: draw_bump,
    ChartKind.SLOPE: draw_slope,
    ChartKind.DUMBBELL: draw_dumbbell,
    ChartKind.SHIFTS: draw_shifts,
    ChartKind.FORECAST: draw_forecast,
    ChartKind.SCATTER: draw_scatter,
}


def draw(chart: Chart) -> bytes:
    """Return a PNG in at most 64 colors, 1200 by 675 pixels or higher; the same chart gives the same bytes.

    Raises:
        ValueError: for a chart that breaks a rule of ``docs/explanation/charts.md``.

    """
    return encode(build(chart), chart.alt)


def build(chart: Chart) -> Sheet:
    """Lay out the chart without rendering it, for tests of the layout."""
    must_be_drawable(chart)
    sheet = Sheet(style.HEIGHT + more_height(chart) + height_of_shifts(chart))
    _FORMS[chart.kind](sheet, draw_frame(sheet, chart), chart)
    return sheet
