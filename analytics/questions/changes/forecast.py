"""``forecast``: the leading shares in 3 and 12 months if trends continue, with 80% intervals."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from analytics.answer import Answer, Forecast
from analytics.chart import Band, ChartKind, Series
from analytics.domain import Dimension, Measure
from analytics.errors import NoDataError, QueryError
from analytics.formatting.numbers import chance, percent
from analytics.formatting.phrases import enumerate_, name, noun_phrase, of_measure, plural, signed
from analytics.names.grouping import UNRANKED
from analytics.names.resolve import dimension_named
from analytics.notes import Caveat, Remark
from analytics.query import About, Form, Needs, Option, Period, Query, Spoken
from analytics.questions import chart_specs
from analytics.questions.question import Question, View
from analytics.questions.question_parts import Fields, FollowUpRules
from analytics.questions.shifts import compare_over_time
from analytics.statistics.prediction import forecasting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.chart import Chart
    from analytics.domain import Snapshot
    from analytics.storage.history import History

_CHART_LINES = 4
"""Lines on the chart; more bands would hide one another."""
_CHART_MONTHS = 24
"""Months of the past on the chart."""
_SURE = 0.95
"""Chance of leading from which the headline names one leader only."""


def _answer(query: Query, history: History) -> Answer:
    dimension = dimension_named(query.names[0]) if query.names else Dimension.CREATOR
    if dimension is None:
        words = [other.plural for other in Dimension]
        message = f"hfstats has no forecast for “{query.names[0]}”. Choose {enumerate_(words, 'or')}."
        raise QueryError(message, tuple(str(query.but(names=(word,))) for word in words)[:3])
    if dimension is Dimension.TASK and query.task:
        message = "“forecast tasks” covers all tasks, so it can't be limited to one."
        raise QueryError(message, (str(query.but(task=None)), str(query.but(names=("creators",)))))
    view = View(query, history, dimension)
    view.require()
    past = _past(view)
    names = [raw for raw in past.leaders if forecasting.known(forecasting.recent(past.courses[raw])) >= forecasting.FEWEST]
    if not names:
        message = (
            f"A forecast needs {forecasting.FEWEST} months of history, and none of the leading {dimension.plural} has that yet."
        )
        raise NoDataError(message, (str(Query("movers", (dimension.plural,), within=query.within)),))
    paths = [past.forecaster.distributions(months) for months in range(1, past.horizons[-1] + 1)]
    chances = {months: forecasting.chances_of_leading(paths[months - 1]) for months in past.horizons}
    forecasts = tuple(
        Forecast(
            raw,
            view.leading,
            _after(view.now.taken_on, months),
            months,
            past.courses[raw][-1] or 0.0,
            paths[months - 1][raw].expected,
            paths[months - 1][raw].low,
            paths[months - 1][raw].high,
            chances[months][raw],
        )
        for raw in names
        for months in past.horizons
    )
    headline = _headline(forecasts, past, view)
    source = view.source(past.snapshots[0])
    checks = tuple(past.forecaster.check(months) for months in past.horizons)
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=_chart(view, past, {raw: [step[raw] for step in paths] for raw in names}, headline),
        forecasts=forecasts,
        statistics=_statistics(checks),
        notes=(*_trends(forecasts, past, dimension), *_too_new(past, names, dimension), *_method(past, checks)),
        next=(
            str(Query(dimension.plural, within=query.within, since=_month(past.snapshots[0].taken_on))),
            *(str(Query("forecast", (other,), within=query.within)) for other in _OTHERS if other != dimension.plural),
        )[:3],
    )


_OTHERS = ("creators", "licenses", "tasks")


@dataclass(frozen=True, slots=True)
class _Past:
    """A ranking by months up to the month of the present snapshot."""

    snapshots: tuple[Snapshot, ...]
    months: tuple[tuple[int, int], ...]
    """Every year and month from the first snapshot to the last."""
    courses: Mapping[str, tuple[float | None, ...]]
    """By name, the portion in each of ``months``; ``None`` where there is no snapshot."""
    leaders: Sequence[str]
    forecaster: forecasting.Forecaster

    @property
    def horizons(self) -> tuple[int, ...]:
        """How many months ahead to forecast."""
        return forecasting.horizons(len(self.months))


def _past(view: View) -> _Past:
    """Read the last snapshot of every month.

    Raises:
        NoDataError: with fewer than six of them.

    """
    monthly = {(s.taken_on.year, s.taken_on.month): s for s in view.scope.comparable}
    recorded = view.recording(tuple(monthly.values()))
    if len(recorded) < forecasting.FEWEST:
        have = f"only {plural(len(recorded), 'month')} so far" if recorded else "none so far"
        since = f", since {recorded[0].taken_on:%B %Y}" if len(recorded) > 1 else ""
        models = view.models_in_words
        verb = "is" if len(recorded) == 1 else "are"
        message = f"A forecast needs {forecasting.FEWEST} months of snapshots of {models}. There {verb} {have}{since}."
        raise NoDataError(message, (str(Query(view.dimension.plural, within=view.query.within)),))
    rankings = compare_over_time(view, recorded, view.leading).rankings  # of the same models, where some aren't recorded
    by_month = dict(zip(((s.taken_on.year, s.taken_on.month) for s in recorded), rankings, strict=True))
    first, last = min(by_month), max(by_month)
    months = tuple((place // 12, place % 12 + 1) for place in range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1]))
    portions = {month: {share.name: share.portion for share in ranking.shares} for month, ranking in by_month.items()}
    names = dict.fromkeys(raw for in_month in portions.values() for raw in in_month if raw not in UNRANKED)
    courses = {raw: tuple(portions[month].get(raw, 0.0) if month in portions else None for month in months) for raw in names}
    return _Past(recorded, months, courses, forecasting.leaders(courses, len(months)), forecasting.Forecaster(courses))


def _after(day: date, months: int) -> date:
    """Return the same day ``months`` later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _headline(forecasts: Sequence[Forecast], past: _Past, view: View) -> str:
    """Name the likely leader at the last date, with its chance where another one could lead instead.

    A name that is too new for a forecast but large enough to lead is named first.
    """
    last = max(forecast.months for forecast in forecasts)
    first, *others = sorted((forecast for forecast in forecasts if forecast.months == last), key=lambda forecast: -forecast.leads)
    when, what = f"{first.at:%B %Y}", of_measure(first.by)
    leader = noun_phrase(view.dimension, first.name)
    known = {forecast.name for forecast in forecasts}
    new = [raw for raw in past.leaders if raw not in known and (past.courses[raw][-1] or 0.0) >= first.low]
    without = f"Not counting {enumerate_([noun_phrase(view.dimension, raw).text for raw in new])}, " if new else ""
    if others and first.leads < _SURE:
        rival = noun_phrase(view.dimension, others[0].name)
        subject = leader.text if new else leader.start
        odds, odds_of_rival = chance(first.leads), chance(others[0].leads)
        goal = f"likely to lead by {what} in {when}"
        if odds == odds_of_rival:
            return f"{without}{subject} and {rival.text} are each {odds} {goal}"
        return f"{without}{subject} {leader.be} {odds} {goal}, compared with {odds_of_rival} for {rival.text}"
    interval = f"{percent(first.low)} to {percent(first.high)}"
    condition = without or "If trends continue, "
    return f"{condition}{leader.text} will lead in {when} with {percent(first.expected)} of {what} ({interval})"


