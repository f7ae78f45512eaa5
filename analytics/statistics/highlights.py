"""Findings in words: a new leader, a reversal, a crossing, a record, the largest change; and who passed whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.answer import Basis
from analytics.formatting.numbers import percent, rounded_change
from analytics.formatting.phrases import (
    NounPhrase,
    day,
    enumerate_phrases,
    noun_phrase,
    of_known,
    of_measure,
    ordinal,
    points_of,
    possessive,
    size,
    size_of,
)
from analytics.notes import Remark
from analytics.statistics.findings import FEWEST_MOMENTS, Kind, courses, leader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Moment, Ranking, Shift
    from analytics.domain import Dimension, Measure
    from analytics.statistics.findings import Finding

NAMED = 4
"""Most names in a sentence about who passed whom."""
LEAST_RECORD = 0.01
"""Least difference of a portion from the first moment for a record."""


def headline(finding: Finding, moments: Sequence[Moment], dimension: Dimension, *, has_course: bool) -> str:
    """Return the sentence about what happened from the first to the last moment.

    ``has_course``: whether what happened in between may be told.
    """
    since = day(moments[0].taken_on)
    match finding.kind:
        case Kind.LEAD if finding.other and has_course:
            return _new_leader(finding.shift, finding.other, moments, dimension)
        case Kind.LEAD | Kind.CROSSING:
            return crossing(finding, dimension, f"since {since}")
        case Kind.REVERSAL:
            return _reversal(finding, dimension)
        case _:
            record = _record(finding.shift, moments, dimension) if has_course else ""
            return record or change(finding.shift, dimension, since)


def change(shift: Shift, dimension: Dimension, since: str) -> str:
    """Describe a shift by its size and, unless it's told by bounds, by the shares at both dates."""
    subject, moved = noun_phrase(dimension, shift.name).start, f"{'rose' if shift.points > 0 else 'fell'} {size_of(shift)}"
    if shift.basis is Basis.BOUNDS:
        return f"{subject} {moved} of {of_known(shift, dimension)} since {since}"
    portions = f"from {percent(shift.before)} to {percent(shift.after)} of {of_known(shift, dimension)}"
    return f"{subject} {moved} since {since}, {portions}"


def gain(shift: Shift, dimension: Dimension) -> str:
    """Describe a shift by its size alone: ``MIT lost 1.6 percentage points of downloads``."""
    verb = "gained" if shift.points > 0 else "lost"
    return f"{noun_phrase(dimension, shift.name).start} {verb} {size_of(shift)} of {of_known(shift, dimension)}"


def no_change(by: Measure, since: str) -> str:
    """Return the headline of a comparison in which every share is the same, after rounding."""
    return f"No share of {of_measure(by)} changed by a tenth of a percentage point or more since {since}"


def crossing(finding: Finding, dimension: Dimension, when: str) -> str:
    """Describe which name passed which for a place; ``when`` is ``since March 31, 2026`` or ``in April 2026``."""
    new, old = finding.shift, finding.other or finding.shift
    first = f"{noun_phrase(dimension, new.name).start} ({percent(new.after)} of {of_known(new, dimension)})"
    second = f"{noun_phrase(dimension, old.name).text} ({percent(old.after)})"
    return f"{first} passed {second} for {ordinal(finding.place or 1)} place {when}"


def _new_leader(new: Shift, old: Shift, moments: Sequence[Moment], dimension: Dimension) -> str:
    since = next(
        moments[place].taken_on
        for place in range(len(moments))
        if all(leader(moment.ranking) == new.name for moment in moments[place:])
    )
    when = f"between {day(moments[0].taken_on)} and {day(since)}" if len(moments) == 2 else f"by {day(since)}"
    phrase, other = noun_phrase(dimension, new.name), noun_phrase(dimension, old.name)
    lead = f"{phrase.start} {'lead' if phrase.plural else 'leads'} with {percent(new.after)} of {of_known(new, dimension)}"
    return f"{lead}; {phrase.pronoun} overtook {other.text} ({percent(old.before)} to {percent(old.after)}) {when}"


def _reversal(finding: Finding, dimension: Dimension) -> str:
    if finding.turn is None:
        return ""
    turn, phrase = finding.turn, noun_phrase(dimension, finding.turn.name)
    before, after = rounded_change(turn.first, turn.extreme), rounded_change(turn.extreme, turn.last)
    first, then = ("lost", "gained") if before < 0 else ("gained", "lost")
    change = f"{first} {size(before)} of {of_known(finding.shift, dimension)} by {day(turn.on)}"
    return f"{phrase.start} {change}, then {then} {size(after, 'point')}"


def _record(shift: Shift, moments: Sequence[Moment], dimension: Dimension) -> str:
    """Describe a leading share that has never been larger, or smaller; ``""`` for any other."""
    *course, last = next((course for name, course in courses(moments) if name == shift.name), [0.0])
    if len(moments) < FEWEST_MOMENTS or shift.basis is Basis.BOUNDS or not course or abs(last - course[0]) < LEAST_RECORD:
        return ""
    if not (last > max(course) or last < min(course)):
        return ""
    verb, record = ("rose", "highest") if last > max(course) else ("fell", "lowest")
    phrase = noun_phrase(dimension, shift.name)
    rise = f"{phrase.start} {verb} {size(points_of(shift))} to {percent(last)} of {of_known(shift, dimension)}"
    return f"{rise}, {'their' if phrase.plural else 'its'} {record} since {day(moments[0].taken_on)}"


def _ranks(ranking: Ranking) -> dict[str, int]:
    """Return the rank of each name that has one."""
    return {share.name: share.rank for share in ranking.shares if share.rank is not None}


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
            return (Remark(f"{phrase.start} went from {ordinal(before[raw])} to {ordinal(now[raw])} {by} {since}."),)
        owned = phrase.of("rank")
        subject = f"The {owned}" if owned.startswith("rank ") else f"{possessive(phrase.start)} rank"
        return (Remark(f"{subject} {by} hasn't changed {since}."),)
    clauses = []
    if overtakers:
        passing = _joined(overtakers, dimension)
        clauses.append(f"{passing.start} {passing.has} passed {phrase.text}")
    if overtaken:
        clauses.append(f"{phrase.text if overtakers else phrase.start} {phrase.has} passed {_joined(overtaken, dimension).text}")
    return (Remark(f"{', and '.join(clauses)} {by} {since}."),)


def _joined(names: Sequence[str], dimension: Dimension) -> NounPhrase:
    """Join names in the order of the ranking, replacing the last ones by their number where there are many."""
    phrases = [noun_phrase(dimension, raw) for raw in names]
    if len(phrases) > NAMED:
        others = f"{len(phrases) - NAMED + 1} others"
        phrases = [*phrases[: NAMED - 1], NounPhrase(others, others)]
    return enumerate_phrases(phrases)
