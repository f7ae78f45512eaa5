"""What is most notable in a ranking's course: a new leader, a reversal, a crossing, a record. Rankings in, one sentence out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, enumerate_, name, of_measure, ordinal, plural, points, subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from analytics.answer import Moment, Ranking, Share
    from analytics.domain import Dimension

MANY = 6
"""Moments from which a record or a reversal says something."""
LEADERS = 5
"""Places among which it is told that one passed another."""
TURN = 0.015
"""Portion by which a share must have gone one way and then the other for that to be a reversal."""
PASSED = 4
"""Names told of those who passed, and of those who were passed."""
RISEN = 0.01
"""Portion by which a record must lie off the first moment."""


def notable(moments: Sequence[Moment], dimension: Dimension) -> str:
    """Say what is most notable between the first and the last moment, the rarest kind first; ``""`` where nothing is.

    A new leader comes before a reversal of the largest share that turned, that before one of the leaders passing another, and
    that before a share that was never as large (or small) as now.
    """
    found: Sequence[Callable[[Sequence[Moment], Dimension], str]] = (_new_leader, _reversal, _crossing, _record)
    return next((sentence for find in found if (sentence := find(moments, dimension))), "")


def _portions(moment: Moment) -> Mapping[str, float]:
    return {share.name: share.portion for share in moment.ranking.shares}


def _courses(moments: Sequence[Moment]) -> list[tuple[Share, list[float]]]:
    """Return the portions that the leaders of the last moment had at each."""
    leaders = {share.name: share for share in moments[-1].ranking.shares[:LEADERS]}
    found = [{share.name: share.portion for share in moment.ranking.shares if share.name in leaders} for moment in moments]
    return [(share, [portions.get(name, 0.0) for portions in found]) for name, share in leaders.items()]


def _leader(ranking: Ranking) -> str | None:
    """Return who leads alone."""
    first = [share.name for share in ranking.shares if share.rank == 1]
    return first[0] if len(first) == 1 else None


def _new_leader(moments: Sequence[Moment], dimension: Dimension) -> str:
    then, now = _leader(moments[0].ranking), _leader(moments[-1].ranking)
    if then is None or now is None or then == now:
        return ""
    since = next(
        moments[place].taken_on
        for place in range(len(moments))
        if all(_leader(moment.ranking) == now for moment in moments[place:])
    )
    last = _portions(moments[-1])
    when = f"between {day(moments[0].taken_on)} and {day(since)}" if len(moments) == 2 else f"by {day(since)}"
    lead = f"{name(dimension, now)} overtook {name(dimension, then)} {when} and leads"
    of = of_measure(moments[-1].ranking.by)
    return f"{lead} with {percent(last[now])} against {percent(last.get(then, 0.0))} of {of}"


def _reversal(moments: Sequence[Moment], dimension: Dimension) -> str:
    """Tell the leading share that first went one way and then, as clearly, the other."""
    if len(moments) < MANY:
        return ""
    for share, course in _courses(moments):
        for extreme in (min(course), max(course)):
            turn = course.index(extreme)
            before, after = extreme - course[0], course[-1] - extreme
            if min(abs(before), abs(after)) >= TURN and before * after < 0:
                return _turned(name(dimension, share.name), before, after, moments[turn].taken_on, moments[-1])
    return ""


def _turned(who: str, before: float, after: float, turned_on: date, last: Moment) -> str:
    lost, gained = (f"{points(abs(part)).lstrip('+')}" for part in (before, after))
    first, then = ("lost", "has gained") if before < 0 else ("gained", "has lost")
    of = of_measure(last.ranking.by)
    return f"{who} {first} {lost} of {of} until {day(turned_on)} and {then} {gained} since"


def _crossing(moments: Sequence[Moment], dimension: Dimension) -> str:
    """Tell the highest place that one of the leaders took from another."""
    then = {share.name: share.rank for share in moments[0].ranking.shares}
    now = moments[-1].ranking.shares[: LEADERS + 1]
    for place, one in enumerate(now[:LEADERS]):
        for other in now[place + 1 :]:
            passed = one.rank < other.rank and then.get(one.name, 0) > then.get(other.name, 0) > 0
            if passed and then[one.name] <= LEADERS + 1:
                who, whom, since = name(dimension, one.name), name(dimension, other.name), day(moments[0].taken_on)
                of = of_measure(moments[-1].ranking.by)
                against = f"{percent(one.portion)} against {percent(other.portion)} of {of}"
                return f"{who} passed {whom} since {since} and is {ordinal(one.rank)}: {against}"
    return ""


def _record(moments: Sequence[Moment], dimension: Dimension) -> str:
    """Tell a leading share that never was as large, or as small, as now."""
    if len(moments) < MANY:
        return ""
    for share, (*course, last) in _courses(moments):
        if abs(last - course[0]) < RISEN or not (last > max(course) or last < min(course)):
            continue
        most = "most" if last > max(course) else "least"
        since = f"of {plural(len(moments), 'snapshot')} since {day(moments[0].taken_on)}"
        of = of_measure(moments[-1].ranking.by)
        return f"{name(dimension, share.name)} has {percent(last)} of {of}, the {most} {since} ({points(last - course[0])})"
    return ""


def passed(moments: Sequence[Moment], dimension: Dimension, chosen: str) -> tuple[str, ...]:
    """Say who passed it and whom it passed between the first and the last moment, in the order of the last.

    Who was not there at both ends has passed nobody; equal ranks are no passing.
    """
    was, now = ({share.name: share.rank for share in moments[end].ranking.shares} for end in (0, -1))
    if chosen not in was or chosen not in now:
        return ()
    others = [one for one in now if one in was and one != chosen]
    by = [one for one in others if was[one] > was[chosen] and now[one] < now[chosen]]
    itself = [one for one in others if was[one] < was[chosen] and now[one] > now[chosen]]
    who, _ = subject(dimension, chosen)
    said = []
    if by:
        said.append(f"{_few(by, dimension)} passed {who}")
    if itself:
        said.append(f"{'it' if by else who} passed {_few(itself, dimension)}")
    told = ", and ".join(said) or f"Nobody passed {who}, nor did it pass anybody,"
    return (f"{told} by {of_measure(moments[0].ranking.by)} since {day(moments[0].taken_on)}.",)


def _few(names: Sequence[str], dimension: Dimension) -> str:
    """Name the first of them, in the order of the ranking."""
    named = [name(dimension, one) for one in names]
    if len(named) <= PASSED:
        return enumerate_(named)
    shown = named[: PASSED - 1]
    return enumerate_([*shown, f"{len(named) - len(shown)} others"])
