"""Scores of predictions about the leader of a ranking, by Brier's rule."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from analytics.names.resolve import lookup

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from analytics.answer import Ranking
    from analytics.domain import Dimension


MINIMUM = 5
"""Settled predictions from which a person is ranked."""

_NEUTRAL = MINIMUM * Fraction(1, 4)
"""Score of :data:`MINIMUM` predictions of 50%, which is added to both sides of the skill score.

Where the base rate is almost sure of the leader, its own score is almost 0, and a few easy bets would have the highest skill.
"""


@dataclass(frozen=True, slots=True)
class Score:
    """The result of one person's predictions."""

    who: str
    skill: float
    """How much lower the Brier scores are than the base rate's: 0 for equally good ones, below 1 for the best possible ones."""
    bets: int
    rank: int | None
    """From 1, the highest skill first; equal skills share the better rank. ``None`` below :data:`MINIMUM` bets."""


def leaders(ranking: Ranking) -> tuple[str, ...]:
    """Return the first name, or several for a tie."""
    return tuple(share.name for share in ranking.shares if share.rank == 1)


def came_true(ranking: Ranking, dimension: Dimension, name: str) -> bool:
    """Return whether a predicted name is first. A tie counts, and so does the family that the name now belongs to."""
    first = leaders(ranking)
    return name in first or lookup(name, dimension, first) in first


def brier(percent: float, *, right: bool) -> float:
    """Return the score of one prediction: ``(p - o)²``, with ``p`` its probability and ``o`` 1 if it came true, else 0.

    G. W. Brier, Verification of forecasts expressed in terms of probability, Monthly Weather Review 78 (1950) 1-3. His sum over
    both outcomes is twice this; for events with two outcomes, this form is common.
    """
    return float(_brier(percent, right=right))


def persistence(leaders_by_month: Mapping[int, Collection[str]], months: int) -> Fraction:
    """Return how often the leader of a month still led ``months`` months later, by the rule of succession: ``(k + 1) / (n + 2)``.

    ``leaders_by_month``: by number of the month; months without any are left out. Without history, this is ½.
    """
    pairs = [
        (first, leaders_by_month[month + months])
        for month, first in leaders_by_month.items()
        if month + months in leaders_by_month
    ]
    return Fraction(1 + sum(bool({*first} & {*later}) for first, later in pairs), len(pairs) + 2)


def base_rate(ranking: Ranking, dimension: Dimension, name: str, persistence: Fraction) -> float:
    """Return the probability of a name that knows only who led when the bet was placed, and how often leaders stay.

    The leader has ``persistence``; all other names of the ranking have equal parts of the rest.
    """
    if came_true(ranking, dimension, name):
        return float(persistence)
    others = sum(share.rank is not None for share in ranking.shares) - len(leaders(ranking))
    return float((1 - persistence) / max(others, 1))


def skill(settled: Collection[tuple[int, bool, float]]) -> Fraction:
    """Return the skill of predictions, each ``(percent, right, base rate)``: ``1 - (ΣB + c) / (ΣR + c)``.

    ``B`` and ``R`` are the Brier scores of a prediction and of its base rate, and ``c`` is :data:`_NEUTRAL`. With ``c = 0``, this
    is the Brier skill score: A. H. Murphy, Hedging and skill scores for probability forecasts, Journal of Applied Meteorology 12
    (1973) 215-223.
    """
    own = sum((_brier(percent, right=right) for percent, right, _ in settled), _NEUTRAL)
    base = sum(((Fraction(rate) - int(right)) ** 2 for _, right, rate in settled), _NEUTRAL)
    return 1 - own / base


def scores(settled: Iterable[tuple[str, int, bool, float]]) -> tuple[Score, ...]:
    """Return each person's skill from ``(who, percent, right, base rate)`` of every settled prediction.

    The best are first, and those with fewer than :data:`MINIMUM` predictions last.
    """
    of: defaultdict[str, list[tuple[int, bool, float]]] = defaultdict(list)
    for who, percent, right, rate in settled:
        of[who].append((percent, right, rate))
    skills = {who: skill(predictions) for who, predictions in of.items()}
    ranked = {who: value for who, value in skills.items() if len(of[who]) >= MINIMUM}

    def rank(who: str) -> int | None:
        return 1 + sum(other > ranked[who] for other in ranked.values()) if who in ranked else None

    order = sorted(of, key=lambda who: (who not in ranked, -ranked.get(who, Fraction()), -len(of[who]), who))
    return tuple(Score(who, float(skills[who]), len(of[who]), rank(who)) for who in order)


def _brier(percent: float, *, right: bool) -> Fraction:
    return (Fraction(percent) / 100 - int(right)) ** 2
