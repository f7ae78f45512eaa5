"""Forecasts of shares: random walks with a shrunken trend on log-odds, calibrated by the errors of past forecasts.

The walk is the drift method of R. J. Hyndman and G. Athanasopoulos, *Forecasting: Principles and Practice*, 3rd ed. (2021), 5.2,
by least squares, so that months without a snapshot may be missing. Its trend is shrunk by the nonnegative garrote (L. Breiman,
*Better subset regression using the nonnegative garrote*, Technometrics 37 (1995) 373-384): with a few months of data, most
apparent trends are noise. :mod:`analytics.statistics.prediction.calibration` says how much of the trend and how wide an
interval past forecasts of the same list needed. ``bench/backtest.py`` compares this with other methods.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from analytics.statistics.prediction.calibration import LEVEL, NORMAL, Calibration, PastForecast, calibrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

FEWEST = 6
"""Fewest months with a snapshot for a forecast."""
HORIZONS = (3, 12)
"""Months ahead."""
HISTORY = 2
"""Months of history that a forecast needs for each month ahead."""
LEADERS = 5
"""Names of a ranking to forecast."""
GARROTE = 3.0
"""Squared standard errors by which the trend must differ from 0 to be used at all."""
DECAY = 0.9
"""Weight of a step against one that is a month newer: trends change."""
POOLED = 4
"""Steps by which the noise of one name is drawn to the median of the leaders."""
_QUANTILES = 200
"""Points of each distribution at which chances of leading are summed."""
_ROUNDING = 1e-9
"""Tolerance for a share that never changed, whose interval has no width."""
_EDGE = 1e-6
"""Portions are limited to this distance from 0 and 1, where log-odds are infinite."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """A later portion, whose log-odds are normally distributed."""

    center: float
    """In log-odds, like ``spread``, the standard deviation."""
    spread: float

    def quantile(self, probability: float) -> float:
        """Return the portion that the later one is below with a probability between 0 and 1."""
        return _portion(self.center + self.spread * NORMAL.inv_cdf(probability))

    @property
    def expected(self) -> float:
        """The median portion, 0 to 1."""
        return _portion(self.center)

    @property
    def low(self) -> float:
        """The lower end of the interval that should hold with :data:`LEVEL`."""
        return self.quantile((1 - LEVEL) / 2)

    @property
    def high(self) -> float:
        """The upper end of that interval."""
        return self.quantile((1 + LEVEL) / 2)

    def holds(self, portion: float) -> bool:
        """Return whether the interval contains a portion."""
        return self.low - _ROUNDING <= portion <= self.high + _ROUNDING


@dataclass(frozen=True, slots=True)
class Check:
    """How past forecasts did, each made from the data up to its month."""

    months: int
    """Ahead."""
    tested: int
    held: int
    """How many of ``tested`` intervals contained the later share."""
    error: float
    """Mean absolute error of the expected portions; ``nan`` where nothing was tested."""
    unmoved: float
    """The same for forecasts of no change, the baseline."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A random walk of log-odds, estimated from a course."""

    last: float
    trend: float
    """Expected change a month, shrunken."""
    variance: float
    """Of the changes around the trend, a month."""
    trend_variance: float
    freedom: float
    """Steps less one, including :data:`POOLED`."""

    def change(self, months: int) -> float:
        """Return the expected change."""
        return self.trend * months

    def spread(self, months: int) -> float:
        """Return the standard deviation of the change, wider by as much as Student's t is at 80% for so few steps."""
        quantile = NORMAL.inv_cdf((1 + LEVEL) / 2)
        student = 1 + (quantile**2 + 1) / (4 * self.freedom)  # the first term of the Cornish-Fisher expansion
        return student * math.sqrt(self.variance * months + self.trend_variance * months**2)


def fit(courses: Mapping[str, Sequence[float | None]]) -> dict[str, Walk]:
    """Estimate the walk of each course; their last month must be recorded.

    With log-odds :math:`x`, steps :math:`d_i` over :math:`g_i` months, :math:`d_i = m g_i + e_i` and
    :math:`Var(e_i) = s^2 g_i`: the trend :math:`m` is estimated by least squares weighted by :math:`a_i / g_i`, where
    :math:`a_i` is :data:`DECAY` to the power of the step's age in months, and shrunk by :math:`w = max(0, 1 - 3 Var(m) / m^2)`.
    The noise :math:`s^2` is averaged with the median of all courses, which counts as :data:`POOLED` steps.

    Raises:
        ValueError: with fewer than :data:`FEWEST` months recorded, or the last one not recorded.

    """
    estimates = {name: _estimate(course) for name, course in courses.items()}
    usual = median(estimate.noise for estimate in estimates.values()) if estimates else 0.0
    walks = {}
    for name, own in estimates.items():
        freedom = own.steps - 1 + POOLED
        noise = ((own.steps - 1) * own.noise + POOLED * usual) / freedom
        variance = noise * own.leverage
        shrinkage = max(0.0, 1 - GARROTE * variance / own.trend**2) if own.trend else 0.0
        walks[name] = Walk(_log_odds(courses[name][-1] or 0.0), shrinkage * own.trend, noise, variance, freedom)
    return walks


