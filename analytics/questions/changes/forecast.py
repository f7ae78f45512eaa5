"""``forecast``: where the leaders' shares stand in three and twelve months if they go on as they did, and how sure that is."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from analytics.answer import Answer, Forecast
from analytics.chart import Band, ChartKind, Series
from analytics.domain import Dimension
from analytics.errors import NoDataError, QueryError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import enumerate_, name, of_list, of_measure, plural, points, subject
from analytics.names.resolve import dimension_named
from analytics.query import Form, Option, Period, Query
from analytics.questions import chart_specs
from analytics.questions.question import Question, View
from analytics.statistics import forecasting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.answer import Source
    from analytics.chart import Chart
    from analytics.domain import Snapshot
    from analytics.storage.history import History

_DRAWN = 4
"""Lines with a band each; more bands hide one another."""
_SHOWN = 24
"""Months of the past on the picture."""


def _answer(query: Query, history: History) -> Answer:
    dimension = dimension_named(query.names[0]) if query.names else Dimension.CREATOR
    if dimension is None:
        among = [one.plural for one in Dimension]
        message = f"I can forecast the shares of {', '.join(among)}, not of “{query.names[0]}”."
        raise QueryError(message, tuple(str(query.but(names=(word,))) for word in among)[:3])
    if dimension is Dimension.TASK and query.task:
        message = "“forecast tasks” is about all tasks, so it cannot be narrowed to one."
        raise QueryError(message, (str(query.but(task=None)), str(query.but(names=("creators",)))))
    view = View(query, history, dimension)
    view.require()
    past = _past(view)
    told = [one for one in past.leaders if forecasting.known(forecasting.recent(past.courses[one])) >= forecasting.FEWEST]
    if not told:
        message = (
            f"None of the leading {dimension.plural} has {forecasting.FEWEST} months in the list yet, which a forecast needs."
        )
        raise NoDataError(message, (str(Query("movers", (dimension.plural,), within=query.within)),))
    paths = {one: forecasting.project(forecasting.recent(past.courses[one]), range(1, past.horizons[-1] + 1)) for one in told}
    forecasts = tuple(
        Forecast(
            one, view.leading, _after(view.now.taken_on, months), months, past.courses[one][-1] or 0.0, i.expected, i.low, i.high
        )
        for one in told
        for months in past.horizons
        for i in (paths[one][months - 1],)
    )
    headline = _headline(forecasts, view)
    source = view.source(past.snapshots[0])
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=_chart(view, source, past, paths, headline),
        forecasts=forecasts,
        statistics=_statistics(past.checks),
        notes=(*_trends(forecasts, past, dimension), *_new(past, told, dimension), *_how(past)),
        next=(
            str(Query(dimension.plural, within=query.within, since=_month(past.snapshots[0].taken_on))),
            *(str(Query("forecast", (other,), within=query.within)) for other in _OTHERS if other != dimension.plural),
        )[:3],
    )


_OTHERS = ("creators", "licenses", "tasks")


@dataclass(frozen=True, slots=True)
class _Past:
    """A ranking's course by months, the last of them that of the snapshot that is asked at."""

    snapshots: tuple[Snapshot, ...]
    months: tuple[tuple[int, int], ...]
    """Every year and month from the first snapshot to the last."""
    courses: Mapping[str, tuple[float | None, ...]]
    """A portion a month of ``months``, ``None`` where there is no snapshot."""
    leaders: Sequence[str]
    checks: tuple[forecasting.Check, ...]

    @property
    def horizons(self) -> tuple[int, ...]:
        """How many months ahead is told: no farther than the history reaches back."""
        return tuple(months for months in forecasting.HORIZONS if months <= len(self.months))


