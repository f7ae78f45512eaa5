"""``compare A B …``: creators, licenses, tasks, libraries or models side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.answer import Answer, Ranking, Share
from analytics.chart import ChartKind, Series
from analytics.domain import Dimension
from analytics.errors import QueryError
from analytics.formatting.numbers import percent, rounded_change
from analytics.formatting.phrases import (
    day,
    enumerate_,
    name,
    noun_phrase,
    of_measure,
    of_ranked,
    ordinal,
    points_of,
    size,
    size_of,
)
from analytics.names.grouping import UNRANKED
from analytics.names.resolve import lookup, nearest
from analytics.query import MOST_NAMES, About, Form, Option, Query
from analytics.questions import chart_specs, shifts
from analytics.questions.changes.months import months, two_months
from analytics.questions.question import Question, View
from analytics.questions.question_parts import Fields, FollowUpRules
from analytics.questions.ranking_notes import parts_of_models

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.questions.shifts import Past
    from analytics.storage.history import History

_MULTIPLE_FROM = 1.5
"""Ratio of two shares from which a multiple says more than a difference in points."""
_DIMENSIONS = (
    Dimension.CREATOR,
    Dimension.LICENSE,
    Dimension.TASK,
    Dimension.LIBRARY,
    Dimension.FAMILY,
    Dimension.COUNTRY,
    Dimension.KIND,
)


def _answer(query: Query, history: History) -> Answer:
    dates = months(query)
    if dates:
        return two_months(query, history, *dates)
    view, names = _resolve(query, history)
    return _answer_over_time(view, names) if query.since else _answer_at_date(view, names)


def _resolve(query: Query, history: History) -> tuple[View, list[str]]:
    """Return the dimension that has every name, and the names in the data, without duplicates.

    Raises:
        QueryError: when no dimension has all of them, or all mean the same.

    """
    unknown: list[str] = []
    similar: list[str] = []
    for dimension in _DIMENSIONS:
        view = View(query, history, dimension)
        resolved = [lookup(typed, dimension, view.names, view.now.taken_on) for typed in query.names]
        names = list(dict.fromkeys(raw for raw in resolved if raw is not None))
        missing = [typed for typed, raw in zip(query.names, resolved, strict=True) if raw is None]
        if not missing:
            if len(names) < 2:
                same = "both" if len(query.names) == 2 else "all"
                message = (
                    f"{enumerate_(query.names)} are {same} {name(dimension, names[0])}. Compare different {dimension.plural}."
                )
                raise QueryError(message, (str(Query(dimension.value, (names[0],), within=query.within)),))
            return view, names
        if not unknown or len(missing) < len(unknown):
            unknown, similar = missing, nearest(missing[0], dimension, view.names)
    suggestions = tuple(str(query.but(names=tuple(other if n == unknown[0] else n for n in query.names))) for other in similar)
    kinds = enumerate_([dimension.plural for dimension in _DIMENSIONS], "or")
    hint = f" Did you mean {enumerate_(similar, 'or')}?" if similar else f" Compare names of one kind: {kinds}."
    raise QueryError(f"I can't compare “{unknown[0]}” with the other names.{hint}", suggestions)


def _answer_at_date(view: View, names: Sequence[str]) -> Answer:
    query = view.query
    rankings = tuple(_only(view.ranking(by), names) for by in view.measures)
    source = view.source()
    last = rankings[-1]
    first, second = sorted(last.shares, key=lambda share: -share.portion)[:2]
    headline = _headline(view.dimension, first, second, of_ranked(shifts.possible(view, last), view.dimension, (first, second)))
    ordered = [share.name for share in sorted(last.shares, key=lambda share: -share.portion)]
    series = tuple(Series(of_measure(r.by), tuple(s.portion for n in ordered for s in r.shares if s.name == n)) for r in rankings)
    details = [
        f"{name(view.dimension, n)}: "
        + ", ".join(f"{percent(s.portion)} of {r.by}" for r in rankings for s in r.shares if s.name == n)
        for n in ordered
    ]
    kind = ChartKind.PAIRED if len(rankings) == 2 else ChartKind.BARS
    chart = chart_specs.chart(
        kind,
        headline,
        source,
        chart_specs.subtitle(source, query, view.task),
        details,
        categories=tuple(name(view.dimension, n) for n in ordered),
        series=series,
    )
    since = chart_specs.year_back(view.scope)
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=chart if kind is ChartKind.PAIRED else replace(chart, emphasis=chart.categories[:1]),
        rankings=rankings,
        notes=parts_of_models(rankings, view.dimension),
        next=_next(view, names, str(query.but(since=since)) if since else None),
    )


def _headline(dimension: Dimension, first: Share, second: Share, what: str) -> str:
    """Compare two shares, as a multiple where they differ widely, else in percentage points."""
    leader, other = noun_phrase(dimension, first.name), noun_phrase(dimension, second.name)
    more, less = percent(first.portion), percent(second.portion)
    start = f"{leader.start} {leader.has} {more} of {what}"
    if not second.portion:
        return f"{start}; {other.text} {other.has} none"
    if first.portion / second.portion >= _MULTIPLE_FROM:
        return f"{start}, {first.portion / second.portion:.1f} times the share of {other.text} ({less})"
    if more == less:
        return f"{leader.start} and {other.text} are tied at {more} of {what}"
    return f"{start}, {size(rounded_change(second.portion, first.portion))} more than {other.text} ({less})"


def _answer_over_time(view: View, names: Sequence[str]) -> Answer:
    query = view.query
    past = shifts.past(view, names)
    moments = past.moments[view.leading]
    source = view.source(past.snapshots[0])
    chart_moments = chart_specs.drawable(moments)
    kind, series, unit = chart_specs.timed(ChartKind.LINES, chart_moments, names, view.dimension)
    courses = {raw: (line.values[0] or 0.0, line.values[-1] or 0.0) for raw, line in zip(names, series, strict=True)}
    headline = _lead(courses, view, _only(moments[-1].ranking, names)) + _change(courses, view, past)
    ordered = sorted(courses.items(), key=lambda course: -course[1][1])
    details = [f"{name(view.dimension, raw)}: {percent(first)} to {percent(last)}" for raw, (first, last) in ordered]
    subtitle = chart_specs.subtitle(source, query, view.task, view.leading, over_time=True)
    chart = chart_specs.chart(
        kind, headline, source, subtitle, details, categories=chart_specs.dates(chart_moments), series=series
    )
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=replace(chart, unit=unit),
        rankings=tuple(_only(course[-1].ranking, names) for course in past.moments.values()),
        series=tuple(replace(m, ranking=_only(m.ranking, names)) for course in past.moments.values() for m in course),
        shifts=tuple(shift for shift in past.shifts() if shift.name in names),
        notes=past.notes,
        next=_next(view, names, str(query.but(since=None))),
    )


def _lead(courses: Mapping[str, tuple[float, float]], view: View, last: Ranking) -> str:
    """Describe the lead of the first over the second; ``courses`` are first and last portions by name."""
    first, second = sorted(courses, key=lambda raw: -courses[raw][1])[:2]
    leader, other = noun_phrase(view.dimension, first), noun_phrase(view.dimension, second)
    ahead = rounded_change(courses[second][1], courses[first][1])
    what = of_ranked(last, view.dimension, last.ranked)
    if not ahead:
        return f"{leader.start} and {other.text} are tied at {percent(courses[first][1])} of {what}"
    if not UNRANKED.isdisjoint((first, second)):
        return f"{leader.start} {leader.has} {percent(courses[first][1])} of {what}, {other.text} {percent(courses[second][1])}"
    return f"{leader.start} {'lead' if leader.plural else 'leads'} {other.text} by {size(ahead)} of {what}"


def _change(courses: Mapping[str, tuple[float, float]], view: View, past: Past) -> str:
    """Return the end of the headline: what happened to the compared names."""
    then, compared, since = past.snapshots[0], past.comparisons[view.leading], day(past.snapshots[0].taken_on)
    candidates = [shift for shift in shifts.explain(view, then, compared) if shift.name in courses]
    finding = next(iter(shifts.findings_between(view, then, compared, candidates)), None)
    # A name that is passed is told only among names with a rank; what has none may still have changed.
    largest = finding.shift if finding else max(candidates, key=lambda shift: abs(points_of(shift)), default=None)
    if finding and finding.other:  # the one that passed may itself have the same share as before
        one, other = (noun_phrase(view.dimension, shift.name).text for shift in (finding.shift, finding.other))
        return f"; {one} passed {other} for {ordinal(finding.place or 1)} place since {since}"
    if largest is None or not points_of(largest):
        if not courses.keys().isdisjoint(compared.refused):
            return f"; too little is known to tell what changed since {since}"
        return f"; no share has changed since {since}" if largest else ""
    phrase = noun_phrase(view.dimension, largest.name).text
    return f"; {phrase} {'rose' if largest.points > 0 else 'fell'} {size_of(largest, 'point')} since {since}"


def _only(ranking: Ranking, names: Sequence[str]) -> Ranking:
    """Return the ranking of the compared names; an absent one gets zero and the rank after the last."""
    present = [s for s in ranking.shares if s.name in names]
    absent = [n for n in names if n not in {s.name for s in present}]
    last = len(ranking.ranked) + 1
    nothing = [Share(n, 0.0, 0.0, None if n in UNRANKED else last) for n in absent]
    return replace(ranking, shares=tuple(sorted((*present, *nothing), key=lambda s: s.rank is None)))


def _next(view: View, names: Sequence[str], first: str | None) -> tuple[str, ...]:
    query = view.query
    singles = [str(Query(view.dimension.value, (raw,), within=query.within, at=query.at)) for raw in names]
    return (*([first] if first else []), *singles)[:3]


COMPARE = Question(
    form=Form(
        "compare",
        frozenset(Option),
        fewest=2,
        most=MOST_NAMES,
        aliases=("versus", "vs"),
        example="compare meta google",
        about=About.SEVERAL,
    ),
    summary="Creators, licenses, tasks or libraries side by side, or two months",
    examples=(
        "compare meta google",
        "compare apache-2.0 mit in trending",
        "compare qwen vs meta since 2026-01",
        "compare 2026-06 2026-08",
    ),
    answer=_answer,
    charts=frozenset({ChartKind.PAIRED, ChartKind.BARS, ChartKind.LINES, ChartKind.SLOPE, ChartKind.DUMBBELL}),
    fields=Fields(sometimes=frozenset({"rankings", "series", "shifts"})),
    follow_ups=FollowUpRules(),
)
