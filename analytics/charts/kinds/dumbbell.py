"""Before and after: one row for each category, in titled groups; increases are blue, decreases vermillion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.charts import number_labels, style, text_measurement
from analytics.charts.canvas import Area
from analytics.formatting.numbers import rounded_change
from analytics.formatting.phrases import signed

if TYPE_CHECKING:
    from analytics.chart import Chart
    from analytics.charts.canvas import Sheet

_NAMES = 0.34
"""Largest part of the width for the names."""
_GAP = 18
_HEAD = 1.1
"""Height of a group's title in rows."""
_TALLEST = 62
_KEY = "gray before, colored after"


def draw_dumbbell(sheet: Sheet, area: Area, chart: Chart) -> None:
    """Draw a gray dot for the value before, a colored one for the value after, and columns with the value and the change."""
    groups = chart.groups or (("", len(chart.categories)),)
    heads = sum(bool(title) for title, _ in groups)
    pitch = min(area.height / (len(chart.categories) + heads * _HEAD), _TALLEST)
    size = min(style.LABEL, pitch * 0.56)
    labels = [text_measurement.printable(text) for text in chart.categories]
    room = min(max(text_measurement.width(text, size) for text in labels), area.width * _NAMES)
    before, after = chart.series[0].values, chart.series[1].values
    now = ["" if value is None else number_labels.label(value, chart.unit) for value in after]
    change = [_change(old, new) for old, new in zip(before, after, strict=True)]
    columns = [max(text_measurement.width(text, size) for text in column) for column in (now, change)]
    ends = area.right - (columns[1] + _GAP if columns[1] else 0), area.right
    plot = Area(area.left + room + _GAP, area.top, ends[0] - columns[0] - _GAP, area.bottom)
    highest = max((value for value in (*before, *after) if value is not None), default=0.0) or 1.0
    place, y = 0, area.top
    for title, rows in groups:
        if title:
            _title(sheet, area, y + pitch * _HEAD * 0.7, title, min(style.SMALL, size), key=place == 0 and bool(columns[1]))
            y += pitch * _HEAD
        for row in range(place, place + rows):
            middle = y + pitch / 2
            sheet.line([(plot.left, middle), (plot.right, middle)], style.GRID, 2)
            sheet.words((area.left, middle), text_measurement.fit(labels[row], room, size), size, centered=True)
            scaled = [None if value is None else plot.left + value / highest * plot.width for value in (before[row], after[row])]
            hue = _hue(before[row], after[row])
            _dots(sheet, (scaled[0], scaled[1]), middle, hue, pitch)
            for words, end in zip((now[row], change[row]), ends, strict=True):
                if words:
                    sheet.words(
                        (end - text_measurement.width(words, size), middle), words, size, hue=style.readable(hue), centered=True
                    )
            y += pitch
        place += rows


def _title(sheet: Sheet, area: Area, y: float, title: str, size: float, *, key: bool) -> None:
    """Name a group and, beside the first, say what the colors mean."""
    room = area.width - (text_measurement.width(_KEY, size) + _GAP if key else 0)
    sheet.words(
        (area.left, y),
        text_measurement.fit(text_measurement.printable(title), room, size, bold=True),
        size,
        hue=style.QUIET,
        bold=True,
    )
    if key:
        sheet.words((area.right - text_measurement.width(_KEY, size), y), _KEY, size, hue=style.QUIET)


def _dots(sheet: Sheet, at: tuple[float | None, float | None], y: float, hue: str, pitch: float) -> None:
    old, new = at
    if old is not None and new is not None and old != new:
        sheet.line([(old, y), (new, y)], hue, max(4.0, pitch * 0.12))
    if old is not None:
        sheet.dots([(old, y)], style.CONTEXT, pitch * 0.30)
    if new is not None:
        sheet.dots([(new, y)], hue, pitch * 0.38)


def _hue(old: float | None, new: float | None) -> str:
    if old is None or new is None or not rounded_change(old, new):
        return style.QUIET
    return style.BLUE if new > old else style.VERMILLION


def _change(old: float | None, new: float | None) -> str:
    if old is None or new is None or not rounded_change(old, new):
        return ""
    return signed(rounded_change(old, new))
