"""``compare 2026-03 2026-08``: one list at two dates, by license, creator and task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.answer import Answer
from analytics.chart import ChartKind
from analytics.domain import Dimension, Measure
from analytics.errors import NoDataError, QueryError
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, enumerate_, name, noun_phrase, of_known, points_of, size_of
from analytics.query import Option, Period, Query
from analytics.questions import chart_specs, shifts
from analytics.questions.question import View
from analytics.questions.share_question import no_change

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Shift
    from analytics.domain import Snapshot
    from analytics.storage.history import History

    Changes = tuple[Dimension, tuple[Shift, ...]]
    Compared = tuple[Dimension, tuple[Shift, ...], tuple[str, ...]]

DIMENSIONS = (Dimension.LICENSE, Dimension.CREATOR, Dimension.TASK)
_ROWS = 3
"""Names of each dimension on the chart."""
_LISTED = 5
"""Shifts of each dimension in the list, unless ``top`` says otherwise."""


def months(query: Query) -> tuple[Period, Period] | None:
    """Return the two periods to compare, the earlier first; ``None`` where the names aren't two dates."""
    periods = [Period.read(typed) for typed in query.names]
    if None in periods or len(periods) != 2:
        return None
    first, second = sorted((period for period in periods if period), key=lambda period: (period.end, period.start))
    return first, second


def two_months(query: Query, history: History, first: Period, second: Period) -> Answer:
    """Compare the last snapshot of one period with the last one of another.

    Raises:
        QueryError: for twice the same date, or with a third one.
        NoDataError: where one of them has no snapshot, or no comparable one.

    """
    if first == second:
        raise QueryError(f"“compare” needs two different dates, and both are {first.name}.")
    other = Option.AT if query.at else Option.SINCE if query.since else None
    if other:
        message = f"“compare” with two dates doesn't support “{other}”. Leave it out."
        raise QueryError(message, (str(query.but(at=None, since=None)),))
    at_second = query.but(word="creators", names=(), at=second, top=None)
    by = query.by or Measure.DOWNLOADS
    view = View(at_second.but(by=by), history, Dimension.NAMESPACE)
    then = _within(view, first)
    compared = [_compared(at_second.but(by=by), history, dimension, then) for dimension in DIMENSIONS]
    changes = tuple((dimension, shifts) for dimension, shifts, _ in compared if shifts)
    if not changes:
        dates = f"{day(then.taken_on)} and {day(view.now.taken_on)}"
        raise NoDataError(f"The snapshots from {dates} record nothing in common, so they can't be compared.")
    source = view.source(then, by)
    headline = _headline(changes, by, then)
    rows = [(dimension.plural.capitalize(), _chart_rows(dimension, shifts)) for dimension, shifts in changes]
    details = [f"{label}: {percent(before)} to {percent(after)}" for _, group in rows for label, before, after in group]
    subtitle = chart_specs.subtitle(source, query, view.task, by, over_time=True) + chart_specs.LARGEST_CHANGES
    chart = chart_specs.chart(ChartKind.DUMBBELL, _title(changes, by, then), source, subtitle, details)
    listed = query.top or _LISTED
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=chart_specs.before_after(chart, rows),
        shifts=tuple(shift for _, shifts in changes for shift in shifts[:listed] if shift.points),
        top=query.top,
        notes=(*_notes(compared, query), *(note for _, _, notes in compared for note in notes)),
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
            f"The list had {other[-1].size} models on {day(other[-1].taken_on)} and {view.now.size} on {day(view.now.taken_on)}, "
            "so the two can't be compared.",
        )
    days = sorted((abs((s.taken_on - period.end).days), s.taken_on) for s in view.scope.comparable[:-1])
    nearest = f" The nearest comparable one is from {day(days[0][1])}." if days else ""
    raise NoDataError(f"There's no snapshot from {period.name}.{nearest}")


def _compared(query: Query, history: History, dimension: Dimension, then: Snapshot) -> Compared:
    """Return the shifts in one dimension, the largest first and with reasons, and notes on how they're told.

    Neither where a source doesn't record the dimension.
    """
    if dimension is Dimension.TASK and query.task:
        return dimension, (), ()
    view = View(query, history, dimension)
    if len(view.recording([then, view.now])) < 2:
        return dimension, (), ()
    compared = shifts.compare(view, then, view.leading)
    explained = tuple(shift for shift in shifts.explain(view, then, compared, _LISTED) if shift.is_ranked)
    return dimension, explained, shifts.notes_on_coverage(view, then, compared)


def _chart_rows(dimension: Dimension, shifts: Sequence[Shift]) -> list[tuple[str, float, float]]:
    largest = sorted(shifts[:_ROWS], key=lambda shift: -shift.after)
    return [(name(dimension, shift.name), shift.before, shift.after) for shift in largest]


def _headline(changes: Sequence[Changes], by: Measure, then: Snapshot) -> str:
    _, shift = _largest(changes)
    if not points_of(shift):
        return no_change(by, day(then.taken_on))
    dimensions = enumerate_([dimension.value for dimension, _ in changes], "or")
    return f"{_title(changes, by, then)}, the largest change of any {dimensions}"


def _title(changes: Sequence[Changes], by: Measure, then: Snapshot) -> str:
    """Return the headline without the dimensions that were compared, which wouldn't fit on the chart."""
    dimension, shift = _largest(changes)
    if not points_of(shift):
        return no_change(by, day(then.taken_on))
    subject, verb = noun_phrase(dimension, shift.name).start, "gained" if shift.points > 0 else "lost"
    return f"{subject} {verb} {size_of(shift)} of {of_known(shift, dimension)} since {day(then.taken_on)}"


def _largest(changes: Sequence[Changes]) -> tuple[Dimension, Shift]:
    return max(((dimension, shifts[0]) for dimension, shifts in changes), key=lambda pair: abs(pair[1].points))


def _notes(compared: Sequence[Compared], query: Query) -> tuple[str, ...]:
    recorded = {dimension for dimension, shifts, notes in compared if shifts or notes}
    missing = [d.plural for d in DIMENSIONS if d not in recorded | ({Dimension.TASK} if query.task else set())]
    return (f"Only one of the two snapshots records {enumerate_(missing, 'or')}.",) if missing else ()
