"""Where a share may go: a random walk with drift on its log-odds, and how well such forecasts held in the history in hand.

The drift method is that of R. J. Hyndman and G. Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed. (2021), 5.2
and 5.5; estimated by :class:`statsmodels.regression.linear_model.WLS`, so that months without a snapshot are no obstacle.
The drift is shrunk by the nonnegative garrote (L. Breiman, *Better subset regression using the nonnegative garrote*,
Technometrics 37 (1995) 373-384): with a few months, most of what looks like a trend is none. On the real listings of 2026 that
halves the error of the plain drift (``bench/backtest.py``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FEWEST = 6
"""Months with a snapshot, below which nothing is forecast."""
HORIZONS = (3, 12)
"""Months ahead."""
LEVEL = 0.8
"""Probability of the intervals."""
LEADERS = 5
"""Names of a ranking that are projected."""
GARROTE = 3.0
"""Squared standard errors that the drift must differ from 0 by to count at all."""
_ROUNDING = 1e-9
"""A share that never moved has an interval of no width."""
_EDGE = 1e-6
"""Portion nearest to 0 and to 1: log-odds have no end there."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Portions, 0 to 1."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Check:
    """How forecasts made from every earlier month of a history compare with what came."""

    months: int
    """Ahead."""
    made: int
    held: int
    """Of those made, whose interval held what came."""
    error: float
    """Mean absolute difference of what was expected, as a portion; ``nan`` where none was made."""
    unmoved: float
    """The same where the share is expected to stay: what a forecast must beat to be worth anything."""


def project(course: Sequence[float | None], months: Sequence[int]) -> tuple[Interval, ...]:
    """Project a course, whose last month must be recorded, so many months ahead.

    With log-odds :math:`x`, steps :math:`d_i` over :math:`g_i` months, :math:`d_i = m g_i + e_i` and
    :math:`Var(e_i) = s^2 g_i`: the drift :math:`m` is estimated by least squares weighted by :math:`1 / g_i` and shrunk by
    :math:`w = max(0, 1 - 3 Var(m) / m^2)`; :math:`h` months ahead lie :math:`x + w m h` with variance
    :math:`s^2 h + h^2 Var(m)`, in Student's t of as many degrees of freedom as there are steps less one.

    Raises:
        ValueError: with fewer than :data:`FEWEST` months recorded, or the last one not recorded.

    """
    from statsmodels.regression.linear_model import WLS  # noqa: PLC0415 - half a second that no other question pays

    known = [(month, _log_odds(value)) for month, value in enumerate(course) if value is not None]
    if len(known) < FEWEST or course[-1] is None:
        raise ValueError(f"{len(known)} months are too few, or the last one is missing")
    gaps = [float(b - a) for (a, _), (b, _) in pairwise(known)]
    steps = [after - before for (_, before), (_, after) in pairwise(known)]
    fitted = WLS(steps, gaps, weights=[1 / gap for gap in gaps]).fit()
    ahead = fitted.get_prediction(exog=[[float(month)] for month in months], weights=[1 / month for month in months])
    drift, variance = float(fitted.params[0]), float(fitted.bse[0]) ** 2
    kept = max(0.0, 1 - GARROTE * variance / drift**2) if drift else 0.0
    start = known[-1][1]
    found = []
    for plain, (low, high) in zip(ahead.predicted_mean, ahead.conf_int(obs=True, alpha=1 - LEVEL), strict=True):
        middle = start + kept * plain
        found.append(Interval(*(_portion(middle + away) for away in (0.0, low - plain, high - plain))))
    return tuple(found)


def recent(course: Sequence[float | None]) -> Sequence[float | None]:
    """Return the part since the last month in which it had nothing: a name that left and came back began anew."""
    nothing = [month for month, value in enumerate(course) if value is not None and value <= 0]
    return course[nothing[-1] + 1 :] if nothing else course


def known(course: Sequence[float | None]) -> int:
    """Count the months that are recorded."""
    return sum(value is not None for value in course)


def check(courses: Mapping[str, Sequence[float | None]], horizons: Sequence[int] = HORIZONS) -> tuple[Check, ...]:
    """Make the forecast of every earlier month with what was known then, of its leaders then, and look what came."""
    length = max(map(len, courses.values()), default=0)
    found: dict[int, list[tuple[Interval, float, float]]] = {months: [] for months in horizons}
    for end in range(FEWEST, length):
        within = [months for months in horizons if end - 1 + months < length]
        for name in leaders(courses, end) if within else ():
            past = recent(courses[name][:end])
            if known(past) < FEWEST:
                continue
            now = past[-1]
            for months, interval in zip(within, project(past, within), strict=True):
                came = courses[name][end - 1 + months]
                if came is not None and now is not None:
                    found[months].append((interval, now, came))
    return tuple(_checked(months, made) for months, made in found.items())


def leaders(courses: Mapping[str, Sequence[float | None]], end: int) -> list[str]:
    """Return who led in the last of the first ``end`` months; none in a month that is not recorded."""
    now = {name: value for name, course in courses.items() if (value := course[end - 1])}
    return sorted(now, key=lambda name: (-now[name], name))[:LEADERS]


def _checked(months: int, made: Sequence[tuple[Interval, float, float]]) -> Check:
    held = sum(interval.low - _ROUNDING <= came <= interval.high + _ROUNDING for interval, _, came in made)
    mean = (lambda values: sum(values) / len(made)) if made else (lambda _: math.nan)
    error = mean([abs(interval.expected - came) for interval, _, came in made])
    return Check(months, len(made), held, error, mean([abs(now - came) for _, now, came in made]))


def _log_odds(portion: float) -> float:
    bounded = min(max(portion, _EDGE), 1 - _EDGE)
    return math.log(bounded / (1 - bounded))


def _portion(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0
