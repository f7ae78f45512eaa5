"""Forecasts of shares: a random walk with drift on log-odds, and a backtest on the history.

The drift method is that of R. J. Hyndman and G. Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed. (2021), 5.2
and 5.5; estimated by :class:`statsmodels.regression.linear_model.WLS`, so that months without a snapshot may be missing.
The drift is shrunk by the nonnegative garrote (L. Breiman, *Better subset regression using the nonnegative garrote*,
Technometrics 37 (1995) 373-384): with a few months of data, most apparent trends are noise. On the real listings of 2026 that
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
"""Fewest months with a snapshot for a forecast."""
HORIZONS = (3, 12)
"""Months ahead."""
LEVEL = 0.8
"""Probability of the intervals."""
LEADERS = 5
"""Names of a ranking to forecast."""
GARROTE = 3.0
"""Squared standard errors by which the drift must differ from 0 to be used at all."""
_ROUNDING = 1e-9
"""Tolerance for a share that never changed, whose interval has no width."""
_EDGE = 1e-6
"""Portions are limited to this distance from 0 and 1, where log-odds are infinite."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An expected portion with its interval, each 0 to 1."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Check:
    """The result of a backtest: forecasts from every earlier month against the later shares."""

    months: int
    """Ahead."""
    tested: int
    held: int
    """How many of ``tested`` intervals contained the later share."""
    error: float
    """Mean absolute error of the expected portions; ``nan`` where nothing was tested."""
    unmoved: float
    """The same for forecasts of no change, the baseline."""


def project(course: Sequence[float | None], months: Sequence[int]) -> tuple[Interval, ...]:
    """Project monthly portions, of which the last must be recorded, to each number of ``months`` ahead.

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
    shrinkage = max(0.0, 1 - GARROTE * variance / drift**2) if drift else 0.0
    start = known[-1][1]
    intervals = []
    for predicted, (low, high) in zip(ahead.predicted_mean, ahead.conf_int(obs=True, alpha=1 - LEVEL), strict=True):
        middle = start + shrinkage * predicted
        intervals.append(Interval(*(_portion(middle + offset) for offset in (0.0, low - predicted, high - predicted))))
    return tuple(intervals)


def recent(course: Sequence[float | None]) -> Sequence[float | None]:
    """Return the part after the last month with 0: a name that left and returned starts anew."""
    zeros = [month for month, value in enumerate(course) if value is not None and value <= 0]
    return course[zeros[-1] + 1 :] if zeros else course


def known(course: Sequence[float | None]) -> int:
    """Count the months that are recorded."""
    return sum(value is not None for value in course)


def check(courses: Mapping[str, Sequence[float | None]], horizons: Sequence[int] = HORIZONS) -> tuple[Check, ...]:
    """Forecast the leaders of every earlier month from the data up to it, and compare with the later shares."""
    length = max(map(len, courses.values()), default=0)
    tests: dict[int, list[tuple[Interval, float, float]]] = {months: [] for months in horizons}
    for end in range(FEWEST, length):
        within = [months for months in horizons if end - 1 + months < length]
        for name in leaders(courses, end) if within else ():
            past = recent(courses[name][:end])
            if known(past) < FEWEST:
                continue
            now = past[-1]
            for months, interval in zip(within, project(past, within), strict=True):
                actual = courses[name][end - 1 + months]
                if actual is not None and now is not None:
                    tests[months].append((interval, now, actual))
    return tuple(_check_of(months, results) for months, results in tests.items())


def leaders(courses: Mapping[str, Sequence[float | None]], end: int) -> list[str]:
    """Return the leaders in the last of the first ``end`` months; ``[]`` in a month that isn't recorded."""
    now = {name: value for name, course in courses.items() if (value := course[end - 1])}
    return sorted(now, key=lambda name: (-now[name], name))[:LEADERS]


def _check_of(months: int, results: Sequence[tuple[Interval, float, float]]) -> Check:
    """Summarize ``(interval, portion at the time, later portion)`` of every tested forecast."""
    held = sum(interval.low - _ROUNDING <= actual <= interval.high + _ROUNDING for interval, _, actual in results)
    mean = (lambda values: sum(values) / len(results)) if results else (lambda _: math.nan)
    error = mean([abs(interval.expected - actual) for interval, _, actual in results])
    return Check(months, len(results), held, error, mean([abs(now - actual) for _, now, actual in results]))


def _log_odds(portion: float) -> float:
    bounded = min(max(portion, _EDGE), 1 - _EDGE)
    return math.log(bounded / (1 - bounded))


def _portion(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0