def _trends(forecasts: Sequence[Forecast], past: _Past, dimension: Dimension) -> tuple[str, ...]:
    """Describe the leader with the largest mean change a month."""
    slopes = {}
    for raw in {forecast.name for forecast in forecasts}:
        course = forecasting.recent(past.courses[raw])
        known = [(month, value) for month, value in enumerate(course) if value is not None]
        slopes[raw] = (known[-1][1] - known[0][1]) / (known[-1][0] - known[0][0])
    fastest = max(sorted(slopes), key=lambda raw: abs(slopes[raw]))
    if abs(slopes[fastest]) < _LEVEL:
        return (Remark("None of the leaders has moved by a tenth of a percentage point a month so far."),)
    phrase = noun_phrase(dimension, fastest)
    return (Remark(f"{phrase.start} {phrase.has} moved the most so far: {signed(slopes[fastest])} percentage points a month."),)


_NAMED = 3
_LEVEL = 0.001
"""Change of a portion a month below which a course counts as level."""


def _too_new(past: _Past, names: Sequence[str], dimension: Dimension) -> tuple[str, ...]:
    new = [name(dimension, raw) for raw in past.leaders if raw not in names]
    listed = new if len(new) <= _NAMED else [*new[:_NAMED], f"{len(new) - _NAMED} more"]
    brief = f"{enumerate_(listed)} {'is' if len(new) == 1 else 'are'} too new for a forecast and left out"
    return (Caveat(f"Too new for a forecast, and left out of the chances: {enumerate_(new)}.", brief),) if new else ()


