"""Bets on who leads a ranking: whether one came true, and how good somebody's were. Values in, values out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from analytics.names.resolve import lookup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analytics.answer import Ranking
    from analytics.domain import Dimension


@dataclass(frozen=True, slots=True)
class Score:
    """How somebody's bets turned out."""

    who: str
    mean: float
    """The Brier score: 0 is certain and right each time, 0.25 is what 50 % gets whatever comes, 1 is certain and wrong."""
    bets: int
    rank: int
    """From 1, the lowest mean first; equal means share the better rank."""


def leaders(ranking: Ranking) -> tuple[str, ...]:
    """Return the names that are first; several where they are equal."""
    return tuple(share.name for share in ranking.shares if share.rank == 1)


def came_true(ranking: Ranking, dimension: Dimension, name: str) -> bool:
    """Tell whether the one who was named is first. A tie counts, and so does a family that the name now belongs to."""
    first = leaders(ranking)
    return name in first or lookup(name, dimension, first) in first


def brier(percent: int, *, right: bool) -> float:
    """Score one bet: ``(p - o)²`` with ``p`` the probability that was named and ``o`` 1 if it came true, else 0.

    G. W. Brier, Verification of forecasts expressed in terms of probability, Monthly Weather Review 78 (1950) 1-3. His sum over
    both outcomes, "it does" and "it does not", is twice this, which is the form in use for events of two outcomes.
    """
    return float(_brier(percent, right=right))


def scores(settled: Iterable[tuple[str, int, bool]]) -> tuple[Score, ...]:
    """Return everybody's mean, the best first, from ``(who, percent, whether it came true)`` of each settled bet."""
    of: defaultdict[str, list[Fraction]] = defaultdict(list)
    for who, percent, right in settled:
        of[who].append(_brier(percent, right=right))
    means = {who: sum(each, Fraction()) / len(each) for who, each in of.items()}
    return tuple(
        Score(who, float(mean), len(of[who]), 1 + sum(other < mean for other in means.values()))
        for who, mean in sorted(means.items(), key=lambda one: (one[1], -len(of[one[0]]), one[0]))
    )


def _brier(percent: int, *, right: bool) -> Fraction:
    return (Fraction(percent, 100) - int(right)) ** 2
