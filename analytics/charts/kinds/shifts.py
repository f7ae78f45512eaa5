"""Changes of shares: diverging bars in percentage points around zero, in titled groups with a color each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.chart import ChartKind
from analytics.charts import style, text_measurement
from analytics.charts.canvas import Area
from analytics.formatting.numbers import percent, rounded_change
from analytics.formatting.phrases import bounds_of_change, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.chart import Chart
    from analytics.charts.canvas import Sheet

_PITCH, _HEAD = 52, 60
"""Height of a row and of a group's title, in pixels; less where a long title leaves less room."""
_USUAL = 440
"""Pixels for rows and titles in a picture of the usual height."""
_NAMES = 0.36
"""Largest part of the width for the names."""
_GAP = 28
_VALUE_GAP = 8
"""Between a bar and its value."""
_LEAST = 0.005
"""Changes that together are below half a point never fill the width."""
_TAIL = 0.35
"""Opacity of a bar between its two bounds."""
_KEY = "points; share before → after"
_HUES = {"licenses": style.BLUE, "creators": style.ORANGE, "tasks": style.GREEN}


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    change: float
    """What is certain of it, as a portion: with bounds, the one nearer to zero."""
    farthest: float
    """The other bound; the same as the change without bounds."""
    value: str
    """At the end of the bar."""
    shares: str
    """In the column at the right."""


@dataclass(frozen=True, slots=True)
class _Axis:
    plot: Area
    zero: float
    scale: float
    """Pixels of one unit."""

    def at(self, change: float) -> float:
        """Return where a change lies, at most the end of the plot."""
        return min(max(self.zero + change * self.scale, self.plot.left), self.plot.right)


def height_of_shifts(chart: Chart) -> int:
    """Return the pixels to add to the usual height of such a chart; 0 for other kinds."""
    if chart.kind is not ChartKind.SHIFTS:
        return 0
    return max(0, _needed(chart) - _USUAL)


def _needed(chart: Chart) -> int:
    """Return the height of all rows and titles."""
    return len(chart.categories) * _PITCH + sum(bool(title) for title, _ in chart.groups) * _HEAD


def draw_shifts(sheet: Sheet, area: Area, chart: Chart) -> None:
    """Draw names, bars from zero with the change at their end, and the shares before and after in a column at the right.

    A name without a share before has entered, one without a share after has left.
    """
    bounds = chart.bounds or (None,) * len(chart.categories)
    before, after = (series.values for series in chart.series)
    rows = [_row(*row) for row in zip(chart.categories, before, after, bounds, strict=True)]
    part = min(1.0, area.height / _needed(chart))
    pitch, head = _PITCH * part, _HEAD * part
    size = (style.LABEL - 1) * part
    room = min(max(text_measurement.width(row.name, size) for row in rows), area.width * _NAMES)
    column = max(text_measurement.width(row.shares, size) for row in rows)
    plot = Area(area.left + room + _GAP, area.top, area.right - column - _GAP, area.bottom)
    axis = _axis(rows, plot, size)
    y, place = area.top, 0
    for title, number in chart.groups or (("", len(rows)),):
        hue = _HUES.get(title.casefold()) or style.color(title)
        if title:
            _heading(sheet, area, y + head * 0.74, title, hue, with_key=place == 0)
            y += head
        sheet.line([(axis.zero, y + 2), (axis.zero, y + number * pitch - 2)], style.NOTHING, 2)
        for row in rows[place : place + number]:
            middle = y + pitch / 2
            sheet.words((area.left, middle), text_measurement.fit(row.name, room, size), size, centered=True)
            _bar(sheet, row, axis, Area(area.left, middle - pitch * 0.3, area.right, middle + pitch * 0.3), hue)
            if row.value:
                at = axis.at(row.change) + (
                    _VALUE_GAP if row.change >= 0 else -_VALUE_GAP - text_measurement.width(row.value, size)
                )
                sheet.words((at, middle), row.value, size, hue=style.readable(hue), centered=True)
            shares = area.right - text_measurement.width(row.shares, size)
            sheet.words((shares, middle), row.shares, size, hue=style.QUIET, centered=True)
            y += pitch
        place += number


def _row(name: str, before: float | None, after: float | None, bounds: tuple[float, float] | None) -> _Row:
    name = text_measurement.printable(name)
    if bounds:
        nearest, farthest = sorted(bounds, key=abs)
        return _Row(name, nearest, farthest, "", bounds_of_change(*bounds))
    change = rounded_change(before or 0.0, after or 0.0)
    return _Row(name, change, change, signed(change), _shares(before, after))


def _shares(before: float | None, after: float | None) -> str:
    if before is None:
        return "entered the list"
    if after is None:
        return "left the list"
    return " → ".join(percent(share) if share else "none" for share in (before, after))


def _axis(rows: Sequence[_Row], plot: Area, size: float) -> _Axis:
    """Return the axis on which the largest bar at each side and its value fit into the plot."""
    sides = [[row for row in rows if (row.change < 0) is falling] for falling in (True, False)]
    reach = [max((abs(row.change) for row in side), default=0.0) for side in sides]
    labels = [
        max((text_measurement.width(row.value, size) + _VALUE_GAP for row in side if row.value), default=0.0) for side in sides
    ]
    scale = (plot.width - sum(labels)) / max(sum(reach), _LEAST)
    spare = plot.width - sum(labels) - sum(reach) * scale
    return _Axis(plot, plot.left + labels[0] + reach[0] * scale + (spare / 2 if reach[0] else 0.0), scale)


def _heading(sheet: Sheet, area: Area, y: float, title: str, hue: str, *, with_key: bool) -> None:
    """Name a group in its color and, at the right of the first, what the column shows."""
    key = text_measurement.width(_KEY, style.SMALL) if with_key else 0.0
    text = text_measurement.fit(text_measurement.printable(title), area.width - key - _GAP, style.LABEL, bold=True)
    sheet.words((area.left, y), text, style.LABEL, hue=style.readable(hue), bold=True)
    if with_key:
        sheet.words((area.right - key, y), _KEY, style.SMALL, hue=style.QUIET)


def _bar(sheet: Sheet, row: _Row, axis: _Axis, at: Area, hue: str) -> None:
    """Draw the certain part of a change, and lighter what may be more of it, as far as the plot goes."""
    end, tail = axis.at(row.change), axis.at(row.farthest)
    if tail != end:
        sheet.shape([(end, at.top), (tail, at.top), (tail, at.bottom), (end, at.bottom)], hue, opacity=_TAIL)
    left, right = sorted((axis.zero, end))
    if right > left:
        sheet.bar(Area(left, round(at.top), max(right, left + 2), round(at.bottom)), hue)
