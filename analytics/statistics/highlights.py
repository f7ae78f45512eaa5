"""Headlines about a ranking over time: a new leader, a reversal, a crossing, a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.formatting.numbers import percent, rounded_change
from analytics.formatting.phrases import NounPhrase, day, enumerate_phrases, noun_phrase, of_measure, ordinal, possessive, size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from analytics.answer import Moment, Ranking, Share
    from analytics.domain import Dimension

FEWEST_MOMENTS = 6
"""Fewest moments for a record or a reversal."""
LEADERS = 5
"""Ranks among which a crossing is reported."""
LEAST_TURN = 0.015
"""Least change of a portion in each direction for a reversal."""
NAMED = 4
"""Most names in a sentence about who passed whom."""
LEAST_SHARE = 0.001
"""Least portion of the smaller of two names for a crossing; below it the order says little."""
LEAST_RECORD = 0.01
"""Least difference of a portion from the first moment for a record."""


def notable(moments: Sequence[Moment], dimension: Dimension) -> str:
    """Return a sentence about the most notable change between the first and the last moment; ``""`` where there is none.

    In order of preference: a new leader, a reversal of a large share, a leader passing another, a highest or lowest share.
    """
    kinds: Sequence[Callable[[Sequence[Moment], Dimension], str]] = (_new_leader, _reversal, _crossing, _record)
    return next((sentence for kind in kinds if (sentence := kind(moments, dimension))), "")


def _portions(moment: Moment) -> Mapping[str, float]:
    return {share.name: share.portion for share in moment.ranking.shares}


def _courses(moments: Sequence[Moment]) -> list[tuple[Share, list[float]]]:
    """Return the leaders of the last moment with their portions at each moment."""
    leaders = {share.name: share for share in moments[-1].ranking.ranked[:LEADERS]}
    portions = [{share.name: share.portion for share in moment.ranking.shares if share.name in leaders} for moment in moments]
    return [(share, [of_moment.get(name, 0.0) for of_moment in portions]) for name, share in leaders.items()]


def _ranks(ranking: Ranking) -> dict[str, int]:
    """Return the rank of each name that has one."""
    return {share.name: share.rank for share in ranking.shares if share.rank is not None}


def _leader(ranking: Ranking) -> str | None:
    """Return the only leader; ``None`` for a tie."""
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
    first, last = _portions(moments[0]), _portions(moments[-1])
    change = f"{percent(first[then])} to {percent(last.get(then, 0.0))}"
    when = f"between {day(moments[0].taken_on)} and {day(since)}" if len(moments) == 2 else f"by {day(since)}"
    leader, other = noun_phrase(dimension, now), noun_phrase(dimension, then)
    lead = (
        f"{leader.start} {'lead' if leader.plural else 'leads'} with {percent(last[now])} of {of_measure(moments[-1].ranking.by)}"
    )
    return f"{lead}; {leader.pronoun} overtook {other.text} ({change}) {when}"


def _reversal(moments: Sequence[Moment], dimension: Dimension) -> str:
    """Describe the first leading share that went clearly one way and then clearly the other."""
    if len(moments) < FEWEST_MOMENTS:
        return ""
    for share, course in _courses(moments):
        for extreme in (min(course), max(course)):
            turn = course.index(extreme)
            before, after = extreme - course[0], course[-1] - extreme
            if min(abs(before), abs(after)) >= LEAST_TURN and before * after < 0:
                turned = rounded_change(course[0], extreme), rounded_change(extreme, course[-1])
                return _turned(noun_phrase(dimension, share.name), *turned, moments[turn].taken_on, moments[-1])
    return ""


def _turned(phrase: NounPhrase, before: float, after: float, turned_on: date, last: Moment) -> str:
    first, then = ("lost", "gained") if before < 0 else ("gained", "lost")
    change = f"{first} {size(before)} of {of_measure(last.ranking.by)} by {day(turned_on)}"
    return f"{phrase.start} {change}, then {then} {size(after, 'point')}"


def _crossing(moments: Sequence[Moment], dimension: Dimension) -> str:
    """Describe the highest rank that one leader took from another."""
    then, ranks = (_ranks(moments[end].ranking) for end in (0, -1))
    now = moments[-1].ranking.ranked[: LEADERS + 1]
    for place, share in enumerate(now[:LEADERS]):
        for other in now[place + 1 :]:
            is_crossing = ranks[share.name] < ranks[other.name] and then.get(share.name, 0) > then.get(other.name, 0) > 0
            if is_crossing and then[share.name] <= LEADERS + 1 and other.portion >= LEAST_SHARE:
                what, since = of_measure(moments[-1].ranking.by), day(moments[0].taken_on)
                first = f"{noun_phrase(dimension, share.name).start} ({percent(share.portion)} of {what})"
                second = f"{noun_phrase(dimension, other.name).text} ({percent(other.portion)})"
                return f"{first} passed {second} for {ordinal(ranks[share.name])} place since {since}"
    return ""


def _record(moments: Sequence[Moment], dimension: Dimension) -> str:
    """Describe a leading share that has never been larger, or smaller."""
    if len(moments) < FEWEST_MOMENTS:
        return ""
    for share, (*course, last) in _courses(moments):
        if abs(last - course[0]) < LEAST_RECORD or not (last > max(course) or last < min(course)):
            continue
        verb, record = ("rose", "highest") if last > max(course) else ("fell", "lowest")
        phrase = noun_phrase(dimension, share.name)
        change = size(rounded_change(course[0], last))
        rise = f"{phrase.start} {verb} {change} to {percent(last)} of {of_measure(moments[-1].ranking.by)}"
        return f"{rise}, {'their' if phrase.plural else 'its'} {record} since {day(moments[0].taken_on)}"
    return ""


def rank_changes(moments: Sequence[Moment], dimension: Dimension, raw: str) -> tuple[str, ...]:
    """Describe which names passed ``raw`` and which it passed between the first and the last moment.

    Names must be ranked at both; a tie at either one isn't passing. ``()`` where ``raw`` isn't ranked at both.
    """
    before, now = (_ranks(moments[end].ranking) for end in (0, -1))
    if raw not in before or raw not in now:
        return ()
    others = [other for other in now if other in before and other != raw]
    overtakers = [other for other in others if before[other] > before[raw] and now[other] < now[raw]]
    overtaken = [other for other in others if before[other] < before[raw] and now[other] > now[raw]]
    phrase = noun_phrase(dimension, raw)
    by, since = f"by {of_measure(moments[0].ranking.by)}", f"since {day(moments[0].taken_on)}"
    if not overtakers and not overtaken:
        if before[raw] != now[raw]:
            return (f"{phrase.start} went from {ordinal(before[raw])} to {ordinal(now[raw])} {by} {since}.",)
        owned = phrase.of("rank")
        subject = f"The {owned}" if owned.startswith("rank ") else f"{possessive(phrase.start)} rank"
        return (f"{subject} {by} hasn't changed {since}.",)
    clauses = []
    if overtakers:
        passing = _joined(overtakers, dimension)
        clauses.append(f"{passing.start} {passing.has} passed {phrase.text}")
    if overtaken:
        clauses.append(f"{phrase.text if overtakers else phrase.start} {phrase.has} passed {_joined(overtaken, dimension).text}")
    return (f"{', and '.join(clauses)} {by} {since}.",)


def _joined(names: Sequence[str], dimension: Dimension) -> NounPhrase:
    """Join names in the order of the ranking, replacing the last ones by their number where there are many."""
    phrases = [noun_phrase(dimension, raw) for raw in names]
    if len(phrases) > NAMED:
        others = f"{len(phrases) - NAMED + 1} others"
        phrases = [*phrases[: NAMED - 1], NounPhrase(others, others)]
    return enumerate_phrases(phrases)
