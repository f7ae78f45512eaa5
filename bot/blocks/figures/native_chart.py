"""A Chart as Slack's own chart, the ``data_visualization`` block. Pure; what that block cannot show is not shown at all."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

from analytics.chart import ChartKind, Series, Unit
from bot.blocks.escape import escape_plain_text
from bot.blocks.text_objects import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.chart import Chart
    from bot.blocks.messages import Block

TITLE = 50
LABEL = 20
AXIS = 50
SERIES = 6
POINTS = 20
SEGMENTS = 6


def native_chart(chart: Chart) -> list[Block]:
    """Return one or two blocks that show the chart's numbers; none for a chart without such a form.

    Ranks and clouds of points have none, and a gap has none either: Slack wants a number at every place, and neither 0 nor a line
    across the gap would be true. Beyond six series and twenty places the leading ones are shown, of dates an even choice.
    """
    form = _FORMS.get(chart.kind)
    if form is None or not chart.series or not chart.categories:
        return []
    finite = all(value is not None and math.isfinite(value) for one in chart.series for value in one.values)
    return form(chart) if finite else []


def _bars(chart: Chart) -> list[Block]:
    return [_plot("bar", _title(chart), chart, chart.categories, chart.series)]


def _focus(chart: Chart) -> list[Block]:
    """Show the field as bars, and what the subject is made of as a pie."""
    parts = [(name, value) for name, value in chart.parts if value > 0][:SEGMENTS]
    if len(parts) < 2:
        return _bars(chart)
    labels = shorten_labels([name for name, _ in parts])
    segments = [{"label": label, "value": _number(value, chart.unit)} for label, (_, value) in zip(labels, parts, strict=True)]
    title = cut(escape_plain_text(chart.parts_title or chart.title), TITLE)
    return [*_bars(chart), {"type": "data_visualization", "title": title, "chart": {"type": "pie", "segments": segments}}]


def _lines(chart: Chart) -> list[Block]:
    return [_over_time("line", chart, _leading(chart))]


def _area(chart: Chart) -> list[Block]:
    """Show shares over time as layers, which Slack draws over one another: the largest at the back."""
    return [_over_time("area", chart, sorted(_leading(chart), key=lambda one: -_last(one)))]


def _two_dates(chart: Chart) -> list[Block]:
    """Show two dates as two bars a name."""
    if len(chart.categories) != 2:
        return []
    values = [tuple(one.values[end] for one in chart.series) for end in range(2)]
    dates = [Series(day, run) for day, run in zip(chart.categories, values, strict=True)]
    return [_plot("bar", _title_over_time(chart), chart, [one.name for one in chart.series], dates)]


_FORMS: dict[ChartKind, Callable[[Chart], list[Block]]] = {
    ChartKind.PAIRED: _bars,
    ChartKind.BARS: _bars,
    ChartKind.FOCUS: _focus,
    ChartKind.LINES: _lines,
    ChartKind.AREA: _area,
    ChartKind.SLOPE: _two_dates,
}


def _over_time(kind: str, chart: Chart, series: Sequence[Series]) -> Block:
    kept = _spread(chart.categories)
    thinned = [Series(one.name, tuple(one.values[place] for place in kept)) for one in series]
    return _plot(kind, _title_over_time(chart), chart, [chart.categories[place] for place in kept], thinned)


def _plot(kind: str, title: str, chart: Chart, categories: Sequence[str], series: Sequence[Series]) -> Block:
    labels = shorten_labels(categories[:POINTS])
    names = shorten_labels([one.name for one in series[:SERIES]])
    drawn = [
        {
            "name": name,
            "data": [
                {"label": label, "value": _number(value or 0.0, chart.unit)}
                for label, value in zip(labels, one.values, strict=False)
            ],
        }
        for name, one in zip(names, series, strict=False)
    ]
    axes: Block = {"categories": labels}
    if chart.unit is Unit.PORTION:
        axes["y_label"] = "share, %"
    elif chart.y_label:
        axes["y_label"] = cut(escape_plain_text(chart.y_label), AXIS)
    return {
        "type": "data_visualization",
        "title": cut(escape_plain_text(title).strip() or "Chart", TITLE),
        "chart": {"type": kind, "series": drawn, "axis_config": axes},
    }


def _title(chart: Chart) -> str:
    """Say what is measured: the finding stands above the chart, list and date below it."""
    names = " and ".join(one.name for one in chart.series)
    return f"Share of {names}, %" if chart.unit is Unit.PORTION else f"{names[:1].upper()}{names[1:]}"


def _title_over_time(chart: Chart) -> str:
    """Say what is measured where the series are names: the subtitle's middle, between list and date."""
    measure = chart.subtitle.split(" · ")[1:2]
    said = measure[0].removeprefix("by ") if measure else chart.subtitle
    return f"Share in %: {said}" if chart.unit is Unit.PORTION else f"{said[:1].upper()}{said[1:]}"


def _leading(chart: Chart) -> list[Series]:
    """Choose the series to show: the subject, then the largest at the last date; in the chart's own order."""
    if len(chart.series) <= SERIES:
        return list(chart.series)
    ranked = sorted(
        range(len(chart.series)), key=lambda place: (chart.series[place].name not in chart.emphasis, -_last(chart.series[place]))
    )
    return [chart.series[place] for place in sorted(ranked[:SERIES])]


def _last(series: Series) -> float:
    return (series.values[-1] or 0.0) if series.values else 0.0


def _spread(dates: Sequence[str]) -> list[int]:
    """Choose at most twenty dates, as even in time as there are any, since Slack draws them at equal distances."""
    if len(dates) <= POINTS:
        return list(range(len(dates)))
    try:
        days = [date.fromisoformat(one).toordinal() for one in dates]
    except ValueError:
        days = list(range(len(dates)))
    wanted = [days[0] + step * (days[-1] - days[0]) / (POINTS - 1) for step in range(POINTS)]
    return sorted({min(range(len(days)), key=lambda place: abs(days[place] - day)) for day in wanted})


def _number(value: float, unit: Unit) -> float:
    return float(f"{value * 100:.3g}") if unit is Unit.PORTION else float(f"{value:.6g}")


def shorten_labels(names: Sequence[str]) -> list[str]:
    """Cut names to what a label holds; what is cut ends in an ellipsis, and what was different stays different."""
    taken: dict[str, None] = {}
    for name in names:
        whole = escape_plain_text(" ".join(name.split())) or "-"
        # A model's own name says more than its owner's.
        label = cut(whole if len(whole) <= LABEL else whole.rpartition("/")[2] or whole, LABEL)
        count = 2
        while label in taken:
            mark = f"…{count}"
            label, count = f"{whole[: LABEL - len(mark)].rstrip()}{mark}", count + 1
        taken[label] = None
    return list(taken)
