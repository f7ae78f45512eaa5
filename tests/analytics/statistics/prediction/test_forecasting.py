"""Forecasts: the formula against an independent one, intervals that hold as often as they say, and nothing known too early."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.domain import Dimension, ListName, Measure
from analytics.sources import simulation
from analytics.statistics import comparison
from analytics.statistics.prediction import forecasting
from analytics.statistics.prediction.calibration import PRIOR_TREND, PRIOR_WIDTH
from analytics.statistics.prediction.forecasting import Distribution, Forecaster, chances_of_leading, fit
from analytics.storage.rollup import roll_up

GROWING = (0.10, 0.12, 0.13, 0.16, 0.18, 0.20, 0.23)


def odds(portion):
    return math.log(portion / (1 - portion))


def portion(log_odds):
    return 1 / (1 + math.exp(-log_odds))


def ahead(course, months):
    """The distribution of a name that has a ranking to itself."""
    return Forecaster({"a": course}).distributions(months)["a"]


def by_hand(course, months):
    """The forecast of a single name from its formula, before any earlier one has come due."""
    steps = [odds(after) - odds(before) for before, after in pairwise(course)]
    weights = [0.9**age for age in reversed(range(len(steps)))]
    total = sum(weights)
    count = total**2 / sum(a * a for a in weights)
    trend = sum(a * step for a, step in zip(weights, steps, strict=True)) / total
    noise = sum(a * (step - trend) ** 2 for a, step in zip(weights, steps, strict=True)) / total * count / (count - 1)
    of_trend = noise / count
    shrunken = max(0, 1 - 3 * of_trend / trend**2) * trend
    student = 1 + (1.2815516**2 + 1) / (4 * (count + 3))
    away = 1.2815516 * PRIOR_WIDTH * student * math.sqrt(noise * months + of_trend * months**2)
    middle = odds(course[-1]) + PRIOR_TREND * shrunken * months
    return portion(middle), portion(middle - away), portion(middle + away)


@pytest.mark.parametrize("months", [3, 12])
def test_a_forecast_is_what_the_formula_says(months):
    found = ahead(GROWING, months)
    assert (found.expected, found.low, found.high) == pytest.approx(by_hand(GROWING, months), rel=1e-6)
    assert found.low < found.expected < found.high


def test_a_month_without_a_snapshot_changes_the_trend_no_more_than_it_must():
    full = ahead([0.1, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.17], 3)
    holed = ahead([0.1, 0.11, None, 0.13, None, 0.15, 0.16, 0.17], 3)
    assert holed.expected == pytest.approx(full.expected, abs=0.002)


def test_what_looks_like_no_trend_is_expected_to_stay():
    found = ahead((0.20, 0.25, 0.19, 0.24, 0.21, 0.22), 12)
    assert found.expected == pytest.approx(0.22)
    assert found.low < 0.15
    assert found.high > 0.30


def test_a_share_that_never_moved_stays_where_it_is():
    found = ahead((0.25,) * 6, 12)
    assert (found.expected, found.low, found.high) == pytest.approx((0.25,) * 3)


def test_a_newer_trend_outweighs_an_older_one():
    """Ten months down and ten months up by the same steps: the expected change is upward."""
    fallen = [-1 - 0.1 * step for step in range(11)]
    course = [portion(x + 0.01 * (-1) ** at) for at, x in enumerate([*fallen, *fallen[-2::-1]])]
    assert fit({"a": course})["a"].trend > 0


def test_the_noise_of_one_name_is_drawn_to_that_of_the_others():
    calm, wild = (0.2,) * 8, (0.2, 0.3, 0.15, 0.3, 0.2, 0.35, 0.2, 0.3)
    alone, among = fit({"a": calm})["a"], fit({"a": calm, "b": wild, "c": wild})["a"]
    assert alone.variance == 0 < among.variance < fit({"b": wild})["b"].variance


@pytest.mark.parametrize("course", [(), (0.1,) * 5, (*(0.1,) * 6, None), (0.1, None) * 5])
def test_too_short_a_course_is_refused(course):
    with pytest.raises(ValueError, match="too few, or the last one is missing"):
        fit({"a": course})
    assert Forecaster({"a": course}).distributions(3) == {}


def random_walks(chance, months, drift):
    """Five shares that walk on their log-odds with noise, each with a trend of its own of about this size."""
    courses = {}
    for name in "abcde":
        x, trend = chance.gauss(-1.5, 0.5), chance.choice((-drift, drift))
        walk = [x := x + trend + chance.gauss(0, 0.06) for _ in range(months)]
        courses[name] = tuple(map(portion, walk))
    return courses


@pytest.mark.parametrize("months", [3, 12])
@pytest.mark.parametrize("times", [1, 2])
def test_intervals_hold_eight_times_in_ten_where_shares_go_on_as_they_did(months, times):
    """From the shortest history that allows the horizon, and from one twice as long; with trends as large as the noise or none.

    In a short history the two can't be told apart: intervals hold more often without trends, less often with them.
    """
    chance = random.Random(5)
    history = max(forecasting.FEWEST, forecasting.HISTORY * months) * times
    rates = []
    for drift in (0.0, 0.05):
        held = []
        for _ in range(100):
            courses = random_walks(chance, history + months, drift)
            past = Forecaster({name: course[:history] for name, course in courses.items()})
            held += [found.holds(courses[name][-1]) for name, found in past.distributions(months).items()]
        rates.append(sum(held) / len(held))
    assert 0.75 <= sum(rates) / 2 <= 0.85
    assert 0.7 <= min(rates) <= max(rates) <= 0.9


def shares(listings, dimension, by):
    """Each name's portion in each listing."""
    stored = Dimension.NAMESPACE if dimension is Dimension.CREATOR else dimension
    courses = defaultdict(lambda: [0.0] * len(listings))
    for at, listing in enumerate(listings):
        counts = [count for count in roll_up(listing.models) if not count.task]
        whole = next(count for count in counts if count.dimension is None)
        for share in comparison.ranking([c for c in counts if c.dimension is stored], whole, by, dimension).shares:
            courses[share.name][at] = share.portion
    return courses


