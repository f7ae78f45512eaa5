"""Which snapshots a question is about: the one it is asked at, and what it may be compared with. Counts nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from analytics.domain import ListName, Snapshot
from analytics.errors import NoDataError
from analytics.formatting.phrases import of_list, plural
from analytics.query import Period
from analytics.storage.snapshot_cache import SnapshotCache

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from analytics.query import Query
    from analytics.storage.history import History

ALIKE = 0.1
"""Two lists are compared only when their sizes differ by at most this part: a top 30 says nothing of a top 300."""

MOST_MOMENTS = 62
"""Points of a line beyond which days are thinned to weeks, and weeks to months."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The snapshot that a question is asked at, and those of the same kind before it, oldest first and itself last."""

    now: Snapshot
    comparable: tuple[Snapshot, ...]
    left_out: tuple[Snapshot, ...]
    """Earlier ones of another size or origin, which would show a shift where there is none."""


_SCOPES = SnapshotCache["tuple[Sequence[Snapshot], Scope]"](50_000, lambda found: len(found[0]))
"""Scopes by the snapshots that they were found among, which stay the same object until there is a new one."""


def scope(query: Query, history: History) -> Scope:
    """Find the snapshot that ``query`` is asked at: the last one, or the last within ``at``.

    Raises:
        NoDataError: when the store is empty or has nothing at that date, saying what it has.

    """
    snapshots = history.snapshots(query.within)
    if not snapshots:
        raise NoDataError(_empty(query, history), _elsewhere(query, history))
    now = next((s for s in reversed(snapshots) if query.at is None or query.at.start <= s.taken_on <= query.at.end), None)
    if now is None:
        raise NoDataError(*_nothing_at(query, snapshots))
    known = _SCOPES.get((id(snapshots), now.id))
    if known is None or known[0] is not snapshots:
        known = snapshots, _around(now, snapshots)
        _SCOPES.put((id(snapshots), now.id), known)
    return known[1]


def _around(now: Snapshot, snapshots: Sequence[Snapshot]) -> Scope:
    earlier = [s for s in snapshots if s.taken_on < now.taken_on]
    alike = [s for s in earlier if _alike(s, now) and s.simulated == now.simulated]
    comparable = (*{s.taken_on: s for s in alike}.values(), now)
    days = {s.taken_on for s in comparable}
    return Scope(now, comparable, tuple({s.taken_on: s for s in earlier if s.taken_on not in days}.values()))


def _empty(query: Query, history: History) -> str:
    if any(history.snapshots(other) for other in ListName):
        return f"There is no snapshot of the list “{query.within}” yet; the lists with data are: {', '.join(_filled(history))}."
    return (
        "There is no snapshot yet. An operator takes one with “hfstats snapshot”, or loads listings with “hfstats import FILE”."
    )


def _filled(history: History) -> list[str]:
    return [other.value for other in ListName if history.snapshots(other)]


def _elsewhere(query: Query, history: History) -> tuple[str, ...]:
    return tuple(str(query.but(within=ListName(other), at=None, since=None)) for other in _filled(history))[:3]


def _nothing_at(query: Query, snapshots: Sequence[Snapshot]) -> tuple[str, tuple[str, ...]]:
    at = query.at or Period(1970, 1)
    before = [s.taken_on for s in snapshots if s.taken_on < at.start][-1:]
    after = [s.taken_on for s in snapshots if s.taken_on > at.end][:1]
    nearest = [*before, *after]
    said = " and ".join(f"{day:%Y-%m-%d}" for day in nearest)
    suggestions = tuple(str(query.but(at=Period(d.year, d.month, d.day), since=None)) for d in reversed(nearest))
    return f"There is no snapshot of {at}; the nearest {'are' if len(nearest) > 1 else 'is'} of {said}.", suggestions


def over_time(query: Query, found: Scope) -> tuple[Snapshot, ...]:
    """Choose the snapshots of a question with ``since``: at least two, oldest first, as many as a line can show.

    Raises:
        NoDataError: when there are fewer than two.

    """
    since = query.since or Period(1970, 1)
    chosen = [s for s in found.comparable if s.taken_on >= since.start]
    if len(chosen) < 2:
        raise nothing_before(query, found, f"since {since}")
    return _thin(chosen)


def _alike(one: Snapshot, other: Snapshot) -> bool:
    # The whole Hub is the whole Hub, however it grew.
    return other.list is ListName.HUB or abs(one.size - other.size) <= ALIKE * other.size


