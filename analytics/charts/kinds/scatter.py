"""Scatter plots on two logarithmic axes, with the fitted line and R²."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.chart import Unit
from analytics.charts import number_labels, style, text_measurement
from analytics.charts.canvas import Area

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analytics.chart import Chart, Dot, Fit
    from analytics.charts.canvas import Point, Sheet

_DOT, _SUBJECT = 13, 17
_ABOVE, _BELOW = 44, 74
_PAD = 0.05
"""Part of an axis that is free at each end, so that no dot is cut."""
_MOST = 360
"""Largest width of a dot's label."""


@dataclass(frozen=True, slots=True)
class LogAxis:
    """A logarithmic axis from one pixel to another."""

    lowest: float
    highest: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the pixel of a value above 0."""
        low, high = math.log10(self.lowest), math.log10(self.highest)
        return self.start + (self.end - self.start) * (math.log10(value) - low) / (high - low)


@dataclass(frozen=True, slots=True)
class Crowd:
    """The unlabeled dots and points along the line, which labels should not cover."""

    points: NDArray[np.float64]
    """Shape (n, 2), in pixels."""

    def within(self, box: Area) -> int:
        """Count the dots in a box."""
        xs, ys = self.points.T
        return int(((xs > box.left) & (xs < box.right) & (ys > box.top) & (ys < box.bottom)).sum())


def draw_scatter(sheet: Sheet, area: Area, chart: Chart) -> None:
    """Draw all dots as one artist, the fit, and labels at the dots in emphasis."""
    xs, ys = _limits([dot.x for dot in chart.dots]), _limits([dot.y for dot in chart.dots])
    y_marks = [(value, number_labels.tick(value, Unit.COUNT)) for value in number_labels.powers(*ys)]
    mark_width = max((text_measurement.width(mark, style.SMALL) for _, mark in y_marks), default=0.0) + 14
    plot = Area(area.left + mark_width, area.top + _ABOVE, area.right, area.bottom - _BELOW)
    x_axis, y_axis = LogAxis(*xs, plot.left, plot.right), LogAxis(*ys, plot.bottom, plot.top)
    for value, mark in y_marks:
        y = y_axis.at(value)
        sheet.line([(plot.left, y), (plot.right, y)], style.GRID, 2)
        sheet.words((plot.left - 14, y), mark, style.SMALL, hue=style.QUIET, align="right", centered=True)
    sheet.line([(plot.left, plot.bottom), (plot.right, plot.bottom)], style.CONTEXT, 2)
    for value in number_labels.powers(*xs):
        x, mark = x_axis.at(value), number_labels.tick(value, Unit.COUNT)
        sheet.line([(x, plot.bottom), (x, plot.bottom + 8)], style.CONTEXT, 2)
        half = text_measurement.width(mark, style.SMALL) / 2
        sheet.words(
            (min(x, plot.right - half), plot.bottom + 12 + style.SMALL), mark, style.SMALL, hue=style.QUIET, align="center"
        )
    _write_labels(sheet, area, chart)
    subjects = [dot for dot in chart.dots if dot.name in chart.emphasis]
    others = [(x_axis.at(dot.x), y_axis.at(dot.y)) for dot in chart.dots if dot.name not in chart.emphasis]
    if others:
        sheet.dots(others, style.SKY, _DOT, opacity=0.55)
    fitted = _fit(chart.fit, x_axis, y_axis) if chart.fit else []
    if fitted:
        sheet.line(fitted, style.VERMILLION, 4)
    if subjects:
        named = [(x_axis.at(dot.x), y_axis.at(dot.y)) for dot in subjects]
        sheet.dots(named, style.BLUE, _SUBJECT)
        _names(sheet, plot, subjects, named, Crowd(np.array([*others, *_along(fitted)]).reshape(-1, 2)))


def _limits(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of an axis around the values, at least a power of ten apart, so that it has a tick."""
    low, high = math.log10(min(values)), math.log10(max(values))
    span = high - low
    pad = max(span * _PAD, (1 - span) / 2)
    return 10 ** (low - pad), 10 ** (high + pad)