def test_intervals_hold_on_the_simulated_years():
    """The history of the playground, forecast from each of its months. ``bench/backtest.py`` has more of them."""
    listings = [one for one in simulation.listings(date(2026, 8, 31), daily=1) if one.list is ListName.TOP]
    checks = [
        Forecaster(shares(listings, dimension, by)).check(3)
        for dimension in (Dimension.CREATOR, Dimension.LICENSE, Dimension.TASK)
        for by in (Measure.DOWNLOADS, Measure.MODELS)
    ]
    assert sum(check.tested for check in checks) == 6 * 16 * 5
    assert 0.75 <= sum(check.held for check in checks) / sum(check.tested for check in checks) <= 0.85
    assert sum(check.error for check in checks) < 0.8 * sum(check.unmoved for check in checks)


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=6, max_size=20), st.integers(1, 24))
def test_portions_stay_portions(course, months):
    for found in Forecaster({"a": course, "b": course[::-1]}).distributions(months).values():
        assert 0 <= found.low <= found.expected <= found.high <= 1


def test_who_left_and_came_back_began_anew():
    assert list(forecasting.recent((0.1, 0.0, None, 0.2, 0.3))) == [None, 0.2, 0.3]
    assert list(forecasting.recent((0.1, 0.2))) == [0.1, 0.2]


@pytest.mark.parametrize(("history", "offered"), [(6, (3,)), (23, (3,)), (24, (3, 12)), (60, (3, 12))])
def test_no_farther_ahead_than_half_of_the_history(history, offered):
    assert forecasting.horizons(history) == offered


# What came of past forecasts


def test_a_forecast_of_the_past_knows_nothing_of_what_came():
    """Whatever comes later, the forecasts made before are the same."""
    early = Forecaster({"a": GROWING, "b": tuple(1 - one for one in GROWING)})
    late = Forecaster({"a": (*GROWING, 0.9), "b": (*(1 - one for one in GROWING), 0.1)})
    for end in (6, 7):
        assert early.distributions(1, end) == late.distributions(1, end)
    assert (early.check(1).tested, late.check(1).tested) == (2, 4)
    assert late.check(1).held == early.check(1).held  # the jump was foreseen by no interval
    assert late.check(1).error > early.check(1).error


def test_the_check_counts_only_what_could_be_forecast_and_came():
    courses = {"old": (0.5,) * 9, "new": (0.0,) * 4 + (0.2,) * 5, "holed": (0.3,) * 7 + (None, 0.3)}
    found = Forecaster(courses).check(1)
    # "old" from the 6th, 7th and 8th month; "holed" from the 6th only, since the 8th month is not recorded.
    assert (found.tested, found.held, found.error, found.unmoved) == (4, 4, pytest.approx(0), pytest.approx(0))


def test_forecasts_that_the_history_was_too_short_for_are_not_counted():
    assert Forecaster({"a": (0.1,) * 35}).check(12).tested == 0
    assert Forecaster({"a": (0.1,) * 36}).check(12).tested == 1


def test_without_enough_months_nothing_is_checked():
    found = Forecaster({"a": (0.1,) * 6}).check(3)
    assert (found.tested, found.held) == (0, 0)
    assert math.isnan(found.error)


def test_intervals_widen_where_past_ones_were_too_narrow():
    """Calm for a year, then a jump each fourth month: the jumps that came widen what follows."""
    calm = [-1 + 0.02 * (-1) ** at for at in range(12)]
    jumpy = [*calm, *(calm[-1] + 0.5 * ((at + 1) // 4) for at in range(12))]
    found = {name: Forecaster({"a": tuple(map(portion, xs))}) for name, xs in (("calm", calm), ("jumpy", jumpy))}
    before, after = (forecaster.distributions(1).get("a").spread for forecaster in found.values())
    walk = fit({"a": tuple(map(portion, jumpy))})["a"]
    assert after > before
    assert after > PRIOR_WIDTH * walk.spread(1)


# Who leads


def test_chances_of_leading_are_those_of_many_draws():
    distributions = {"a": Distribution(0.0, 0.5), "b": Distribution(-0.4, 0.8), "c": Distribution(-2.0, 0.1)}
    chance, draws = random.Random(1), 20_000
    wins = defaultdict(int)
    for _ in range(draws):
        wins[max(distributions, key=lambda name: chance.gauss(distributions[name].center, distributions[name].spread))] += 1
    found = chances_of_leading(distributions)
    assert sum(found.values()) == pytest.approx(1)
    for name, probability in found.items():
        assert probability == pytest.approx(wins[name] / draws, abs=0.015)


@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_equal_names_have_equal_chances(spread):
    assert chances_of_leading({name: Distribution(-1.0, spread) for name in "abcd"}) == pytest.approx(dict.fromkeys("abcd", 0.25))


def test_a_name_without_a_rival_leads():
    assert chances_of_leading({"a": Distribution(-3.0, 2.0)}) == {"a": 1.0}
    assert chances_of_leading({"a": Distribution(0.0, 0.0), "b": Distribution(-1.0, 0.0)}) == {"a": 1.0, "b": 0.0}
    assert chances_of_leading({}) == {}
