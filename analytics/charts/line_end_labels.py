"""Labels at the ends of lines: value and name in two columns beside the plot, spread where the ends are close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.charts import label_placement, style, text_measurement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.chart import Chart, Series
    from analytics.charts.canvas import Area, Point, Sheet

LEADER = 30
"""Pixels from a line's end to its label, with a leader line where the label had to move."""
ABSENT = "\N{EN DASH}"
"""The value of a series without one at the last date."""
MOST = 0.475
"""Largest part of the width for values and names, so that "automatic-speech-recognition" fits."""
_PITCH = style.LABEL * 1.2
_GAP = 12


@dataclass(frozen=True, slots=True)
class Ending:
    """The label at the end of one series."""

    value: str
    name: str
    hue: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths of the values and the names, in pixels."""

    values: float
    names: float

    @property
    def width(self) -> float:
        """Pixels from the line's end to the outer edge."""
        return LEADER + self.values + _GAP + self.names


def endings(chart: Chart, values: Sequence[str]) -> tuple[Ending, ...]:
    """Return the label of each series: its value, name and color."""
    hues = hues_of(chart)
    return tuple(
        Ending(value, text_measurement.printable(series.name), hues[series.name], series.name in chart.emphasis)
        for series, value in zip(chart.series, values, strict=True)
    )


def hues_of(chart: Chart) -> dict[str, str]:
    """Return the color of each series; with an emphasis, all other series are gray."""
    own = style.accents(chart.emphasis) if chart.emphasis else style.colors(series.name for series in chart.series)
    return {series.name: own.get(series.name) or _context(series) for series in chart.series}


def _context(series: Series) -> str:
    return style.REST if style.is_rest(series.name) else style.CONTEXT


def upwards(chart: Chart) -> list[Series]:
    """Return the series in drawing order: the first over the second, the subjects over all."""
    upside_down = reversed(chart.series)
    return sorted(upside_down, key=lambda series: series.name in chart.emphasis)


def ink_of(hue: str) -> str:
    """Return the text color for a series of a color; secondary for grays."""
    return style.QUIET if hue in {style.CONTEXT, style.REST, style.NOTHING} else style.readable(hue)


def columns(ends: Sequence[Ending], most: float) -> Columns:
    """Return the widths of the columns; names are cut where both would take more than ``most`` pixels, values never."""
    values = max(text_measurement.width(end.value, style.LABEL, bold=end.bold) for end in ends)
    names = max(text_measurement.width(end.name, style.LABEL, bold=end.bold) for end in ends)
    return Columns(values, min(names, most - values - _GAP))


def write(
    sheet: Sheet,
    ends: Sequence[Ending],
    points: Sequence[Point],
    within: Area,
    *,
    x: float,
    size: Columns,
    desired: Sequence[float] = (),
    mirrored: bool = False,
) -> None:
    """Draw each label beside its point (or at its ``desired`` height), starting ``LEADER`` pixels right of ``x``.

    ``mirrored`` draws to the left of ``x``.
    """
    out = -1 if mirrored else 1
    start = x + out * LEADER
    heights = label_placement.spread(
        desired or [y for _, y in points], _PITCH, within.top + _PITCH / 2, within.bottom - _PITCH / 2
    )
    for end, (from_x, from_y), y in zip(ends, points, heights, strict=True):
        ink = ink_of(end.hue)
        early = from_x != x
        if early or abs(y - from_y) > 3:
            sheet.line([(from_x + out * 8, from_y), (start - out * 6, y)], end.hue, 2, dashed=early)
        value_x = start if mirrored else start + size.values
        sheet.words((value_x, y), end.value, style.LABEL, hue=ink, bold=end.bold, align="right", centered=True)
        name = text_measurement.fit(end.name, size.names, style.LABEL, bold=end.bold)
        name_at = (start + out * (size.values + _GAP), y)
        sheet.words(name_at, name, style.LABEL, hue=ink, bold=end.bold, align="right" if mirrored else "left", centered=True)