def _past(view: View) -> _Past:
    """Read the last snapshot of every month.

    Raises:
        NoDataError: with fewer than six of them.

    """
    monthly = {(one.taken_on.year, one.taken_on.month): one for one in view.scope.comparable}
    recorded = view.recording(tuple(monthly.values()))
    if len(recorded) < forecasting.FEWEST:
        have = plural(len(recorded), "month")
        since = f" (since {recorded[0].taken_on:%B %Y})" if len(recorded) > 1 else ""
        message = (
            f"A forecast needs {forecasting.FEWEST} months with a snapshot of {of_list(view.now.list, view.now.size)}; "
            f"there {'is' if len(recorded) == 1 else 'are'} {have}{since}."
        )
        now = (str(Query(view.dimension.plural, within=view.query.within)),)
        raise NoDataError(message, now)
    found = dict(
        zip(((one.taken_on.year, one.taken_on.month) for one in recorded), view.moments(recorded, view.leading), strict=True)
    )
    first, last = min(found), max(found)
    months = tuple((place // 12, place % 12 + 1) for place in range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1]))
    portions = {month: {share.name: share.portion for share in one.ranking.shares} for month, one in found.items()}
    every = dict.fromkeys(one for own in portions.values() for one in own)
    courses = {one: tuple(portions[month].get(one, 0.0) if month in portions else None for month in months) for one in every}
    return _Past(recorded, months, courses, forecasting.leaders(courses, len(months)), forecasting.check(courses))


def _after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _headline(forecasts: Sequence[Forecast], view: View) -> str:
    """Say who is expected to lead at the end, and whether the intervals leave that open."""
    last = max(one.months for one in forecasts)
    ahead = sorted((one for one in forecasts if one.months == last), key=lambda one: -one.expected)
    first, others = ahead[0], ahead[1:]
    when, of = f"{first.at:%B %Y}", of_measure(first.by)
    rivals = [one for one in others if one.high >= first.low]
    who, _ = subject(view.dimension, first.name)
    if rivals:
        rival = rivals[0]
        named = f"{who} {percent(first.expected)} or {name(view.dimension, rival.name)} {percent(rival.expected)}"
        return f"Who leads by {of} in {when} is open: {named}"
    within = f"{percent(first.expected)} ({percent(first.low)} to {percent(first.high)})"
    return f"If shares go on as they did, {who} leads by {of} in {when} with {within}"


def _trends(forecasts: Sequence[Forecast], past: _Past, dimension: Dimension) -> tuple[str, ...]:
    """Say how the one that moved most has gone, per month."""
    slopes = {}
    for one in {forecast.name for forecast in forecasts}:
        course = forecasting.recent(past.courses[one])
        known = [(month, value) for month, value in enumerate(course) if value is not None]
        slopes[one] = (known[-1][1] - known[0][1]) / (known[-1][0] - known[0][0])
    who = max(sorted(slopes), key=lambda one: abs(slopes[one]))
    if abs(slopes[who]) < _LEVEL:
        return ("No leader has moved by a tenth of a point a month so far.",)
    said, has = subject(dimension, who)
    return (f"So far {said} {has} moved most: {points(slopes[who])} a month.",)


_LEVEL = 0.001
"""Portion a month below which a course is called level."""


def _new(past: _Past, told: Sequence[str], dimension: Dimension) -> tuple[str, ...]:
    new = [name(dimension, one) for one in past.leaders if one not in told]
    return (f"Too new for a forecast: {enumerate_(new)}.",) if new else ()


def _how(past: _Past) -> tuple[str, ...]:
    """Say what the intervals are, how well they held in this history, and what it is too short for."""
    method = "Intervals should hold in 8 of 10 cases if shares go on as they did (random walk with shrunken drift on log-odds)."
    made = [one for one in past.checks if one.made]
    long = [
        f"{months} months ahead need {months} months of history; there are {len(past.months)}."
        for months in forecasting.HORIZONS
        if months not in past.horizons
    ]
    if not made:
        return (method, "This history is too short to check that.", *long)
    held = [f"{one.held} of {one.made} at {one.months} months ({percent(one.held / one.made)})" for one in made]
    return (method, f"Made from earlier months of this history, they held {enumerate_(held)}.", *long)


def _statistics(checks: Sequence[forecasting.Check]) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in checks:
        if one.made:
            ahead = f"{one.months}_months"
            found |= {
                f"made_{ahead}": one.made,
                f"held_{ahead}": one.held,
                f"error_{ahead}": one.error,
                f"unmoved_{ahead}": one.unmoved,
            }
    return found


def _chart(view: View, source: Source, past: _Past, paths: Mapping[str, Sequence[forecasting.Interval]], headline: str) -> Chart:
    """Draw the leaders' last two years and the year ahead."""
    drawn = list(paths)[:_DRAWN]
    taken = {(one.taken_on.year, one.taken_on.month): one.taken_on for one in past.snapshots}
    shown = [place for place, month in enumerate(past.months) if month in taken][-_SHOWN:]
    ahead = [_after(view.now.taken_on, months) for months in range(1, past.horizons[-1] + 1)]
    series, bands, details = [], [], []
    for one in drawn:
        label = name(view.dimension, one)
        values = [past.courses[one][place] for place in shown]
        now = values[-1] or 0.0
        path = paths[one]
        series.append(Series(label, (*values, *(step.expected for step in path))))
        bands.append(Band(label, (now, *(step.low for step in path)), (now, *(step.high for step in path))))
        far = path[-1]
        details.append(f"{label}: {percent(now)} now, {percent(far.expected)} ({percent(far.low)} to {percent(far.high)})")
    under = f"{chart_specs.subtitle(source, view.query, view.task, view.leading, over_time=True)} · 80% intervals"
    days = tuple(taken[past.months[place]].isoformat() for place in shown)
    chart = chart_specs.chart(
        ChartKind.FORECAST,
        headline,
        source,
        under,
        details,
        categories=(*days, *(day.isoformat() for day in ahead)),
        series=tuple(series),
    )
    return replace(chart, measured=len(days), bands=tuple(bands))


def _month(day: date) -> Period:
    return Period(day.year, day.month)


FORECAST = Question(
    form=Form(
        "forecast", frozenset({Option.BY, Option.IN, Option.TASK}), most=1, aliases=("outlook", "projection"), example="forecast"
    ),
    summary="Where the leading shares stand in 3 and 12 months if they go on as they did, with 80% intervals",
    examples=("forecast", "forecast licenses", "forecast tasks by models"),
    answer=_answer,
    brief="where it leads",
)
