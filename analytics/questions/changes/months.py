"""``compare 2026-03 2026-08``: one list at two dates, by license, creator and task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.answer import Answer
from analytics.chart import ChartKind
from analytics.domain import Dimension, Measure
from analytics.errors import NoDataError, QueryError
from analytics.formatting.phrases import day, enumerate_, name
from analytics.query import Option, Period, Query
from analytics.questions import chart_specs, shifts
from analytics.questions.question import View
from analytics.statistics import highlights
from analytics.statistics.findings import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Shift
    from analytics.domain import Snapshot
    from analytics.statistics.findings import Finding
    from analytics.storage.history import History

    Changes = tuple[Dimension, tuple[Shift, ...]]

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
    changes = tuple((side.dimension, side.shifts) for side in compared if side.shifts)
    if not changes:
        dates = f"{day(then.taken_on)} and {day(view.now.taken_on)}"
        raise NoDataError(f"The snapshots from {dates} record nothing in common, so they can't be compared.")
    source = view.source(then, by)
    best = max((side for side in compared if side.finding), key=_weight, default=None)
    headline = _finding(best, by, then) + (_largest_of(changes) if best and _is_largest(best, changes) else "")
    rows = [(dimension.plural.capitalize(), _chart_rows(dimension, shifts)) for dimension, shifts in changes]
    details = chart_specs.before_after_details(rows)
    subtitle = chart_specs.subtitle(source, query, view.task, by, over_time=True)
    chart = chart_specs.chart(ChartKind.DUMBBELL, headline, source, subtitle, details)
    listed = query.top or _LISTED
    return Answer(
        query=str(query),
        headline=headline,
        source=source,
        chart=chart_specs.before_after(chart, rows),
        shifts=tuple(shift for _, shifts in changes for shift in shifts[:listed] if shift.points),
        top=query.top,
        notes=(*_notes(compared, query), *(note for side in compared for note in side.notes)),
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


@dataclass(frozen=True, slots=True)
class _Compared:
    """One dimension at two dates."""

    dimension: Dimension
    shifts: tuple[Shift, ...] = ()
    """The largest first and with reasons; empty where a source doesn't record the dimension."""
    notes: tuple[str, ...] = ()
    """On how the shifts are told."""
    finding: Finding | None = None


def _compared(query: Query, history: History, dimension: Dimension, then: Snapshot) -> _Compared:
    if dimension is Dimension.TASK and query.task:
        return _Compared(dimension)
    view = View(query, history, dimension)
    if len(view.recording([then, view.now])) < 2:
        return _Compared(dimension)
    compared = shifts.compare(view, then, view.leading)
    explained = tuple(shift for shift in shifts.explain(view, then, compared, _LISTED) if shift.is_ranked)
    finding = next(iter(shifts.findings_between(view, then, compared, explained[:_ROWS])), None)
    return _Compared(dimension, explained, shifts.notes_on_coverage(view, then, compared), finding)


def _chart_rows(dimension: Dimension, shifts: Sequence[Shift]) -> list[tuple[str, float | None, float]]:
    largest = sorted(shifts[:_ROWS], key=lambda shift: -shift.after)
    return [(name(dimension, shift.name), chart_specs.drawn_from(shift), shift.after) for shift in largest]


def _weight(side: _Compared) -> float:
    return side.finding.weight if side.finding else 0.0


def _finding(best: _Compared | None, by: Measure, then: Snapshot) -> str:
    since = day(then.taken_on)
    if best is None or best.finding is None:
        return highlights.no_change(by, since)
    if best.finding.kind is Kind.SHIFT:
        return f"{highlights.gain(best.finding.shift, best.dimension)} since {since}"
    return highlights.crossing(best.finding, best.dimension, f"since {since}")


def _is_largest(best: _Compared, changes: Sequence[Changes]) -> bool:
    """Return whether the finding is the largest shift in any dimension."""
    largest = max(abs(shift.points) for _, shifts in changes for shift in shifts)
    return best.finding is not None and best.finding.kind is Kind.SHIFT and abs(best.finding.shift.points) >= largest


def _largest_of(changes: Sequence[Changes]) -> str:
    """Return the end of a headline that names the dimensions compared."""
    return f", the largest change of any {enumerate_([dimension.value for dimension, _ in changes], 'or')}"


def _notes(compared: Sequence[_Compared], query: Query) -> tuple[str, ...]:
    recorded = {side.dimension for side in compared if side.shifts or side.notes}
    missing = [d.plural for d in DIMENSIONS if d not in recorded | ({Dimension.TASK} if query.task else set())]
    return (f"Only one of the two snapshots records {enumerate_(missing, 'or')}.",) if missing else ()
