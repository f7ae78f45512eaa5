"""Charts that are hard to draw: empty, tiny, crowded, with names that nobody expects."""

from __future__ import annotations

from dataclasses import replace

from chart_examples import AREA, BARS, BUMP, DUMBBELL, EXAMPLES, FOCUS, FORECAST, LINES, PAIRED, SCATTER, SHIFTS, SLOPE

from analytics.chart import Band, Chart, Dot, Series, Unit

ODD = (
    "$x_1^{2}$ costs $5",
    "中文模型/千问",
    "emoji 🚀 model ✨\ufe0f",
    "line\nbreak\ttab\x00bell\x07",
    "Ünïcödé/naïve-Łódź",
    "nvidia-nemotron-open-model-license",
    "x" * 60,
    "\u202eright to left\u202c \ud800",
)


def last(chart: Chart) -> Chart:
    """Return a chart over time of its last date only."""
    series = tuple(Series(one.name, one.values[-1:]) for one in chart.series if one.values[-1] is not None)
    return replace(chart, categories=chart.categories[-1:], series=series)


def all_of(chart: Chart, value: float) -> Chart:
    return replace(chart, series=tuple(Series(one.name, (value,) * len(one.values)) for one in chart.series))


def named(chart: Chart) -> Chart:
    """Return a chart over time whose series have odd names."""
    return replace(
        chart, series=tuple(Series(odd, one.values) for odd, one in zip(ODD, chart.series, strict=False)), emphasis=ODD[6:7]
    )


