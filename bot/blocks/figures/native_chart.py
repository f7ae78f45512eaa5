"""Render a chart as Slack's ``data_visualization`` block, where that block supports its kind."""

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
    """Return one or two blocks with the chart's numbers; ``[]`` for an unsupported kind.

    Rank charts and scatter plots are unsupported, and so are charts with gaps: Slack requires a number for every category, and
    neither 0 nor a line across the gap would be correct. Beyond 6 series, only the leading ones are shown; dates are sampled
    evenly to 20; and more than 20 bars are unsupported.
    """
    form = _FORMS.get(chart.kind)
    if form is None or not chart.series or not chart.categories:
        return []
    finite = all(value is not None and math.isfinite(value) for line in chart.series for value in line.values)
    return form(chart) if finite else []


def _bars(chart: Chart) -> list[Block]:
    """Return bars, unless there are more than Slack draws: who asks for 30 names gets a table of them instead."""
    if len(chart.categories) > POINTS:
        return []
    return [_plot("bar", _title(chart), chart, chart.categories, chart.series)]


def _focus(chart: Chart) -> list[Block]:
    """Return the ranking as bars and the subject's parts as a pie."""
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
    """Return shares over time as areas, largest first, because Slack draws later series over earlier ones."""
    return [_over_time("area", chart, sorted(_leading(chart), key=lambda line: -_last(line)))]


def _two_dates(chart: Chart) -> list[Block]:
    """Return two bars per name, one for each date."""
    if len(chart.categories) != 2:
        return []
    values = [tuple(line.values[end] for line in chart.series) for end in range(2)]
    dates = [Series(day, run) for day, run in zip(chart.categories, values, strict=True)]
    return [_plot("bar", _title_over_time(chart), chart, [line.name for line in chart.series], dates)]


_FORMS: dict[ChartKind, Callable[[Chart], list[Block]]] = {
    ChartKind.PAIRED: _bars,
    ChartKind.BARS: _bars,
    ChartKind.FOCUS: _focus,
    ChartKind.LINES: _lines,
    ChartKind.AREA: _area,
    ChartKind.SLOPE: _two_dates,
}


def _over_time(kind: str, chart: Chart, series: Sequence[Series]) -> Block:
    indexes = _spread(chart.categories)
    thinned = [Series(line.name, tuple(line.values[place] for place in indexes)) for line in series]
    return _plot(kind, _title_over_time(chart), chart, [chart.categories[place] for place in indexes], thinned)


def _plot(kind: str, title: str, chart: Chart, categories: Sequence[str], series: Sequence[Series]) -> Block:
    labels = shorten_labels(categories[:POINTS])
    names = shorten_labels([line.name for line in series[:SERIES]])
    drawn = [
        {
            "name": name,
            "data": [
                {"label": label, "value": _number(value or 0.0, chart.unit)}
                for label, value in zip(labels, line.values, strict=False)
            ],
        }
        for name, line in zip(names, series, strict=False)
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
    """Return what is measured; the message has the finding above and the source below the chart."""
    names = " and ".join(line.name for line in chart.series)
    return f"Share of {names}, %" if chart.unit is Unit.PORTION else f"{names[:1].upper()}{names[1:]}"


def _title_over_time(chart: Chart) -> str:
    """Return what is measured, from the subtitle's middle part, for charts whose series are names."""
    measure = chart.subtitle.split(" · ")[1:2]
    text = measure[0].removeprefix("by ") if measure else chart.subtitle
    return f"Share in %: {text}" if chart.unit is Unit.PORTION else f"{text[:1].upper()}{text[1:]}"


def _leading(chart: Chart) -> list[Series]:
    """Return the series to show in their original order: the subject and the largest at the last date."""
    if len(chart.series) <= SERIES:
        return list(chart.series)
    ranked = sorted(
        range(len(chart.series)), key=lambda place: (chart.series[place].name not in chart.emphasis, -_last(chart.series[place]))
    )
    return [chart.series[place] for place in sorted(ranked[:SERIES])]


def _last(series: Series) -> float:
    return (series.values[-1] or 0.0) if series.values else 0.0


def _spread(dates: Sequence[str]) -> list[int]:
    """Return the indexes of at most 20 dates, spread evenly, because Slack draws them at equal distances."""
    if len(dates) <= POINTS:
        return list(range(len(dates)))
    try:
        days = [date.fromisoformat(text).toordinal() for text in dates]
    except ValueError:
        days = list(range(len(dates)))
    wanted = [days[0] + step * (days[-1] - days[0]) / (POINTS - 1) for step in range(POINTS)]
    return sorted({min(range(len(days)), key=lambda place: abs(days[place] - day)) for day in wanted})


def _number(value: float, unit: Unit) -> float:
    return float(f"{value * 100:.3g}") if unit is Unit.PORTION else float(f"{value:.6g}")


def shorten_labels(names: Sequence[str]) -> list[str]:
    """Shorten names to fit labels. Shortened names end in an ellipsis and stay distinct."""
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
