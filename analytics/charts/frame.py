"""The frame of every chart: title, subtitle, footer and a badge for simulated data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.charts import style, text_measurement
from analytics.charts.canvas import Area

if TYPE_CHECKING:
    from analytics.chart import Chart
    from analytics.charts.canvas import Sheet

SIMULATED = "SIMULATED DATA"
_ROOM = style.WIDTH - 2 * style.MARGIN
_TOP = 34
_NO_BREAK = "\N{NO-BREAK SPACE}"
_DOT = f"{_NO_BREAK}· "
_BADGE_SIZE = 22


def draw_frame(sheet: Sheet, chart: Chart) -> Area:
    """Draw title, subtitle, footer and badge; return the remaining area."""
    below_title = _title(sheet, text_measurement.printable(chart.title))
    badge = _badge(sheet, below_title) if chart.simulated else 0.0
    below = _subtitle(sheet, text_measurement.printable(chart.subtitle), below_title, _ROOM - badge)
    baseline = sheet.height - 26
    source = text_measurement.fit(text_measurement.printable(chart.footer), _ROOM, style.FOOTER)
    sheet.words((style.MARGIN, baseline), source, style.FOOTER, hue=style.QUIET)
    return Area(style.MARGIN, below + 24, style.WIDTH - style.MARGIN, baseline - style.FOOTER - 20)


def _title(sheet: Sheet, title: str) -> float:
    size, lines = _titled(title)
    y = float(_TOP)
    for line in lines:
        y += size * 1.18
        sheet.words((style.MARGIN, y - size * 0.24), line, size, bold=True)
    return y


def _titled(title: str) -> tuple[int, tuple[str, ...]]:
    """Return type size and lines of the title."""
    for most, sizes in ((1, style.TITLES[:2]), (2, style.TITLES)):
        for size in sizes:
            lines, whole = text_measurement.wrap(title, _ROOM, size, bold=True, most=most)
            if whole:
                return size, text_measurement.balance(lines, size, bold=True)
    return size, lines


def _subtitle(sheet: Sheet, subtitle: str, y: float, room: float) -> float:
    """Draw the subtitle, breaking lines only between its parts; return its lower edge."""
    if not subtitle:
        return y
    unbroken = _DOT.join(part.replace(" ", _NO_BREAK) for part in subtitle.split(" · "))
    for size, most in ((style.SUBTITLES[0], 1), (style.SUBTITLES[1], 1), (style.SUBTITLES[1], 2)):
        lines, whole = text_measurement.wrap(unbroken if most > 1 else subtitle, room, size, most=most)
        if whole:
            break
    y += 8
    for line in lines:
        y += size * 1.3
        sheet.words((style.MARGIN, y - size * 0.3), line.removesuffix(_DOT.rstrip()), size, hue=style.QUIET)
    return y


def _badge(sheet: Sheet, y: float) -> float:
    """Draw the badge at the right of the subtitle; return its width."""
    width = text_measurement.width(SIMULATED, _BADGE_SIZE, bold=True) + 28
    area = Area(style.WIDTH - style.MARGIN - width, y + 6, style.WIDTH - style.MARGIN, y + 6 + 36)
    sheet.bar(area, style.VERMILLION)
    middle = (area.left + width / 2, (area.top + area.bottom) / 2)
    sheet.words(middle, SIMULATED, _BADGE_SIZE, hue=style.PAPER, bold=True, align="center", centered=True)
    return width + 24