CASES = (
    {
        "one bar": replace(BARS, categories=BARS.categories[:1], series=(Series("downloads", (258e6,)),)),
        "one pair": replace(PAIRED, categories=("Meta",), series=(Series("models", (0.37,)), Series("downloads", (1.0,)))),
        "tiny": replace(
            PAIRED, categories=("Meta", "Google"), series=(Series("models", (0.0, 4e-4)), Series("downloads", (0.0, 1e-9)))
        ),
        "bars of nothing": all_of(BARS, 0.0),
        "others dwarf bars": replace(
            BARS,
            categories=("google", "meta", "all others"),
            series=(Series("downloads", (0.02, 0.01, 0.97)),),
            unit=Unit.PORTION,
        ),
        "others dwarf pairs": replace(
            PAIRED,
            categories=("510 others", "google", "meta"),
            series=(Series("models", (0.98, 0.01, 0.01)), Series("downloads", (0.9, 0.06, 0.04))),
            emphasis=(),
        ),
        "nothing but others": replace(
            PAIRED, categories=("all others",), series=(Series("models", (1.0,)), Series("downloads", (1.0,)))
        ),
        "focus on nothing": replace(all_of(FOCUS, 0.0), parts=(("a", 0.0),)),
        "focus without parts": replace(FOCUS, parts=(), parts_title=""),
        "focus on all": replace(
            FOCUS,
            parts=(*((f"{'long-' * 12}name-{at}", 0.05 / at) for at in range(1, 7)), ("12 others", 0.01)),
            parts_title="Leading models of this creator, share of downloads in the list",
        ),
        "all of it": replace(PAIRED, categories=("Meta",), series=(Series("models", (1.0,)), Series("downloads", (1.0,)))),
        "odd names in bars": replace(BARS, categories=ODD, unit=Unit.COUNT),
        "odd names in pairs": replace(PAIRED, categories=ODD, emphasis=ODD[:1]),
        "odd names in lines": named(LINES),
        "odd names in bands": named(AREA),
        "odd names in ranks": named(BUMP),
        "odd names in slopes": named(SLOPE),
        "odd words around": replace(LINES, title=" ".join(ODD), subtitle=" · ".join(ODD), footer=" ".join(ODD)),
        "nothing around": replace(LINES, title="", subtitle="", footer=""),
        "long around": replace(LINES, title="finding " * 60, subtitle="list · " * 60, footer="source " * 60, simulated=True),
        "endless words around": replace(BUMP, title="w" * 200, subtitle="s" * 300, footer="f" * 300, simulated=True),
        "lines on one date": last(LINES),
        "bands on one date": last(AREA),
        "ranks on one date": last(BUMP),
        "lines of nothing": all_of(LINES, 0.0),
        "bands of nothing": all_of(replace(AREA, unit=Unit.COUNT), 0.0),
        "slopes of nothing": all_of(SLOPE, 0.0),
        "all at one height": all_of(LINES, 0.5),
        "gaps in lines": replace(
            LINES,
            series=(
                Series("MIT", (None, 0.2, None, 0.3, 0.31, 0.3, None, None, 0.2, 0.21, 0.2, None)),
                Series("Apache-2.0", (0.1, 0.2, 0.3, 0.3, None, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3)),
            ),
        ),
        "gaps in bands": replace(
            AREA,
            series=tuple(
                Series(s.name, tuple(None if at in {0, 3, 5, 6, 11} else v for at, v in enumerate(s.values))) for s in AREA.series
            ),
        ),
        "all left the ranks": replace(BUMP, series=tuple(Series(s.name, (*s.values[:-2], 9.0, None)) for s in BUMP.series)),
        "far apart dates": replace(
            LINES,
            unit=Unit.COUNT,
            categories=("2019-09-20", *(f"2026-08-{day:02}" for day in range(7, 18))),
            series=(Series(BARS.categories[5], (90e6, *(200e6 + at * 4e6 for at in range(11)))),),
            emphasis=BARS.categories[5:6],
        ),
        "daily": replace(
            LINES, categories=tuple(f"2026-08-{day:02}" for day in range(7, 19)), emphasis=("MIT", "Gemma"), simulated=True
        ),
        "came and went": replace(
            SLOPE,
            emphasis=(),
            series=(
                *SLOPE.series[:5],
                Series("gone", (0.03, None)),
                Series("12 others", (0.3, 0.31)),
                Series("new", (None, 0.09)),
            ),
        ),
        "rows without a before": replace(DUMBBELL, series=(Series("before", (None,) * 9), DUMBBELL.series[1])),
        "one row": replace(DUMBBELL, categories=("MIT",), series=(Series("b", (0.2,)), Series("a", (0.3,))), groups=()),
        "rows of nothing": all_of(DUMBBELL, 0.0),
        "odd names in rows": replace(
            DUMBBELL, categories=(*ODD, "last"), groups=((ODD[2], 5), ("group " * 40, 4)), title=" ".join(ODD)
        ),
        "changes of nothing": replace(all_of(SHIFTS, 0.2), bounds=()),
        "one change": replace(
            SHIFTS, categories=("MIT",), series=(Series("b", (0.2,)), Series("a", (0.3,))), groups=(), bounds=()
        ),
        "falls only": replace(
            SHIFTS, series=(Series("before", (0.5,) * 9), Series("after", (0.1, *(0.4,) * 7, None))), bounds=()
        ),
        "far bounds": replace(SHIFTS, bounds=((0.009, 0.9), (-0.9, -0.001), *(None,) * 7)),
        "twelve changes": replace(
            SHIFTS,
            title="Changes in share of downloads, the week of December 28, 2026",
            categories=(*SHIFTS.categories, "a", "b", "c"),
            series=tuple(Series(s.name, (*s.values, 0.1, 0.2, 0.3)) for s in SHIFTS.series),
            groups=(*SHIFTS.groups, ("Libraries", 3)),
            bounds=(*SHIFTS.bounds, None, None, None),
        ),
        "odd names in changes": replace(
            SHIFTS, categories=(*ODD, "last"), groups=((ODD[2], 5), ("group " * 40, 4)), title=" ".join(ODD)
        ),
        "a forecast of nothing": replace(
            all_of(FORECAST, 0.0), bands=tuple(Band(b.name, (0.0,) * 7, (0.0,) * 7) for b in FORECAST.bands)
        ),
        "a forecast from one date": replace(
            FORECAST,
            categories=FORECAST.categories[5:],
            series=tuple(Series(s.name, s.values[5:]) for s in FORECAST.series),
            measured=1,
        ),
        "a forecast of one date": replace(
            FORECAST,
            categories=FORECAST.categories[:7],
            series=tuple(Series(s.name, s.values[:7]) for s in FORECAST.series),
            bands=tuple(Band(b.name, b.low[:2], b.high[:2]) for b in FORECAST.bands),
        ),
        "a forecast without bands": replace(FORECAST, bands=()),
        "a forecast with gaps before": replace(
            FORECAST, series=(Series("MIT", (None, 0.1, None, None, 0.2, *FORECAST.series[0].values[5:])),), bands=()
        ),
        "one dot": replace(SCATTER, dots=SCATTER.dots[-1:]),
        "two dots without a fit": replace(SCATTER, dots=SCATTER.dots[-2:], fit=None, x_label="", y_label=""),
        "named dots at one place": replace(
            SCATTER, dots=tuple(Dot(name, 100, 1e6) for name in SCATTER.emphasis), x_label="x " * 200, y_label="y " * 200
        ),
    }
    | {f"simulated {chart.kind}": replace(chart, simulated=True) for chart in EXAMPLES}
    | {chart.kind.value: chart for chart in EXAMPLES}
)