def notes_on(query: Query, found: Scope, chosen: Sequence[Snapshot]) -> tuple[str, ...]:
    """Say what a series hides: that it starts later than asked, snapshots left out for their size, holes."""
    since = query.since or Period(1970, 1)
    late = (chosen[0].taken_on - since.end).days > 31
    start = (f"The first snapshot to compare with is of {chosen[0].taken_on:%Y-%m-%d}.",) if late else ()
    return (*start, *_passed_over(found, since.start), *_gaps(chosen))


def month_before(found: Scope) -> tuple[Snapshot, ...]:
    """Order what the snapshot may be compared with where no ``since`` is given, the best first: the last of the month before.

    After it come the earlier ones, latest first, and then those of the same month, earliest first.
    """
    first = found.now.taken_on.replace(day=1)
    earlier = [s for s in reversed(found.comparable) if s.taken_on < first]
    return (*earlier, *(s for s in found.comparable if first <= s.taken_on < found.now.taken_on))


def notes_on_month(found: Scope, then: Snapshot) -> tuple[str, ...]:
    """Say when a comparison is not with the month before, and what was passed over."""
    now = found.now.taken_on
    if (now.year - then.taken_on.year) * 12 + now.month - then.taken_on.month == 1:
        return ()
    gap = f"No comparable snapshot of the month before; compared with {then.taken_on:%Y-%m-%d}."
    return (gap, *_passed_over(found, then.taken_on))


def months_beside(query: Query, found: Scope, history: History) -> tuple[Period | None, Period | None]:
    """Return the nearest month before and the nearest after whose last snapshot compares with the one asked at."""
    now = found.now
    monthly = {(s.taken_on.year, s.taken_on.month): s for s in history.snapshots(query.within)}
    alike = [month for month, s in monthly.items() if _alike(s, now) and s.simulated == now.simulated]
    here = (now.taken_on.year, now.taken_on.month)
    before = max((month for month in alike if month < here), default=None)
    after = min((month for month in alike if month > here), default=None)
    return Period(*before) if before else None, Period(*after) if after else None


def nothing_before(query: Query, found: Scope, when: str) -> NoDataError:
    """Say that there is no second snapshot, and from when on there would be."""
    now = found.now
    first = found.comparable[0].taken_on
    suggestions = () if first == now.taken_on else (str(query.but(since=Period(first.year, first.month, first.day))),)
    have = f"; the earliest of that kind is of {first:%Y-%m-%d}" if first < now.taken_on else ""
    what = f"{of_list(now.list, now.size)}"
    return NoDataError(f"There is no second snapshot of {what} {when} to compare with{have}.", suggestions)


def _passed_over(found: Scope, start: date) -> tuple[str, ...]:
    passed = [s for s in found.left_out if s.taken_on >= start]
    other_size = [s for s in passed if not _alike(s, found.now)]
    notes = []
    if other_size:
        sizes = ", ".join(map(str, sorted({s.size for s in other_size})))
        notes.append(
            f"{plural(len(other_size), 'snapshot')} with lists of another size ({sizes} models) left out: not comparable."
        )
    if len(passed) > len(other_size):
        kind = "measured" if found.now.simulated else "simulated"
        notes.append(f"{plural(len(passed) - len(other_size), f'{kind} snapshot')} left out.")
    return tuple(notes)


def _gaps(chosen: Sequence[Snapshot]) -> tuple[str, ...]:
    """Tell holes of more than 45 days that are also three times the usual step."""
    steps = sorted((b.taken_on - a.taken_on).days for a, b in pairwise(chosen))
    usual = steps[len(steps) // 2] if len(steps) > 1 else 0
    return tuple(
        f"No snapshot between {a.taken_on:%Y-%m-%d} and {b.taken_on:%Y-%m-%d}."
        for a, b in pairwise(chosen)
        if (b.taken_on - a.taken_on).days > max(45, 3 * usual)
    )


def _thin(chosen: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
    """Keep every day, else the last of each week, else of each month; the first and the last always."""
    if len(chosen) <= MOST_MOMENTS:
        return tuple(chosen)
    weekly = {s.taken_on.isocalendar()[:2]: s for s in chosen}
    kept = weekly if len(weekly) <= MOST_MOMENTS else {(s.taken_on.year, s.taken_on.month): s for s in chosen}
    return tuple({s.taken_on: s for s in (chosen[0], *kept.values(), chosen[-1])}.values())
