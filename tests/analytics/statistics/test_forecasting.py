"""Forecasts: the formula against an independent one, intervals that hold as often as they say, and nothing known too early."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.statistics import forecasting

GROWING = (0.10, 0.12, 0.13, 0.16, 0.18, 0.20, 0.23)


def odds(portion):
    return math.log(portion / (1 - portion))


def portion(log_odds):
    return 1 / (1 + math.exp(-log_odds))


def by_hand(course, months, quantile):
    """The drift method from its formula; ``quantile`` is Student's t from a table."""
    steps = [odds(after) - odds(before) for before, after in pairwise(course)]
    drift = sum(steps) / len(steps)
    noise = sum((step - drift) ** 2 for step in steps) / (len(steps) - 1)
    kept = max(0, 1 - 3 * noise / len(steps) / drift**2)
    middle = odds(course[-1]) + kept * drift * months
    away = quantile * math.sqrt(noise * months * (1 + months / len(steps)))
    return portion(middle), portion(middle - away), portion(middle + away)


@pytest.mark.parametrize("months", [1, 3, 12])
def test_the_library_gives_what_the_formula_says(months):
    (found,) = forecasting.project(GROWING, [months])
    expected = by_hand(GROWING, months, 1.475884)  # t of 5 degrees of freedom, 90 %
    assert (found.expected, found.low, found.high) == pytest.approx(expected, rel=1e-6)
    assert found.low < found.expected < found.high


def test_a_month_without_a_snapshot_changes_the_drift_no_more_than_it_must():
    level = [0.1, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.17]
    full = forecasting.project(level, [3])[0]
    holed = forecasting.project([0.1, 0.11, None, 0.13, None, 0.15, 0.16, 0.17], [3])[0]
    assert holed.expected == pytest.approx(full.expected, abs=0.002)


def test_what_looks_like_no_trend_is_expected_to_stay():
    (found,) = forecasting.project((0.20, 0.25, 0.19, 0.24, 0.21, 0.22), [12])
    assert found.expected == pytest.approx(0.22)
    assert found.low < 0.15
    assert found.high > 0.30


def test_a_share_that_never_moved_stays_where_it_is():
    (found,) = forecasting.project((0.25,) * 6, [12])
    assert (found.expected, found.low, found.high) == pytest.approx((0.25,) * 3)


@pytest.mark.parametrize("course", [(), (0.1,) * 5, (*(0.1,) * 6, None), (0.1, None) * 5])
def test_too_short_a_course_is_refused(course):
    with pytest.raises(ValueError, match="too few, or the last one is missing"):
        forecasting.project(course, [3])


@pytest.mark.parametrize(("drift", "months", "least"), [(0.0, 3, 0.76), (0.0, 12, 0.76), (0.05, 3, 0.76), (0.05, 12, 0.66)])
def test_intervals_hold_eight_times_in_ten_where_shares_go_on_as_they_did(drift, months, least):
    """A trend no larger than the noise is shrunk too much: a year ahead the interval holds in seven of ten cases."""
    chance = random.Random(5)
    held, tries = 0, 600
    for _ in range(tries):
        walk = [-1.0]
        for _ in range(17 + months):
            walk.append(walk[-1] + drift + chance.gauss(0, 0.06))
        (found,) = forecasting.project([portion(x) for x in walk[:18]], [months])
        held += found.low <= portion(walk[17 + months]) <= found.high
    assert least <= held / tries <= 0.88


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=6, max_size=20), st.integers(1, 24))
def test_portions_stay_portions(course, months):
    past = forecasting.recent(course)
    if forecasting.known(past) < forecasting.FEWEST:
        return
    (found,) = forecasting.project(past, [months])
    assert 0 <= found.low <= found.expected <= found.high <= 1


def test_who_left_and_came_back_began_anew():
    assert list(forecasting.recent((0.1, 0.0, None, 0.2, 0.3))) == [None, 0.2, 0.3]
    assert list(forecasting.recent((0.1, 0.2))) == [0.1, 0.2]


def test_a_forecast_of_the_past_knows_nothing_of_what_came():
    """Whatever comes later, the forecasts that can be checked by then are the same."""
    early = forecasting.check({"a": GROWING, "b": tuple(1 - one for one in GROWING)}, [1])[0]
    late = forecasting.check({"a": (*GROWING, 0.9), "b": (*(1 - one for one in GROWING), 0.1)}, [1])[0]
    assert (early.tested, late.tested) == (2, 4)
    assert late.held == early.held  # the jump was foreseen by no interval
    assert late.error > early.error


def test_the_check_counts_only_what_could_be_forecast_and_came():
    courses = {"old": (0.5,) * 9, "new": (0.0,) * 4 + (0.2,) * 5, "holed": (0.3,) * 7 + (None, 0.3)}
    (found,) = forecasting.check(courses, [1])
    # "old" from the 6th, 7th and 8th month; "holed" from the 6th only, since the 8th month is not recorded.
    assert (found.tested, found.held, found.error, found.unmoved) == (4, 4, pytest.approx(0), pytest.approx(0))


def test_without_enough_months_nothing_is_checked():
    found = forecasting.check({"a": (0.1,) * 6})
    assert [(one.tested, one.held) for one in found] == [(0, 0), (0, 0)]
    assert all(math.isnan(one.error) for one in found)
