"""``compare A B …``: creators, licenses, tasks, libraries or models side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.answer import Answer, Ranking, Share
from analytics.chart import ChartKind, Series
from analytics.domain import Dimension
from analytics.errors import QueryError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, name, of_measure, points
from analytics.names.resolve import lookup, nearest
from analytics.query import MOST_NAMES, Form, Option, Query
from analytics.questions import chart_specs
from analytics.questions.changes.months import months, two_months
from analytics.questions.question import Question, View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.storage.history import History

_TELLING = 1.5
"""Multiple from which "times as much" says more than points."""
_TRIED = (
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
    view, names = _understand(query, history)
    return _over_time(view, names) if query.since else _now(view, names)


def _understand(query: Query, history: History) -> tuple[View, list[str]]:
    """Find the one dimension in which every name is known. Names that mean the same are compared once."""
    unknown: list[str] = []
    near: list[str] = []
    for dimension in _TRIED:
        view = View(query, history, dimension)
        found = [lookup(typed, dimension, view.names) for typed in query.names]
        names = list(dict.fromkeys(one for one in found if one is not None))
        missing = [typed for typed, one in zip(query.names, found, strict=True) if one is None]
        if not missing:
            if len(names) < 2:
                message = f"{' and '.join(query.names)} are the same {dimension}: {name(dimension, names[0])}."
                raise QueryError(message, (str(Query(dimension.value, (names[0],), within=query.within)),))
            return view, names
        if not unknown or len(missing) < len(unknown):
            unknown, near = missing, nearest(missing[0], dimension, view.names)
    said = f" Nearest: {', '.join(near)}." if near else ""
    suggestions = tuple(str(query.but(names=tuple(other if n == unknown[0] else n for n in query.names))) for other in near)
    kinds = f"{', '.join(one.value for one in _TRIED[:-1])} or {_TRIED[-1].value}"
    raise QueryError(f"“{unknown[0]}” is no {kinds} that goes with the other names.{said}", suggestions)


def _now(view: View, names: Sequence[str]) -> Answer:
    query = view.query
    rankings = tuple(_only(view.ranking(by), names) for by in view.measures)
    source = view.source()
    last = rankings[-1]
    first, second = sorted(last.shares, key=lambda share: -share.portion)[:2]
    headline = _ahead(
        name(view.dimension, first.name), first.portion, name(view.dimension, second.name), second.portion, of_measure(last.by)
    )
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
        next=_next(view, names, str(query.but(since=since)) if since else None),
    )


def _ahead(first: str, more: float, second: str, less: float, what: str) -> str:
    """Say how far one is ahead of the other: as a multiple where that is telling, else in points."""
    has = f"{first} has {percent(more)} of {what}"
    if not less:
        return f"{has}, {second} none"
    if more / less >= _TELLING:
        return f"{has}, {more / less:.1f} times as much as {second} ({percent(less)})"
    if percent(more) == percent(less):
        return f"{first} and {second} are level with {percent(more)} of {what}"
    return f"{has}, {points(more - less).lstrip('+')} more than {second} ({percent(less)})"


def _over_time(view: View, names: Sequence[str]) -> Answer:
    query = view.query
    past = view.past()
    moments = past.moments[view.leading]
    source = view.source(past.snapshots[0])
    drawn = chart_specs.drawable(moments)
    kind, series, unit = chart_specs.timed(ChartKind.LINES, drawn, names, view.dimension)
    ends = sorted(series, key=lambda one: -(one.values[-1] or 0.0))
    gained = max(series, key=lambda one: abs((one.values[-1] or 0.0) - (one.values[0] or 0.0)))
    moved = (gained.values[-1] or 0.0) - (gained.values[0] or 0.0)
    headline = (
        f"{ends[0].name} leads {ends[1].name} by {points((ends[0].values[-1] or 0.0) - (ends[1].values[-1] or 0.0)).lstrip('+')} "
        f"of {of_measure(view.leading)}; {gained.name} moved {points(moved)} since {day(moments[0].taken_on)}"
    )
    details = [f"{one.name}: {percent(one.values[0] or 0.0)} to {percent(one.values[-1] or 0.0)}" for one in ends]
    under = chart_specs.subtitle(source, query, view.task, view.leading, over_time=True)
    chart = chart_specs.chart(kind, headline, source, under, details, categories=chart_specs.dates(drawn), series=series)
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=replace(chart, unit=unit),
        rankings=tuple(_only(one[-1].ranking, names) for one in past.moments.values()),
        series=tuple(replace(m, ranking=_only(m.ranking, names)) for one in past.moments.values() for m in one),
        shifts=tuple(shift for shift in past.shifts() if shift.name in names),
        notes=past.notes,
        next=_next(view, names, str(query.but(since=None))),
    )


def _only(ranking: Ranking, names: Sequence[str]) -> Ranking:
    """Keep the compared names; one that the list does not have stands with nothing, behind all others."""
    kept = [s for s in ranking.shares if s.name in names]
    absent = [n for n in names if n not in {s.name for s in kept}]
    return replace(ranking, shares=(*kept, *(Share(n, 0.0, 0.0, len(ranking.shares) + 1) for n in absent)))


def _next(view: View, names: Sequence[str], first: str | None) -> tuple[str, ...]:
    query = view.query
    singles = [str(Query(view.dimension.value, (one,), within=query.within, at=query.at)) for one in names]
    return (*([first] if first else []), *singles)[:3]


COMPARE = Question(
    form=Form("compare", frozenset(Option), fewest=2, most=MOST_NAMES, aliases=("versus", "vs"), example="compare meta google"),
    summary="Creators, licenses, tasks or libraries side by side, or two months",
    examples=(
        "compare meta google",
        "compare apache-2.0 mit in trending",
        "compare qwen vs meta since 2026-01",
        "compare 2026-06 2026-08",
    ),
    answer=_answer,
)
