"""Which snapshots may be compared, and which ones a question, an alert and a bet use. :func:`comparable` decides for all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from analytics.domain import ListName, Snapshot
from analytics.errors import NoDataError
from analytics.formatting.phrases import day, enumerate_, of_list, plural
from analytics.notes import Caveat
from analytics.query import Period
from analytics.storage.snapshot_cache import SnapshotCache

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from analytics.query import Query
    from analytics.storage.history import History

SIZE_TOLERANCE = 0.1
"""Largest relative difference in size of two lists that may be compared: a top 30 says nothing about a top 300."""

RECENT_DAYS = 3
"""Latest days of a list of which most must be alike before alerts check one of them."""

SETTLING_DAYS = 3
"""How many days before a month's last day a snapshot may be taken to settle bets on that month."""

MOST_MOMENTS = 62
"""Points of a line beyond which days are thinned to weeks, and weeks to months."""


def comparable(snapshot: Snapshot, now: Snapshot) -> bool:
    """Tell whether a snapshot may be compared with ``now``: same list, both measured or both simulated, and of similar size.

    Whatever compares two snapshots asks this function:

    - digests, ``movers``, ``entries``, ``compare``, every question with ``since``, and forecasts through :func:`scope`
    - ``compare`` of two months, which names what :func:`scope` left out
    - alerts through :func:`usual`, and between the snapshot checked last and the next (:func:`bot.subscriptions.alerts.watch`)
    - bets through :func:`settling`
    - the buttons for the month before and after through :func:`adjacent_months`
    - data warnings (:mod:`analytics.questions.data_warnings`)

    The whole Hub may be compared with itself, however much it grew.
    """
    if snapshot.list is not now.list or snapshot.simulated != now.simulated:
        return False
    smaller, larger = sorted((snapshot.size, now.size))
    return now.list is ListName.HUB or larger - smaller <= SIZE_TOLERANCE * larger


def usual(snapshots: Sequence[Snapshot], days: int) -> Snapshot | None:
    """Return the last snapshot of the kind that is most frequent on the last ``days`` days; ``None`` where there is none.

    ``snapshots``: of one list, in the order of :meth:`analytics.storage.history.History.snapshots`.
    """
    if not (latest := list({s.taken_on: s for s in snapshots}.values())[-days:]):
        return None
    first = max(latest, key=lambda now: sum(comparable(s, now) for s in latest))  # of two equally frequent kinds, the earlier
    return next(s for s in reversed(latest) if comparable(s, first))


def list_on(snapshots: Sequence[Snapshot], placed: date) -> Snapshot | None:
    """Return the list that a bet of that day is about: the last one up to the day, else the first; ``None`` without any."""
    return next((s for s in reversed(snapshots) if s.taken_on <= placed), snapshots[0] if snapshots else None)


def same_list(before: Snapshot, now: Snapshot) -> bool:
    """Tell whether a bet placed on one list may be settled by another: comparable ones, or a measured one after a simulated."""
    return comparable(replace(before, simulated=before.simulated and now.simulated), now)


def settling(snapshots: Sequence[Snapshot], before: Snapshot, end: date) -> Snapshot | None:
    """Return the snapshot by which a bet placed on the list ``before`` is settled at a month's ``end``, whatever its source.

    It's the last one of the same list within :data:`SETTLING_DAYS` of the end; ``None`` where there is none. Of several sources
    on one day, the largest list counts, as in every answer.
    """
    latest = {s.taken_on: s for s in snapshots if 0 <= (end - s.taken_on).days <= SETTLING_DAYS}
    return next((s for s in reversed(latest.values()) if same_list(before, s)), None)


@dataclass(frozen=True, slots=True)
class Scope:
    """The snapshot at the date of a question, and the comparable ones before it: oldest first, itself last."""

    now: Snapshot
    comparable: tuple[Snapshot, ...]
    left_out: tuple[Snapshot, ...]
    """Earlier snapshots of another size or origin, which would show changes that never happened."""


_SCOPES = SnapshotCache["tuple[Sequence[Snapshot], Scope]"](50_000, lambda cached: len(cached[0]))
"""Scopes by the identity of the list's snapshots, a tuple that is the same object until a snapshot is added."""


def scope(query: Query, history: History) -> Scope:
    """Return the snapshots that ``query`` uses: the last one, or :func:`of_period`, and those comparable with it.

    Raises:
        NoDataError: when the store is empty, has nothing at that date, or the date is in the future; the message says what
            it has.

    """
    snapshots = history.snapshots(query.within)
    if not snapshots:
        raise NoDataError(_empty(query, history), _on_other_lists(query, history))
    _require_past(query, snapshots)
    now = snapshots[-1] if query.at is None else of_period(snapshots, query.at)
    if now is None:
        raise NoDataError(*_nothing_at(query, snapshots))
    cached = _SCOPES.get((id(snapshots), now.id))
    if cached is None or cached[0] is not snapshots:
        cached = snapshots, _around(now, snapshots)
        _SCOPES.put((id(snapshots), now.id), cached)
    return cached[1]


