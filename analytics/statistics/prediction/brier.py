"""Scores of predictions about the leader of a ranking, by Brier's rule."""

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
    """The result of one person's predictions."""

    who: str
    mean: float
    """Mean Brier score: 0 for always certain and right, 0.25 for always 50%, 1 for always certain and wrong."""
    bets: int
    rank: int
    """From 1, the lowest mean first; equal means share the better rank."""


def leaders(ranking: Ranking) -> tuple[str, ...]:
    """Return the first name, or several for a tie."""
    return tuple(share.name for share in ranking.shares if share.rank == 1)


def came_true(ranking: Ranking, dimension: Dimension, name: str) -> bool:
    """Return whether a predicted name is first. A tie counts, and so does the family that the name now belongs to."""
    first = leaders(ranking)
    return name in first or lookup(name, dimension, first) in first


def brier(percent: int, *, right: bool) -> float:
    """Return the score of one prediction: ``(p - o)²``, with ``p`` its probability and ``o`` 1 if it came true, else 0.

    G. W. Brier, Verification of forecasts expressed in terms of probability, Monthly Weather Review 78 (1950) 1-3. His sum over
    both outcomes is twice this; for events with two outcomes, this form is common.
    """
    return float(_brier(percent, right=right))


def scores(settled: Iterable[tuple[str, int, bool]]) -> tuple[Score, ...]:
    """Return each person's mean score, the best first, from ``(who, percent, right)`` of every settled prediction."""
    of: defaultdict[str, list[Fraction]] = defaultdict(list)
    for who, percent, right in settled:
        of[who].append(_brier(percent, right=right))
    means = {who: sum(values, Fraction()) / len(values) for who, values in of.items()}
    return tuple(
        Score(who, float(mean), len(of[who]), 1 + sum(other < mean for other in means.values()))
        for who, mean in sorted(means.items(), key=lambda item: (item[1], -len(of[item[0]]), item[0]))
    )


def _brier(percent: int, *, right: bool) -> Fraction:
    return (Fraction(percent, 100) - int(right)) ** 2