def _method(past: _Past, checks: Sequence[forecasting.Check]) -> tuple[str, ...]:
    """Describe the intervals, how they did in this history, and the horizons that it is too short for."""
    tested = [check for check in checks if check.tested]
    untested = [str(check.months) for check in checks if not check.tested]
    results = [f"{c.held} of {c.tested} results after {c.months} months ({percent(c.held / c.tested)})" for c in tested]
    too_long = [
        f"A forecast {months} months ahead needs {months * forecasting.HISTORY} months of history; there are {len(past.months)}."
        for months in forecasting.HORIZONS
        if months not in past.horizons
    ]
    short = f"history is too short to test the intervals {enumerate_(untested)} months ahead"
    return (
        "8 of 10 results should fall within the intervals.",
        *([Remark(f"Tested on earlier months, the intervals contained {enumerate_(results)}.")] if results else []),
        *([Caveat(f"The {short}.", f"the {short}")] if untested else []),
        *too_long,
    )


def _statistics(checks: Sequence[forecasting.Check]) -> dict[str, float]:
    statistics: dict[str, float] = {}
    for check in checks:
        if check.tested:
            ahead = f"{check.months}_months"
            statistics |= {
                f"made_{ahead}": check.tested,
                f"held_{ahead}": check.held,
                f"error_{ahead}": check.error,
                f"unmoved_{ahead}": check.unmoved,
            }
    return statistics


def _chart(view: View, past: _Past, paths: Mapping[str, Sequence[forecasting.Distribution]], headline: str) -> Chart:
    """Return the chart of the leaders' last two years and their forecasts, by name for each month ahead."""
    source = view.source(past.snapshots[0])
    taken_on = {(s.taken_on.year, s.taken_on.month): s.taken_on for s in past.snapshots}
    shown = [place for place, month in enumerate(past.months) if month in taken_on][-_CHART_MONTHS:]
    ahead = [_after(view.now.taken_on, months) for months in range(1, past.horizons[-1] + 1)]
    series, bands, details = [], [], []
    for raw, path in list(paths.items())[:_CHART_LINES]:
        label = name(view.dimension, raw)
        values = [past.courses[raw][place] for place in shown]
        now = values[-1] or 0.0
        series.append(Series(label, (*values, *(step.expected for step in path))))
        bands.append(Band(label, (now, *(step.low for step in path)), (now, *(step.high for step in path))))
        far = path[-1]
        details.append(f"{label}: {percent(now)} now, {percent(far.expected)} ({percent(far.low)} to {percent(far.high)})")
    subtitle = f"{chart_specs.subtitle(source, view.query, view.task, view.leading, over_time=True)} · 80% intervals"
    days = tuple(taken_on[past.months[place]].isoformat() for place in shown)
    chart = chart_specs.chart(
        ChartKind.FORECAST,
        headline,
        source,
        subtitle,
        details,
        categories=(*days, *(day.isoformat() for day in ahead)),
        series=tuple(series),
    )
    return replace(chart, measured=len(days), bands=tuple(bands))


def _month(day: date) -> Period:
    return Period(day.year, day.month)


FORECAST = Question(
    form=Form(
        "forecast",
        frozenset({Option.BY, Option.IN, Option.TASK}),
        most=1,
        aliases=("outlook", "projection"),
        example="forecast",
        about=About.CHOICE,
        needs=Needs(months=forecasting.FEWEST),
        spoken=Spoken(
            (
                *("forecast", "forecasts", "predict", "prediction", "projection", "predicted", "in a year", "in 12 months"),
                *("in twelve months", "in three months", "in 3 months", "next year", "in the future", "going to lead"),
                *("in the next year", "a year from now", "outlook"),
            ),
            priority=3,
            over_time=False,
        ),
    ),
    summary="Where the leading shares may be in 3 and 12 months, with 80% intervals",
    examples=("forecast", "forecast licenses", "forecast tasks by models"),
    answer=_answer,
    charts=frozenset({ChartKind.FORECAST}),
    fields=Fields(frozenset({"forecasts"}), frozenset({"statistics"})),
    follow_ups=FollowUpRules(
        names=lambda answer: tuple(dict.fromkeys(forecast.name for forecast in answer.forecasts)),
        measures=frozenset({Measure.MODELS, Measure.DOWNLOADS}),  # by likes it needs likes in each of the months
        one_measure=True,
    ),
    title=lambda _: "Forecast of {names}",
    brief="forecasts",
)