def of_period(snapshots: Sequence[Snapshot], period: Period) -> Snapshot | None:
    """Return the snapshot of a month or day: the last that compares with its largest list; ``None`` where there is none.

    So a list of 30 models at the month's end doesn't stand in for one of 300 a few days before. Where measured and simulated
    lists are mixed, it's of the origin of the last one.
    """
    return last_like_largest([s for s in snapshots if period.start <= s.taken_on <= period.end])


def last_like_largest(inside: Sequence[Snapshot]) -> Snapshot | None:
    """Return the same for the snapshots of any span of days."""
    alike = [s for s in inside if s.simulated == inside[-1].simulated]
    largest = max(alike, key=lambda s: s.size, default=None)
    return next((s for s in reversed(alike) if largest and comparable(s, largest)), None)


def _require_past(query: Query, snapshots: Sequence[Snapshot]) -> None:
    """Raise NoDataError for ``at`` or ``since`` with a date in the future (UTC), where no snapshot can be."""
    latest_possible = max(datetime.now(UTC).date(), snapshots[-1].taken_on)
    future = next((period for period in (query.at, query.since) if period and period.start > latest_possible), None)
    if future:
        runs = f"the data runs from {day(snapshots[0].taken_on)} to {day(snapshots[-1].taken_on)}"
        raise NoDataError(f"{future.name} is in the future; {runs}.", (str(query.but(at=None, since=None)),))


def _around(now: Snapshot, snapshots: Sequence[Snapshot]) -> Scope:
    earlier = [s for s in snapshots if s.taken_on < now.taken_on]
    alike = (*{s.taken_on: s for s in earlier if comparable(s, now)}.values(), now)
    days = {s.taken_on for s in alike}
    return Scope(now, alike, tuple({s.taken_on: s for s in earlier if s.taken_on not in days}.values()))


def _empty(query: Query, history: History) -> str:
    if any(history.snapshots(other) for other in ListName):
        return f"The “{query.within}” list has no snapshots yet. Lists with data: {enumerate_(_with_data(history))}."
    return "There's no data yet. Take a snapshot with “hfstats snapshot” or load listings with “hfstats import FILE”."


def _with_data(history: History) -> list[str]:
    return [other.value for other in ListName if history.snapshots(other)]


def _on_other_lists(query: Query, history: History) -> tuple[str, ...]:
    return tuple(str(query.but(within=ListName(other), at=None, since=None)) for other in _with_data(history))[:3]


def _nothing_at(query: Query, snapshots: Sequence[Snapshot]) -> tuple[str, tuple[str, ...]]:
    at = query.at or Period(1970, 1)
    before = [s.taken_on for s in snapshots if s.taken_on < at.start][-1:]
    after = [s.taken_on for s in snapshots if s.taken_on > at.end][:1]
    nearest = [*before, *after]
    suggestions = tuple(str(query.but(at=Period(d.year, d.month, d.day), since=None)) for d in reversed(nearest))
    ones = "one is" if len(nearest) == 1 else "ones are"
    return f"There's no snapshot from {at.name}. The nearest {ones} from {enumerate_([*map(day, nearest)])}.", suggestions


def over_time(query: Query, scope: Scope) -> tuple[Snapshot, ...]:
    """Return the snapshots for a question with ``since``: two or more, oldest first, thinned to what a line can show.

    Raises:
        NoDataError: when there are fewer than two.

    """
    since = query.since or Period(1970, 1)
    snapshots = [s for s in scope.comparable if s.taken_on >= since.start]
    if len(snapshots) < 2:
        raise nothing_before(query, scope, f"since {since.name}")
    return _thin(snapshots)


def notes_on(query: Query, scope: Scope, snapshots: Sequence[Snapshot]) -> tuple[str, ...]:
    """Describe what is missing from a series: a late start, snapshots left out, gaps."""
    since = query.since or Period(1970, 1)
    late = (snapshots[0].taken_on - since.end).days > 31
    earliest = f"earliest comparable snapshot is from {day(snapshots[0].taken_on)}"
    return (
        *((Caveat(f"The {earliest}.", f"the {earliest}"),) if late else ()),
        *_left_out(scope, since.start),
        *_gaps(snapshots),
    )


