"""How much of their trend, and how wide an interval, past forecasts of one list needed.

The width is split-conformal (V. Vovk, A. Gammerman and G. Shafer, *Algorithmic Learning in a Random World*, 2005; J. Lei et al.,
*Distribution-free predictive inference for regression*, JASA 113 (2018) 1094-1111): the quantile of past errors, each divided by
the spread that its forecast stated. Past forecasts overlap, so those of ``h`` months ahead count as one for each ``h`` months,
and a prior counts as one more. With a short history, the prior decides.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NORMAL = NormalDist()
LEVEL = 0.8
"""Probability of the intervals that are calibrated."""
PRIOR_TREND = 0.75
"""Part of a shrunken trend to use before any forecast has come due."""
PRIOR_FORECASTS = 4.0
"""How many past forecasts that counts for, each with a trend as large as its spread."""
PRIOR_WIDTH = 1.0
"""Factor for the spread before any forecast has come due."""
_LEAST_SPREAD = 1e-4
"""Stands for the spread of a share that never moved."""
_HALVINGS = 30


@dataclass(frozen=True, slots=True)
class PastForecast:
    """A forecast that has come due, in log-odds."""

    origin: int
    """The month in which it was made."""
    trend: float
    """The change that it expected."""
    spread: float
    """The standard deviation that it stated."""
    change: float
    """What came."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Factors for the trend, from 0 to 1, and for the spread of a forecast."""

    trend: float = PRIOR_TREND
    width: float = PRIOR_WIDTH


def calibrate(past: Iterable[PastForecast], months: int) -> Calibration:
    """Return the factors that fit past forecasts of so many months ahead, or the prior's where there are none.

    The trend's factor is a ridge regression of what came on what was expected, both divided by the spread. The width solves
    ``v F(q) + (1 - v) G(q) = 80%``, where F is the distribution of past errors over spreads, G the prior's normal distribution,
    and ``v = n / (n + 1)`` for ``n`` independent periods.
    """
    forecasts = [(forecast, max(forecast.spread, _LEAST_SPREAD)) for forecast in past]
    if not forecasts:
        return Calibration()
    matched = sum(f.trend * f.change / spread**2 for f, spread in forecasts) / months
    expected = sum(f.trend**2 / spread**2 for f, spread in forecasts) / months
    trend = min(1.0, max(0.0, (matched + PRIOR_TREND * PRIOR_FORECASTS) / (expected + PRIOR_FORECASTS)))
    scores = sorted(abs(f.change - trend * f.trend) / spread for f, spread in forecasts)
    periods = len({f.origin for f, _ in forecasts}) / months
    return Calibration(trend, _quantile(scores, periods / (periods + 1)) / NORMAL.inv_cdf((1 + LEVEL) / 2))


def _quantile(scores: list[float], weight: float) -> float:
    """Return the quantile of a mixture of ``scores``, ascending, and the prior's absolute normal errors."""
    low, high = 0.0, 64.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        of_past = bisect_right(scores, middle) / (len(scores) + 1)
        of_prior = 2 * NORMAL.cdf(middle / PRIOR_WIDTH) - 1
        if weight * of_past + (1 - weight) * of_prior < LEVEL:
            low = middle
        else:
            high = middle
    return high
