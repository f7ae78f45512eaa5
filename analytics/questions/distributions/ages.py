"""``ages``: how old the models in the list are, and how old those that get the downloads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from analytics.answer import Answer, Ranking, Share
from analytics.chart import ChartKind, Series
from analytics.domain import Dimension, Measure
from analytics.errors import NoDataError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, of_measure, plural
from analytics.notes import Caveat, Remark
from analytics.query import Form, Needs, Option, Query, Rows, Spoken
from analytics.questions import chart_specs
from analytics.questions.question import Question, View, no_likes
from analytics.questions.question_parts import Fields, FollowUpRules
from analytics.statistics.comparison import value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.domain import Model
    from analytics.storage.history import History

FIRST = date(2022, 3, 2)
"""The day on which the Hub began to record creation dates; all older models have this date."""
_BARS = 7
_LEADERS = 10
"""Size of the top group whose oldest and newest models are named."""
_YEAR = 365.25
"""Days: a mean year of the Julian calendar."""


def created_on(model: Model) -> date | None:
    """Return the day (UTC) on which a model was created; ``None`` where that isn't recorded."""
    if not model.created:
        return None
    moment = datetime.fromisoformat(model.created)
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date()


def weighted_median(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the smallest value of the ``(value, weight)`` pairs at or below which at least half of the weight lies.

    Raises:
        ValueError: where all weights are 0.

    """
    ordered = sorted(pair for pair in pairs if pair[1] > 0)
    half, cumulated = sum(weight for _, weight in ordered) / 2, 0.0
    for value, weight in ordered:
        cumulated += weight
        if cumulated >= half:
            return value
    raise ValueError("nothing has weight")


def _answer(query: Query, history: History) -> Answer:
    view = View(query, history, Dimension.NAMESPACE)
    dated = [(model, created) for model in view.models if (created := created_on(model))]
    if not dated:
        message = f"The snapshot from {day(view.now.taken_on)} doesn't record when models were created."
        raise NoDataError(message, (str(Query("models", within=query.within)),))
    by_year = tuple(_by_year(dated, by, view) for by in view.measures)
    medians = {by: _median(dated, by, view.now.taken_on) for by in (Measure.MODELS, view.leading)}
    source = replace(view.source(), coverage=len(dated) / len(view.models))
    headline = _headline(medians, view.leading)
    years = _years(by_year)
    paired = len(by_year) == 2
    series = tuple(Series(of_measure(r.by), tuple(_portion(r, year, years) for year in years)) for r in by_year)
    chart = chart_specs.chart(
        ChartKind.PAIRED if paired else ChartKind.BARS,
        headline,
        source,
        chart_specs.subtitle(source, query, view.task, None if paired else by_year[0].by),
        [f"{year}: {percent(value or 0.0)} of {series[-1].name}" for year, value in zip(years, series[-1].values, strict=True)],
        categories=years,
        series=series,
    )
    most = max(years, key=lambda year: _portion(by_year[0], year, years))
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=chart if paired else replace(chart, emphasis=(most,)),
        rankings=by_year,
        statistics={f"median_years_by_{by.value}": age for by, age in medians.items() if age is not None},
        notes=_notes(dated, view.leading),
        next=tuple(str(Query(word, within=query.within, task=query.task, at=query.at)) for word in ("models", "creators")),
    )


def _by_year(dated: Sequence[tuple[Model, date]], by: Measure, view: View) -> Ranking:
    if by is Measure.LIKES and all(model.likes is None for model, _ in dated):
        raise no_likes(view.now, view.query)
    sums: dict[str, float] = {}
    for model, created in dated:
        sums[str(created.year)] = sums.get(str(created.year), 0.0) + value_of(model, by)
    recorded = sum(sums.values())
    ordered = sorted(sums, key=lambda year: (-sums[year], year))
    shares = tuple(
        Share(year, sums[year], sums[year] / recorded if recorded else 0.0, 1 + sum(sums[o] > sums[year] for o in ordered))
        for year in ordered
    )
    return Ranking(by, "year", sum(value_of(model, by) for model in view.models), recorded, shares)


def _median(dated: Sequence[tuple[Model, date]], by: Measure, today: date) -> float | None:
    """Return the median age in years, each model weighted by the measure; ``None`` where all weights are 0."""
    try:
        return weighted_median([((today - created).days / _YEAR, value_of(model, by)) for model, created in dated])
    except ValueError:
        return None


def _headline(medians: dict[Measure, float | None], by: Measure) -> str:
    unweighted, weighted = medians[Measure.MODELS], medians[by]
    half = f"Half of the models are at least {_age(unweighted or 0.0)} old"
    if by is Measure.MODELS or weighted is None:
        return half
    return f"{half}; half of {of_measure(by)} go to models at least {_age(weighted)} old"


def _age(years: float) -> str:
    """Return years, months below two years, days below two months: ``3.4 years``, ``14 months``, ``11 days``."""
    if years >= 2:
        return f"{years:.1f} years"
    if years * _YEAR < 1:
        return "less than a day"
    return plural(round(years * 12), "month") if years >= 1 / 6 else plural(round(years * _YEAR), "day")


def _years(by_year: Sequence[Ranking]) -> tuple[str, ...]:
    """Return the categories of the chart: years from the latest, the old ones combined."""
    years = sorted({share.name for ranking in by_year for share in ranking.shares}, reverse=True)
    return tuple(years) if len(years) <= _BARS else (*years[: _BARS - 1], f"{years[_BARS - 1]} or earlier")


def _portion(ranking: Ranking, year: str, years: Sequence[str]) -> float:
    portions = {share.name: share.portion for share in ranking.shares}
    if year == years[-1] and " " in year:
        return sum(portion for other, portion in portions.items() if other <= year.partition(" ")[0])
    return portions.get(year, 0.0)


def _notes(dated: Sequence[tuple[Model, date]], by: Measure) -> tuple[str, ...]:
    """Name the oldest and newest of the leaders, and explain the date of the Hub's first models."""
    measured = Measure.DOWNLOADS if by is Measure.MODELS else by
    leaders = sorted(dated, key=lambda pair: (-value_of(pair[0], measured), pair[0].id))[:_LEADERS]
    (oldest, first), (youngest, last) = (choose(leaders, key=lambda pair: (pair[1], pair[0].id)) for choose in (min, max))
    notes: list[str] = []
    if first < last:
        when = f"before {day(FIRST)}" if first <= FIRST else day(first)
        newest = f"{youngest.id} is the newest ({day(last)})"
        notes.append(Remark(f"Of the top {len(leaders)} models, {oldest.id} is the oldest (created {when}) and {newest}."))
    old = sum(created <= FIRST for _, created in dated)
    if old:
        were, count = ("was", "it counts") if old == 1 else ("were", "they count")
        recording = "when the Hub began recording dates"
        text = f"{plural(old, 'model')} {were} created before {day(FIRST)}, {recording}; {count} as created that day."
        notes.append(Caveat(text, f"{plural(old, 'model')} from before {day(FIRST)} {count.split()[1]} as created that day"))
    return tuple(notes)


AGES = Question(
    form=Form(
        "ages",
        frozenset({Option.BY, Option.IN, Option.TASK, Option.AT}),
        aliases=("age", "old", "vintage"),
        example="ages",
        needs=Needs(Rows.ALL, frozenset({"created"})),
        spoken=Spoken(
            ("age", "ages", "old", "older", "oldest", "average age", "median age", "model age", "young", "how old"),
            priority=1,
            measures=frozenset(),
        ),
    ),
    summary="How old the models are, by number and by downloads",
    examples=("ages", "ages in trending", "ages task text-generation"),
    answer=_answer,
    charts=frozenset({ChartKind.PAIRED, ChartKind.BARS}),
    fields=Fields(frozenset({"rankings", "statistics"})),
    follow_ups=FollowUpRules(enough=lambda models: any(created_on(model) for model in models)),
    title=lambda _: "Years of creation",
    brief="model ages",
)