class Forecaster:
    """Forecasts of the leaders of one ranking from every month of its history, each made from the data up to that month."""

    def __init__(
        self,
        courses: Mapping[str, Sequence[float | None]],
        fit: Callable[[Mapping[str, Sequence[float | None]]], dict[str, Walk]] = fit,
        calibrate: Callable[[Iterable[PastForecast], int], Calibration] = calibrate,
    ) -> None:
        """Estimate the walks.

        ``courses``: by name, the portion in each month, all of one length; ``None`` where there is no snapshot.
        ``fit`` and ``calibrate``: what a backtest compares.
        """
        self.courses = courses
        self.length = max(map(len, courses.values()), default=0)
        self._calibrate = calibrate
        self._walks = {}
        for end in range(FEWEST, self.length + 1):
            past = {name: recent(courses[name][:end]) for name in leaders(courses, end)}
            self._walks[end] = fit({name: course for name, course in past.items() if known(course) >= FEWEST})

    def distributions(self, months: int, end: int | None = None) -> dict[str, Distribution]:
        """Return each leader's distribution ``months`` after the first ``end`` months of the history, or after all of it.

        Names with fewer than :data:`FEWEST` months are left out.
        """
        end = self.length if end is None else end
        calibration = self._calibrate(self._past(months, end), months)
        return {
            name: Distribution(walk.last + calibration.trend * walk.change(months), calibration.width * walk.spread(months))
            for name, walk in self._walks.get(end, {}).items()
        }

    def _past(self, months: int, end: int) -> Iterable[PastForecast]:
        """Yield the forecasts whose result was known at ``end``."""
        for origin in range(FEWEST, end - months + 1):
            for name, walk in self._walks[origin].items():
                if (later := self.courses[name][origin - 1 + months]) is not None:
                    change = _log_odds(later) - walk.last
                    yield PastForecast(origin, walk.change(months), walk.spread(months), change)

    def results(self, months: int) -> Iterable[tuple[int, str, Distribution, float]]:
        """Yield ``(end, name, distribution, later portion)`` for every forecast that could be made and has come due."""
        for end in range(max(FEWEST, HISTORY * months), self.length - months + 1):
            for name, distribution in self.distributions(months, end).items():
                if (later := self.courses[name][end - 1 + months]) is not None:
                    yield end, name, distribution, later

    def check(self, months: int) -> Check:
        """Compare past forecasts of so many months ahead with what came."""
        results = tuple(self.results(months))
        errors = [abs(distribution.expected - later) for _, _, distribution, later in results]
        unmoved = [abs((self.courses[name][end - 1] or 0.0) - later) for end, name, _, later in results]
        mean = (lambda values: sum(values) / len(values)) if results else (lambda _: math.nan)
        held = sum(distribution.holds(later) for _, _, distribution, later in results)
        return Check(months, len(results), held, mean(errors), mean(unmoved))


def horizons(months: int) -> tuple[int, ...]:
    """Return how many months ahead a history of ``months`` allows a forecast."""
    return tuple(ahead for ahead in HORIZONS if months >= HISTORY * ahead)


def chances_of_leading(distributions: Mapping[str, Distribution]) -> dict[str, float]:
    """Return each name's probability to have the largest portion, which add up to 1. Names are taken as independent."""
    chances = {}
    for name, own in distributions.items():
        others = [other for rival, other in distributions.items() if rival != name]
        points = [own.center + own.spread * z for z in _SCORES] if own.spread else [own.center]
        chances[name] = sum(math.prod(_below(other, x) for other in others) for x in points) / len(points)
    whole = sum(chances.values())
    return {name: chance / whole if whole else 1 / len(chances) for name, chance in chances.items()}


def recent(course: Sequence[float | None]) -> Sequence[float | None]:
    """Return the part after the last month with 0: a name that left and returned starts anew."""
    zeros = [month for month, value in enumerate(course) if value is not None and value <= 0]
    return course[zeros[-1] + 1 :] if zeros else course


def known(course: Sequence[float | None]) -> int:
    """Count the months that are recorded."""
    return sum(value is not None for value in course)


def leaders(courses: Mapping[str, Sequence[float | None]], end: int) -> list[str]:
    """Return the leaders in the last of the first ``end`` months; ``[]`` in a month that isn't recorded."""
    now = {name: value for name, course in courses.items() if (value := course[end - 1])}
    return sorted(now, key=lambda name: (-now[name], name))[:LEADERS]


@dataclass(frozen=True, slots=True)
class _Estimate:
    """The least-squares fit of one course."""

    trend: float
    noise: float
    """Variance a month around the trend."""
    leverage: float
    """The variance of the trend for a noise of 1."""
    steps: float
    """The number of equally weighted steps that would tell as much."""


def _estimate(course: Sequence[float | None]) -> _Estimate:
    recorded = [(month, _log_odds(value)) for month, value in enumerate(course) if value is not None]
    if len(recorded) < FEWEST or course[-1] is None:
        raise ValueError(f"{len(recorded)} months are too few, or the last one is missing")
    steps = [
        (month - before, x - x_before, DECAY ** (len(course) - 1 - month))
        for (before, x_before), (month, x) in pairwise(recorded)
    ]
    weight = sum(a for _, _, a in steps)
    effective = weight**2 / sum(a * a for _, _, a in steps)
    months = sum(a * gap for gap, _, a in steps)
    trend = sum(a * step for _, step, a in steps) / months
    noise = sum(a * (step - trend * gap) ** 2 / gap for gap, step, a in steps) / weight * effective / (effective - 1)
    return _Estimate(trend, noise, sum(a * a * gap for gap, _, a in steps) / months**2, effective)


def _below(distribution: Distribution, x: float) -> float:
    """Return the probability that a log-odds is below ``x``; a half where it is ``x`` for certain."""
    if not distribution.spread:
        return 0.5 * ((x > distribution.center) + (x >= distribution.center))
    return 0.5 * math.erfc((distribution.center - x) / distribution.spread * math.sqrt(0.5))


_SCORES = tuple(NORMAL.inv_cdf((place + 0.5) / _QUANTILES) for place in range(_QUANTILES))


def _log_odds(portion: float) -> float:
    bounded = min(max(portion, _EDGE), 1 - _EDGE)
    return math.log(bounded / (1 - bounded))


def _portion(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0
