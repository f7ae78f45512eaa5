"""Draw ``data_visualization`` blocks as SVG. The colors are in the page's style sheet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

Json = dict[str, Any]
Height = Callable[[float], float]
"""Returns a value's distance from the top in pixels."""

WIDTH, HEIGHT = 480, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 10, 30


def plot_svg(block: Json) -> Markup:
    """Return a block's chart as SVG."""
    chart = block["chart"]
    inner = _pie(chart["segments"]) if chart["type"] == "pie" else _axes_plot(chart)
    return Markup('<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, _spoken(block), inner
    )


def _spoken(block: Json) -> str:
    chart = block["chart"]
    if chart["type"] == "pie":
        return f"{block['title']}: " + ", ".join(f"{segment['label']} {segment['value']:g}" for segment in chart["segments"])
    series = (
        f"{line['name']}: " + ", ".join(f"{point['label']} {point['value']:g}" for point in line["data"])
        for line in chart["series"]
    )
    return f"{block['title']}. " + "; ".join(series)


def _axes_plot(chart: Json) -> Markup:
    values = [[point["value"] for point in series["data"]] for series in chart["series"]]
    low = float(min(0, *map(min, values)))
    high = float(max(0, *map(max, values)))
    high = high if high > low else low + 1

    def height(value: float) -> float:
        return _TOP + (high - value) / (high - low) * (HEIGHT - _TOP - _BOTTOM)

    categories = chart["axis_config"]["categories"]
    step = (WIDTH - _LEFT - _RIGHT) / len(categories)
    parts = [_grid(low, high, height), _labels(categories, step)]
    for number, run in enumerate(values):
        if chart["type"] == "bar":
            parts.append(_bars(run, number, len(values), step, height))
        else:
            parts.append(_line(run, number, step, height, filled=chart["type"] == "area"))
    return Markup("").join(parts)


def _grid(low: float, high: float, height: Height) -> Markup:
    lines = []
    for number in range(5):
        value = low + (high - low) * number / 4
        y = f"{height(value):.1f}"
        lines.append(
            Markup(
                '<line class="grid" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="tick" x="{}" y="{}" text-anchor="end">{}</text>'
            ).format(_LEFT, WIDTH - _RIGHT, y, y, _LEFT - 6, f"{height(value) + 3:.1f}", _short(value))
        )
    return Markup("").join(lines)


def _labels(categories: Sequence[str], step: float) -> Markup:
    interval = max(1, math.ceil(len(categories) / 7))
    most = max(4, int(step * interval / 6))
    shown = [(number, name) for number, name in enumerate(categories) if number % interval == 0]
    return Markup("").join(
        Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(
            f"{_LEFT + step * (number + 0.5):.1f}", HEIGHT - 10, name if len(name) <= most else f"{name[: most - 1]}…"
        )
        for number, name in shown
    )


def _bars(run: Sequence[float], number: int, of: int, step: float, height: Height) -> Markup:
    width = step * 0.72 / of
    bars = []
    for index, value in enumerate(run):
        x = _LEFT + step * (index + 0.14) + width * number
        top, bottom = sorted((height(value), height(0)))
        bars.append(
            Markup('<rect class="series-{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>').format(
                number, f"{x:.1f}", f"{top:.1f}", f"{width * 0.92:.1f}", f"{bottom - top:.1f}"
            )
        )
    return Markup("").join(bars)


def _line(run: Sequence[float], number: int, step: float, height: Height, *, filled: bool) -> Markup:
    points = [(_LEFT + step * (index + 0.5), height(value)) for index, value in enumerate(run)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    area = Markup("")
    if filled:
        ground = f"{height(0):.1f}"
        area = Markup('<polygon class="series-{} area" points="{},{} {} {},{}"/>').format(
            number, f"{points[0][0]:.1f}", ground, path, f"{points[-1][0]:.1f}", ground
        )
    return area + Markup('<polyline class="series-{} line" points="{}"/>').format(number, path)


def _pie(segments: Sequence[Json]) -> Markup:
    total = sum(segment["value"] for segment in segments)
    turned = 0.0
    radius, cx, cy = HEIGHT / 2 - 12, HEIGHT / 2, HEIGHT / 2
    parts = []
    for number, segment in enumerate(segments):
        part = segment["value"] / total
        # An arc of a full circle would have equal ends and be invisible.
        begin, end = (math.tau * (turned + shift) for shift in (0, min(part, 0.9999)))
        x1, y1 = cx + radius * math.sin(begin), cy - radius * math.cos(begin)
        x2, y2 = cx + radius * math.sin(end), cy - radius * math.cos(end)
        path = f"M{cx:.1f},{cy:.1f} L{x1:.1f},{y1:.1f} A{radius:.1f},{radius:.1f} 0 {int(part > 0.5)} 1 {x2:.1f},{y2:.1f} Z"
        parts.append(Markup('<path class="series-{}" d="{}"/>').format(number, path))
        y = 34 + number * 30
        swatch = Markup('<rect class="series-{}" x="270" y="{}" width="12" height="12" rx="3"/>').format(number, y - 10)
        key = Markup('<text class="key" x="290" y="{}">{} · {}</text>').format(y, segment["label"], f"{part:.0%}")
        parts += [swatch, key]
        turned += part
    return Markup("").join(parts)


def _short(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"