def month_before(scope: Scope) -> tuple[Snapshot, ...]:
    """Return what to compare the snapshot with where no ``since`` is given, the best first: the last one of the month before.

    After it come the earlier ones, latest first, and then those of the same month, earliest first.
    """
    first = scope.now.taken_on.replace(day=1)
    earlier = [s for s in reversed(scope.comparable) if s.taken_on < first]
    return (*earlier, *(s for s in scope.comparable if first <= s.taken_on < scope.now.taken_on))


def notes_on_month(scope: Scope, then: Snapshot) -> tuple[str, ...]:
    """Describe a comparison that isn't with the month before, and the snapshots left out; ``()`` where it is."""
    if (scope.now.taken_on.year - then.taken_on.year) * 12 + scope.now.taken_on.month - then.taken_on.month == 1:
        return ()
    this = f"this compares with {day(then.taken_on)}"
    gap = f"There's no comparable snapshot from the month before, so {this}."
    return (Caveat(gap, f"{this}, not the month before"), *_left_out(scope, then.taken_on))


def adjacent_months(query: Query, scope: Scope, history: History) -> tuple[Period | None, Period | None]:
    """Return the nearest earlier and later months whose list (:func:`of_period`) is comparable with the present one."""
    now, snapshots = scope.now, history.snapshots(query.within)
    months = dict.fromkeys((s.taken_on.year, s.taken_on.month) for s in snapshots)
    alike = [month for month in months if (s := of_period(snapshots, Period(*month))) and comparable(s, now)]
    this_month = (now.taken_on.year, now.taken_on.month)
    before = max((month for month in alike if month < this_month), default=None)
    after = min((month for month in alike if month > this_month), default=None)
    return Period(*before) if before else None, Period(*after) if after else None


def nothing_before(query: Query, scope: Scope, when: str) -> NoDataError:
    """Return the error for a comparison without a second snapshot; ``when`` is ``since June 2026`` or ``before June 3, 2026``."""
    now, first = scope.now, scope.comparable[0].taken_on
    suggestions = () if first == now.taken_on else (str(query.but(since=Period(first.year, first.month, first.day))),)
    models, last = of_list(now.list, now.size), day(now.taken_on)
    if first == now.taken_on:
        message = f"There's nothing to compare with yet: the first snapshot of {models} is from {last}."
    else:
        message = f"There's nothing to compare with {when}: the snapshots of {models} run from {day(first)} to {last}."
    return NoDataError(message, suggestions)


def _left_out(scope: Scope, start: date) -> tuple[str, ...]:
    left_out = [s for s in scope.left_out if s.taken_on >= start]
    other_size = [s for s in left_out if not comparable(replace(s, simulated=scope.now.simulated), scope.now)]
    notes = []
    if other_size:
        sizes = sorted({s.size for s in other_size})
        models = f"{enumerate_([*map(str, sizes)], 'or')} {'model' if sizes == [1] else 'models'}"
        only = "only " if sizes[-1] < scope.now.size else ""
        verb, contraction, rest = ("covers", "isn't", "it's") if len(other_size) == 1 else ("cover", "aren't", "they're")
        not_compared = f"{only}{models} and {contraction} comparable, so {rest} left out."
        notes.append(f"{plural(len(other_size), 'snapshot')} {verb} {not_compared}")
    if others := len(left_out) - len(other_size):
        kind = "measured" if scope.now.simulated else "simulated"
        notes.append(f"{plural(others, f'{kind} snapshot')} {'is' if others == 1 else 'are'} left out.")
    return tuple(notes)


def _gaps(snapshots: Sequence[Snapshot]) -> tuple[str, ...]:
    """Describe gaps of more than 45 days that are also more than three times the median step."""
    steps = sorted((b.taken_on - a.taken_on).days for a, b in pairwise(snapshots))
    usual = steps[len(steps) // 2] if len(steps) > 1 else 0
    return tuple(
        f"There are no snapshots between {day(a.taken_on)} and {day(b.taken_on)}."
        for a, b in pairwise(snapshots)
        if (b.taken_on - a.taken_on).days > max(45, 3 * usual)
    )


def _thin(snapshots: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
    """Return every day, else the last of each week, else of each month; always with the first and the last."""
    if len(snapshots) <= MOST_MOMENTS:
        return tuple(snapshots)
    weekly = {s.taken_on.isocalendar()[:2]: s for s in snapshots}
    thinned = weekly if len(weekly) <= MOST_MOMENTS else {(s.taken_on.year, s.taken_on.month): s for s in snapshots}
    return tuple({s.taken_on: s for s in (snapshots[0], *thinned.values(), snapshots[-1])}.values())
