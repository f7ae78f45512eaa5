"""Bar charts: ranked bars, pairs of bars, and one subject among the others with its parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.chart import ChartKind, Unit
from analytics.charts import number_labels, style, text_measurement
from analytics.charts.canvas import Area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.chart import Chart
    from analytics.charts.canvas import Sheet

_TALLEST = 96
"""Largest height of a row."""
_NAMES, _NAMES_OF_PAIRS, _NAMES_IN_FOCUS = 0.42, 0.36, 0.51
"""Largest part of the width for the names."""
_LEAST = 0.02
"""A portion below this never fills the width: a bar of 0.04% must not look like 100%."""
_DWARFS = 4
"""Largest ratio of the bar for all others to the longest named bar; beyond it the value is written instead."""
_ROWS = {ChartKind.BARS: (9, 50), ChartKind.PAIRED: (8, 58)}
"""Most rows of a chart of the usual height, and the pixels that each further row adds."""
_GAP = 16
"""Between a name and its bar."""
_VALUE_GAP = 10
"""Between a bar and its value."""


@dataclass(frozen=True, slots=True)
class _Bar:
    value: float
    label: str
    hue: str
    ink: str = style.INK


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    bars: tuple[_Bar, ...]
    bold: bool = False
    written: str = ""
    """Text in place of the bars."""
    ink: str = style.INK
    """The color of the name."""


def more_height(chart: Chart) -> int:
    """Return the pixels to add to the usual height, so that many rows are as legible as few; 0 for other kinds of charts."""
    usual, pitch = _ROWS.get(chart.kind, (0, 0))
    return max(0, len(chart.categories) - usual) * pitch


def draw_bars(sheet: Sheet, area: Area, chart: Chart) -> None:
    """Draw one bar for each category, in their order; the subject (by default the first) in its color."""
    _rows(sheet, area, _ranked(chart, chart.emphasis or chart.categories[:1]), chart.unit)


def draw_paired(sheet: Sheet, area: Area, chart: Chart) -> None:
    """Draw two bars for each category, the first light and the second dark; the first category labels them."""
    first = next((name for name in chart.categories if not style.is_rest(name)), chart.categories[0])
    rows = []
    for place, category in enumerate(chart.categories):
        subject = category in chart.emphasis if chart.emphasis else not _is_context(category)
        bars = []
        for series, strong in zip(chart.series, (False, True), strict=True):
            value = series.values[place] or 0.0
            hue = (style.BLUE if strong else style.SKY) if subject else (style.NOTHING if strong else style.REST)
            label = number_labels.label(value, chart.unit)
            if category == first:
                label = _of(label, series.name, chart.unit)
            bars.append(_Bar(value, text_measurement.printable(label), hue, style.INK if strong else style.QUIET))
        rows.append(_Row(category, tuple(bars), bold=category in chart.emphasis, ink=_ink(category)))
    _rows(sheet, area, _without_giants(chart, rows), chart.unit, most=_NAMES_OF_PAIRS)


def draw_focus(sheet: Sheet, area: Area, chart: Chart) -> None:
    """Draw the ranking with the subject in its color at the left, and the subject's parts at the right."""
    if not chart.parts:
        draw_bars(sheet, area, chart)
        return
    left = Area(area.left, area.top, area.left + area.width * 0.6, area.bottom)
    right = Area(area.left + area.width * 0.66, area.top, area.right, area.bottom)
    subject = chart.emphasis or chart.categories[:1]
    _rows(sheet, left, _ranked(chart, subject), chart.unit, size=style.LABEL - 2, most=_NAMES_IN_FOCUS)
    divider = (left.right + right.left) / 2
    sheet.line([(divider, area.top), (divider, area.bottom)], style.GRID, 2)
    _parts(sheet, right, chart, style.accents(subject)[subject[0]])


def _is_context(name: str) -> bool:
    return style.color(name) in {style.REST, style.NOTHING}


def _ink(name: str) -> str:
    return style.QUIET if style.is_unranked(name) else style.INK


def _ranked(chart: Chart, subjects: Sequence[str]) -> list[_Row]:
    hues = style.accents(subjects)
    rows = []
    for category, value in zip(chart.categories, chart.series[0].values, strict=True):
        hue = hues.get(category) or (style.REST if _is_context(category) else style.CONTEXT)
        bar = _Bar(value or 0.0, number_labels.label(value or 0.0, chart.unit), hue)
        rows.append(_Row(category, (bar,), bold=category in subjects, ink=_ink(category)))
    return _without_giants(chart, rows)