def _write_labels(sheet: Sheet, area: Area, chart: Chart) -> None:
    """Write the axis labels and R²."""
    fit = chart.fit
    fitted = f"R² {fit.r2:.2f} raw, {fit.r2_log:.2f} log-log · n = {fit.n:,}" if fit else ""
    fit_width = text_measurement.width(fitted, style.SMALL, bold=True)
    y_label = text_measurement.fit(text_measurement.printable(f"↑ {chart.y_label}"), area.width - fit_width - 40, style.SMALL)
    x_label = text_measurement.fit(text_measurement.printable(f"{chart.x_label} →"), area.width, style.SMALL)
    if chart.y_label:
        sheet.words((area.left, area.top + style.SMALL), y_label, style.SMALL, hue=style.QUIET)
    if fit:
        sheet.words((area.right, area.top + style.SMALL), fitted, style.SMALL, bold=True, align="right")
    if chart.x_label:
        sheet.words((area.right, area.bottom), x_label, style.SMALL, hue=style.QUIET, align="right")


def _fit(fit: Fit, x_axis: LogAxis, y_axis: LogAxis) -> list[Point]:
    """Return the ends of the line within the plot; ``[]`` where it lies outside."""
    low, high = math.log10(y_axis.lowest), math.log10(y_axis.highest)
    start, end = math.log10(x_axis.lowest), math.log10(x_axis.highest)
    if fit.slope:
        crossings = sorted((edge - fit.intercept) / fit.slope for edge in (low, high))
        start, end = max(start, crossings[0]), min(end, crossings[1])
    elif not low <= fit.intercept <= high:
        return []
    heights = [min(max(fit.intercept + fit.slope * x, low), high) for x in (start, end)]
    return [(x_axis.at(10**x), y_axis.at(10**y)) for x, y in zip((start, end), heights, strict=True)] if start < end else []


def _along(line: Sequence[Point]) -> list[Point]:
    """Return points of a line, a few pixels apart, for labels to avoid."""
    return [tuple(point) for point in np.linspace(line[0], line[1], 150)] if line else []


def _names(sheet: Sheet, plot: Area, dots: Sequence[Dot], points: Sequence[Point], crowd: Crowd) -> None:
    """Write each label near its dot, without covering other labels or labeled dots, and over as few other dots as possible."""
    size = style.SMALL
    occupied = [_around(point, _SUBJECT / 2 + 2) for point in points]
    for at in sorted(range(len(dots)), key=lambda i: points[i][1]):
        name = text_measurement.fit(text_measurement.printable(dots[at].name), _MOST, size)
        boxes = [
            box
            for box in _places(points[at], text_measurement.width(name, size))
            if plot.contains(box) and not any(box.overlaps(other) for other in occupied if other is not occupied[at])
        ]
        if not boxes:
            continue  # no room: better no label than one over another
        box = min(boxes, key=lambda b: 10 * crowd.within(b) + math.dist(_closest_point(b, points[at]), points[at]))
        end = _closest_point(box, points[at])
        if math.dist(end, points[at]) > _SUBJECT * 1.5:
            sheet.line([points[at], end], style.QUIET, 2)
        sheet.bar(box, style.PAPER, opacity=0.75)
        sheet.words((box.left + 4, (box.top + box.bottom) / 2), name, size, centered=True)
        occupied.append(box)


def _places(point: Point, wide: float) -> Iterator[Area]:
    """Yield candidate boxes for a label: right of the dot, left, above and below, up to 160 pixels away."""
    x, y = point
    half = style.SMALL * 0.6
    for step in range(-10, 11):
        starts = [x + _SUBJECT, x - _SUBJECT - wide]
        if abs(step * 16) > _SUBJECT + half:
            starts.append(x - wide / 2)
        for start in starts:
            yield Area(start - 4, y + step * 16 - half, start + wide + 4, y + step * 16 + half)


def _closest_point(box: Area, point: Point) -> Point:
    """Return the point of a box that is closest to another point."""
    return min(max(point[0], box.left), box.right), min(max(point[1], box.top), box.bottom)


def _around(point: Point, radius: float) -> Area:
    return Area(point[0] - radius, point[1] - radius, point[0] + radius, point[1] + radius)
