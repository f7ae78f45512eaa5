"""How past forecasts correct the next one: nothing without them, and the more of them, the more."""

from __future__ import annotations

import random

import pytest

from analytics.statistics.prediction.calibration import (
    LEVEL,
    NORMAL,
    PRIOR_TREND,
    PRIOR_WIDTH,
    Calibration,
    PastForecast,
    calibrate,
)


def past(origins, *, trend=0.0, spread=1.0, error=1.0, part=1.0):
    """Forecasts whose errors are normal with a standard deviation of ``error``, and ``part`` of whose trend came."""
    chance = random.Random(2)
    return [
        PastForecast(origin, trend, spread, part * trend + chance.gauss(0, error)) for origin in range(origins) for _ in range(5)
    ]


def test_without_past_forecasts_the_prior_holds():
    assert calibrate([], 3) == Calibration(PRIOR_TREND, PRIOR_WIDTH)


@pytest.mark.parametrize("error", [0.5, 1.0, 2.0])
def test_many_past_forecasts_set_the_width(error):
    assert calibrate(past(300, error=error), 3).width == pytest.approx(error, rel=0.07)


@pytest.mark.parametrize("error", [0.25, 4.0])
def test_a_few_past_forecasts_move_the_width_toward_theirs(error):
    """Those that overlap count for less: twelve of twelve months ahead are one period."""
    widths = [PRIOR_WIDTH, *(calibrate(past(12, error=error), months).width for months in (12, 3, 1))]
    assert widths == sorted(widths, reverse=error < 1)
    assert (min if error < 1 else max)(widths) == widths[-1] != widths[0]


@pytest.mark.parametrize("part", [0.0, 0.4, 1.0])
def test_the_trend_is_used_as_far_as_past_trends_went_on(part):
    assert calibrate(past(400, trend=1.0, error=0.3, part=part), 3).trend == pytest.approx(part, abs=0.06)


@pytest.mark.parametrize(("part", "bound"), [(-2.0, 0.0), (3.0, 1.0)])
def test_no_trend_is_reversed_or_sped_up(part, bound):
    assert calibrate(past(400, trend=1.0, part=part), 1).trend == bound


def test_one_forecast_that_failed_by_far_does_not_blow_up_the_width():
    failed = [PastForecast(0, 0.0, 0.001, 5.0), *past(3)]
    assert calibrate(failed, 3).width < 3


def test_shares_that_never_moved_divide_by_nothing():
    still = [PastForecast(origin, 0.0, 0.0, 0.0) for origin in range(20)]
    assert 0 <= calibrate(still, 1).width < PRIOR_WIDTH


def test_the_factor_is_relative_to_the_normal_interval():
    """Errors that are all as large as the interval of 80% need no other width."""
    edge = NORMAL.inv_cdf((1 + LEVEL) / 2)
    exact = [PastForecast(origin, 0.0, 1.0, edge) for origin in range(500)]
    assert calibrate(exact, 1).width == pytest.approx(1.0, abs=0.01)