def _without_giants(chart: Chart, rows: Sequence[_Row]) -> list[_Row]:
    """Write the value of all others instead of drawing a bar that would leave the leaders a few pixels each.

    Among the whole Hub's creators, the first has a few percent and the half million others have the rest.
    """
    longest = max((bar.value for row in rows if not style.is_rest(row.name) for bar in row.bars), default=0.0)
    return [_written(chart, row) if _dwarfs(row, longest) else row for row in rows]


def _dwarfs(row: _Row, longest: float) -> bool:
    return style.is_rest(row.name) and max(bar.value for bar in row.bars) > _DWARFS * longest > 0


def _written(chart: Chart, row: _Row) -> _Row:
    values = [number_labels.label(bar.value, chart.unit) for bar in row.bars]
    if len(values) > 1:
        values = [_of(value, series.name, chart.unit) for value, series in zip(values, chart.series, strict=True)]
    return replace(row, bars=(), written=f"{text_measurement.printable(', '.join(values))} · not drawn")


def _of(value: str, measure: str, unit: Unit) -> str:
    return f"{value} of {measure}" if unit is Unit.PORTION else f"{value} {measure}"


def _rows(sheet: Sheet, area: Area, rows: Sequence[_Row], unit: Unit, *, size: float = style.LABEL, most: float = _NAMES) -> None:
    """Draw names, bars and values; the longest bar with its value takes the full width."""
    pitch = min(area.height / len(rows), _TALLEST)
    several = max(len(row.bars) for row in rows)
    thick = pitch * (0.84 / several if several > 1 else 0.64)
    value_size = min(size, thick * 1.05) if several > 1 else size
    names = [text_measurement.fit(text_measurement.printable(row.name), area.width * most, size, bold=row.bold) for row in rows]
    start = area.left + max(text_measurement.width(n, size, bold=row.bold) for n, row in zip(names, rows, strict=True)) + _GAP
    scale = _scale(rows, area.right - start - _VALUE_GAP, unit, value_size)
    for place, (name, row) in enumerate(zip(names, rows, strict=True)):
        middle = area.top + (place + 0.5) * pitch
        sheet.words((area.left, middle), name, size, hue=row.ink, bold=row.bold, centered=True)
        if row.written:
            sheet.words(
                (start, middle), text_measurement.fit(row.written, area.right - start, size), size, hue=style.QUIET, centered=True
            )
        top = middle - thick * several / 2
        for bar in row.bars:
            end = start + _length(bar.value, scale)
            if end > start:
                sheet.bar(Area(start, round(top), end, round(top + thick) - (several > 1)), bar.hue)
            value = (end + _VALUE_GAP, top + thick / 2)
            sheet.words(value, bar.label, value_size, hue=bar.ink, bold=row.bold, centered=True)
            top += thick


def _scale(rows: Sequence[_Row], room: float, unit: Unit, size: float) -> float:
    """Return the pixels of one unit, so that every bar and its value fit into the room."""
    least = _LEAST if unit is Unit.PORTION else 0.0
    return min(
        (
            (room - text_measurement.width(bar.label, size, bold=row.bold)) / max(bar.value, least)
            for row in rows
            for bar in row.bars
            if bar.value > 0
        ),
        default=0.0,
    )


def _length(value: float, scale: float) -> float:
    """Return a bar's length in pixels: 0 for 0, else at least 2, to be visible."""
    return max(value * scale, 2.0) if value > 0 else 0.0


def _parts(sheet: Sheet, area: Area, chart: Chart, hue: str) -> None:
    """Draw each part with its name above the bar, since there is no room at the side."""
    titled = style.LABEL - 2
    title, _ = text_measurement.wrap(text_measurement.printable(chart.parts_title), area.width, titled, bold=True)
    first = area.top - 4
    for line in text_measurement.balance(title, titled, bold=True):
        first += 32
        sheet.words((area.left, first), line, titled, bold=True)
    first += 18
    pitch = min((area.bottom - first) / len(chart.parts), _TALLEST * 0.8)
    size = min(style.SMALL, pitch * 0.4)
    bars = [
        _Bar(value, number_labels.label(value, chart.unit), style.REST if style.is_rest(name) else hue)
        for name, value in chart.parts
    ]
    scale = _scale([_Row("", (bar,)) for bar in bars], area.width - _VALUE_GAP, chart.unit, size)
    for place, ((name, _), bar) in enumerate(zip(chart.parts, bars, strict=True)):
        top = first + place * pitch
        sheet.words(
            (area.left, top + pitch * 0.40), text_measurement.fit(text_measurement.printable(name), area.width, size), size
        )
        end = area.left + _length(bar.value, scale)
        if end > area.left:
            sheet.bar(Area(area.left, round(top + pitch * 0.56), end, round(top + pitch * 0.80)), bar.hue)
        sheet.words((end + _VALUE_GAP, top + pitch * 0.68), bar.label, size, centered=True)
