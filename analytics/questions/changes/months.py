"""``compare 2026-03 2026-08``: one list at two dates, by license, creator and task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.answer import Answer
from analytics.chart import ChartKind
from analytics.domain import Dimension, Measure
from analytics.errors import NoDataError, QueryError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, name, of_measure, points
from analytics.query import Option, Period, Query
from analytics.questions import chart_specs
from analytics.questions.question import View
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Shift
    from analytics.domain import Snapshot
    from analytics.storage.history import History

    Moved = tuple[Dimension, tuple[Shift, ...]]

DIMENSIONS = (Dimension.LICENSE, Dimension.CREATOR, Dimension.TASK)
_ROWS = 3
"""Names of each dimension that are drawn."""
_LISTED = 5
"""Shifts of each dimension that are listed, unless ``top`` says otherwise."""


def months(query: Query) -> tuple[Period, Period] | None:
    """Return the two dates that are to be compared, the earlier first; ``None`` where the names are no dates."""
    found = [Period.read(typed) for typed in query.names]
    if None in found or len(found) != 2:
        return None
    first, second = sorted((period for period in found if period), key=lambda period: (period.end, period.start))
    return first, second


def two_months(query: Query, history: History, first: Period, second: Period) -> Answer:
    """Compare the last snapshot of one period with the last one of another.

    Raises:
        QueryError: for a question about one date, or about another date than the two.
        NoDataError: where one of them has no snapshot, or none that is comparable.

    """
    other = next((option for option, given in ((Option.AT, query.at), (Option.SINCE, query.since)) if given), None)
    if other or first == second:
        what = f"“{other}” has no place in it" if other else "the two are the same"
        plain = query.but(at=None, since=None)
        raise QueryError(f"“compare” with two dates compares these; {what}.", () if first == second else (str(plain),))
    at_second = query.but(word="creators", names=(), at=second, top=None)
    by = query.by or Measure.DOWNLOADS
    view = View(at_second.but(by=by), history, Dimension.NAMESPACE)
    then = _within(view, first)
    moved = tuple(
        (dimension, shifts) for dimension in DIMENSIONS if (shifts := _shifts(at_second.but(by=by), history, dimension, then))
    )
    if not moved:
        raise NoDataError(f"Nothing that is recorded on {then.taken_on} is recorded on {view.now.taken_on} too.")
    source = view.source(then)
    headline = _headline(moved, by, then)
    rows = [(dimension.plural.capitalize(), _drawn(dimension, shifts)) for dimension, shifts in moved]
    details = [f"{label}: {percent(was)} to {percent(now)}" for _, own in rows for label, was, now in own]
    under = chart_specs.subtitle(source, query, view.task, by, over_time=True)
    chart = chart_specs.chart(ChartKind.DUMBBELL, headline.partition(": ")[0], source, under, details)
    listed = query.top or _LISTED
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=chart_specs.before_after(chart, rows),
        shifts=tuple(shift for _, shifts in moved for shift in shifts[:listed] if shift.points),
        notes=_notes(moved),
        next=tuple(
            str(Query("movers", (dimension.plural,), by=query.by, within=query.within, at=second, since=first))
            for dimension in (Dimension.CREATOR, Dimension.LICENSE, Dimension.TASK)
            if not (dimension is Dimension.TASK and query.task)
        )[:3],
    )


def _within(view: View, period: Period) -> Snapshot:
    """Return the last comparable snapshot of a period."""
    inside = [s for s in view.scope.comparable if period.start <= s.taken_on <= period.end]
    if inside:
        return inside[-1]
    other = [s for s in view.scope.left_out if period.start <= s.taken_on <= period.end]
    if other:
        raise NoDataError(
            f"The list of {other[-1].taken_on} had {other[-1].size} models and that of {view.now.taken_on} has {view.now.size}: "
            "a comparison would show shifts that are none.",
        )
    days = sorted((abs((s.taken_on - period.end).days), s.taken_on) for s in view.scope.comparable[:-1])
    have = f"; the nearest comparable one is of {days[0][1]}" if days else ""
    raise NoDataError(f"There is no snapshot of {period}{have}.")


def _shifts(query: Query, history: History, dimension: Dimension, then: Snapshot) -> tuple[Shift, ...]:
    """Return what moved in one dimension, the largest first and explained; none where a source does not record it."""
    if dimension is Dimension.TASK and query.task:
        return ()
    view = View(query, history, dimension)
    if len(view.recording([then, view.now])) < 2:
        return ()
    before, after = view.moments([then, view.now], view.leading)
    found = comparison.shifts(before.ranking, after.ranking)
    return (*view.explained(found[:_LISTED], then), *found[_LISTED:])


def _drawn(dimension: Dimension, shifts: Sequence[Shift]) -> list[tuple[str, float, float]]:
    chosen = sorted(shifts[:_ROWS], key=lambda shift: -shift.after)
    return [(name(dimension, shift.name), shift.before, shift.after) for shift in chosen]


def _headline(moved: Sequence[Moved], by: Measure, then: Snapshot) -> str:
    dimension, shift = max(((d, shifts[0]) for d, shifts in moved), key=lambda pair: abs(pair[1].points))
    since = f"since {day(then.taken_on)}"
    if abs(shift.points) < 0.0005:
        return f"No share of {of_measure(by)} moved by a tenth of a point {since}"
    verb = "gained" if shift.points > 0 else "lost"
    change = f"{points(abs(shift.points)).lstrip('+')} of {of_measure(by)}"
    return f"{name(dimension, shift.name)} {verb} {change} {since}, more than any other {_named(moved)}"


def _named(moved: Sequence[Moved]) -> str:
    words = [dimension.value for dimension, _ in moved]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _notes(moved: Sequence[Moved]) -> tuple[str, ...]:
    missing = [dimension.plural for dimension in DIMENSIONS if dimension not in {d for d, _ in moved}]
    return (f"Not recorded at both dates: {', '.join(missing)}.",) if missing else ()
