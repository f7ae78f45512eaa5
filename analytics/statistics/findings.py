"""The finding that heads an answer about change: of all that happened between two dates, what a reader should know first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from itertools import combinations
from typing import TYPE_CHECKING

from analytics.answer import Basis
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import points_of
from analytics.statistics.coverage import certain, sign

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from analytics.answer import Moment, Ranking, Shift

LEADERS = 5
"""Places for which a crossing is reported, and leaders among which a reversal is."""
FEWEST_MOMENTS = 6
"""Fewest moments for a reversal or a record."""
LEAST_TURN = 0.015
"""Least change of a portion in each direction for a reversal."""
LEAST_SHARE = 0.001
"""Least portion of the smaller of two names for a crossing; below it the order says little."""


class Kind(IntEnum):
    """What happened; of two findings with the same weight, the first is told."""

    LEAD = 1
    """Another name has the first place alone."""
    CROSSING = 2
    """A name passed another for one of the first places."""
    REVERSAL = 3
    """A share went one way and then the other."""
    SHIFT = 4
    """A share rose or fell."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a share turned around."""

    name: str
    place: int
    """Its position among the moments."""
    on: date
    first: float
    """The portion at the first moment, 0 to 1, as are the next two."""
    extreme: float
    last: float

    @property
    def size(self) -> float:
        """The smaller of the two changes."""
        return min(abs(self.extreme - self.first), abs(self.last - self.extreme))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that happened between two dates, with what its weight is made of."""

    kind: Kind
    shift: Shift
    """Of the name that it's about: for a crossing, the one that passed the other."""
    size: float
    """As a portion: what the share moved for certain, what both names of a crossing moved, the smaller part of a reversal."""
    failed: int
    """How many of the three checks fail."""
    place: int | None = None
    """Of a new leader and a crossing: the place that the name took."""
    other: Shift | None = None
    """Of the name that was passed."""
    turn: Turn | None = None

    @property
    def reach(self) -> float:
        """From 1 to 2: one plus the share that is concerned, at its larger date; for a place, one plus 1 / place.

        So a new leader counts double, and attention to the places after it falls as 1 / place (Zipf's law).
        """
        return 1 + (1 / self.place if self.place else max(self.shift.before, self.shift.after))

    @property
    def weight(self) -> float:
        """Size times reach, divided by one and the number of checks that fail."""
        return self.size * self.reach / (1 + self.failed)


@dataclass(frozen=True, slots=True)
class FailedChecks:
    """The names whose shifts don't pass a check; that of coverage is made by the shift's own bounds."""

    one_model: Collection[str] = frozenset()
    """Less than half of the shift is left without the model that made most of it."""
    other_measure: Collection[str] = frozenset()
    """By the other measure, models or downloads, the share moved the other way."""

    def count(self, shift: Shift) -> int:
        """Return how many checks a shift fails; one that can't be made counts as passed."""
        return _is_open(shift) + (shift.name in self.one_model) + (shift.name in self.other_measure)


def _is_open(shift: Shift) -> bool:
    """Return whether the shift of the whole list may have either sign, so that it's told of the models known at both dates."""
    return shift.basis is Basis.BOTH and not sign(shift)


def has_ranks(shift: Shift) -> bool:
    """Return whether the ranks of a shift are those of all models that it's told of: what isn't recorded could change them."""
    return shift.basis is Basis.BOTH or shift.low is None


def findings(
    shifts: Sequence[Shift],
    rankings: Sequence[Ranking],
    checks: FailedChecks | None = None,
    turns: Iterable[tuple[Turn, bool]] = (),
) -> tuple[Finding, ...]:
    """Return what happened between the first and the last ranking, the weightiest first.

    ``()`` if no share changed by a tenth of a point and no name passed another. ``shifts`` are those that may be told. ``turns``
    come with whether the way to the turn hangs on one model.
    """
    checks = checks or FailedChecks()
    changes = [shift for shift in shifts if shift.is_ranked and points_of(shift)]
    candidates = [Finding(Kind.SHIFT, shift, certain(shift), checks.count(shift)) for shift in changes]
    by_name = {shift.name: shift for shift in shifts if shift.is_ranked}
    candidates += [
        Finding(Kind.REVERSAL, shift, turn.size, _is_open(shift) + is_one_model, turn=turn)
        for turn, is_one_model in turns
        if (shift := by_name.get(turn.name)) and shift.basis is not Basis.BOUNDS
    ]
    candidates += _crossings(list(by_name.values()), rankings, checks)
    return tuple(sorted(candidates, key=lambda finding: (-round(finding.weight, 9), finding.kind, finding.shift.name)))


def _crossings(shifts: Sequence[Shift], rankings: Sequence[Ranking], checks: FailedChecks) -> list[Finding]:
    """Return for each of the first places that a name took from another: the name that had it, or the best one passed."""
    leaders = [leader(ranking) for ranking in (rankings[0], rankings[-1])]
    taken: dict[str, Finding] = {}
    pairs = combinations(sorted(filter(has_ranks, shifts), key=lambda s: (s.rank_before or math.inf, s.name)), 2)
    for old, new in pairs:
        is_lead = [old.name, new.name] == leaders
        if new.name in taken or not (is_lead or _is_crossing(old, new)) or percent(old.after) == percent(new.after):
            continue
        mover = max((old, new), key=lambda shift: abs(shift.points))
        size = abs(old.points) + abs(new.points)
        kind = Kind.LEAD if is_lead else Kind.CROSSING
        taken[new.name] = Finding(kind, new, size, checks.count(mover), new.rank_after, old)
    return list(taken.values())


def _is_crossing(old: Shift, new: Shift) -> bool:
    """Return whether ``new``, ranked at both dates like ``old``, passed it for one of the first places."""
    ranks = (old.rank_before, new.rank_before, new.rank_after, old.rank_after)
    if any(rank is None for rank in ranks):
        return False
    had, came_from, took, fell_to = (rank or 0 for rank in ranks)
    near = took <= LEADERS and came_from <= LEADERS + 1 and old.after >= LEAST_SHARE
    return near and had < came_from and took < fell_to


def leader(ranking: Ranking) -> str | None:
    """Return the only leader; ``None`` for a tie."""
    first = [share.name for share in ranking.shares if share.rank == 1]
    return first[0] if len(first) == 1 else None


def turns(moments: Sequence[Moment]) -> tuple[Turn, ...]:
    """Return where leading shares went clearly one way and then clearly the other; ``()`` for fewer than six moments."""
    if len(moments) < FEWEST_MOMENTS:
        return ()
    found = []
    for name, course in courses(moments):
        for extreme in dict.fromkeys((min(course), max(course))):
            before, after = extreme - course[0], course[-1] - extreme
            if min(abs(before), abs(after)) >= LEAST_TURN and before * after < 0:
                place = course.index(extreme)
                found.append(Turn(name, place, moments[place].taken_on, course[0], extreme, course[-1]))
    return tuple(found)


def courses(moments: Sequence[Moment]) -> list[tuple[str, list[float]]]:
    """Return the leaders of the last moment with their portions at each moment."""
    leaders = [share.name for share in moments[-1].ranking.ranked[:LEADERS]]
    portions = [{share.name: share.portion for share in moment.ranking.shares} for moment in moments]
    return [(name, [of_moment.get(name, 0.0) for of_moment in portions]) for name in leaders]
