"""Names where their lines end: value and name in two columns beside the plot, moved apart where the ends are close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.charts import label_placement, style, text_measurement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.chart import Chart, Series
    from analytics.charts.canvas import Area, Point, Sheet

LEADER = 30
"""Pixels from a line's end to the words: a short line there ties words that had to move to their end."""
GONE = "\N{EN DASH}"
"""The value of what is no longer there at the last date."""
MOST = 0.475
"""The most that values and names take of the width: a long task, "automatic-speech-recognition", still fits."""
_PITCH = style.LABEL * 1.2
_GAP = 12


@dataclass(frozen=True, slots=True)
class Ending:
    """What is written at the end of one series."""

    value: str
    name: str
    hue: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide values and names are, in pixels."""

    values: float
    names: float

    @property
    def width(self) -> float:
        """Pixels from the line's end to the outer edge."""
        return LEADER + self.values + _GAP + self.names


def endings(chart: Chart, values: Sequence[str]) -> tuple[Ending, ...]:
    """Put each series' value, its name and its colour together."""
    hues = hues_of(chart)
    return tuple(
        Ending(value, text_measurement.printable(one.name), hues[one.name], one.name in chart.emphasis)
        for one, value in zip(chart.series, values, strict=True)
    )


def hues_of(chart: Chart) -> dict[str, str]:
    """Give each series its colour: all their own, or those in emphasis their own and the others grey."""
    own = style.accents(chart.emphasis) if chart.emphasis else style.colours(one.name for one in chart.series)
    return {one.name: own.get(one.name) or _context(one) for one in chart.series}


def _context(one: Series) -> str:
    return style.REST if style.is_rest(one.name) else style.CONTEXT


def upwards(chart: Chart) -> list[Series]:
    """Return the series in the order to draw them: the first above the second, the subjects above all."""
    upside_down = reversed(chart.series)
    return sorted(upside_down, key=lambda one: one.name in chart.emphasis)


def ink_of(hue: str) -> str:
    """Return the colour of words about something of this colour; greys keep quiet."""
    return style.QUIET if hue in {style.CONTEXT, style.REST, style.NOTHING} else style.readable(hue)


def columns(ends: Sequence[Ending], most: float) -> Columns:
    """Measure the words; values are never cut, names are where both would take more than ``most`` pixels."""
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
    wished: Sequence[float] = (),
    mirrored: bool = False,
) -> None:
    """Write each ending beside its point (or at the height wished), from ``LEADER`` pixels right of ``x`` outwards.

    ``mirrored`` writes from ``x`` to the left.
    """
    out = -1 if mirrored else 1
    start = x + out * LEADER
    heights = label_placement.spread(
        wished or [y for _, y in points], _PITCH, within.top + _PITCH / 2, within.bottom - _PITCH / 2
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
