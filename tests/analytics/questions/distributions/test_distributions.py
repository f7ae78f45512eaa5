"""The figures of the newer views, worked out by hand and another way: concentration, age, reach, entries."""

from __future__ import annotations

import math
from datetime import date
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain import Measure, Model
from analytics.questions.distributions.ages import created_on, weighted_median
from analytics.questions.rankings.derivatives import reach
from analytics.questions.registry import ask, parse
from analytics.statistics.concentration import concentration

VALUES = st.lists(st.integers(0, 10**9) | st.sampled_from([0, 1, 5]), min_size=1, max_size=30)


@given(VALUES)
def test_concentration_agrees_with_its_definitions(values):
    if not any(values):
        with pytest.raises(ValueError, match="above 0"):
            concentration(values)
        return
    found = concentration([float(value) for value in values])
    counted = [Fraction(value) for value in values if value]
    whole, n = sum(counted), len(counted)
    hhi = sum((value / whole) ** 2 for value in counted)
    assert found.hhi == pytest.approx(float(hhi), rel=1e-12)
    assert found.effective == pytest.approx(float(1 / hhi), rel=1e-12)
    # Gini as half the mean difference between any two, over the mean.
    gini = sum(abs(one - other) for one, other in product(counted, repeat=2)) / (2 * n * whole)
    assert found.gini == pytest.approx(float(gini), abs=1e-9)
    assert found.leaders[0] == pytest.approx(float(max(counted) / whole), rel=1e-12)
    assert found.n == n
    assert 1 / n - 1e-12 <= found.hhi <= 1 + 1e-12
    assert list(found.leaders) == sorted(found.leaders)


@pytest.mark.parametrize("n", [1, 2, 10])
def test_equal_ones_are_not_concentrated(n):
    found = concentration([7.0] * n)
    assert found.effective == pytest.approx(n)
    assert found.gini == pytest.approx(0.0, abs=1e-12)


@given(st.lists(st.tuples(st.floats(0, 50), st.integers(1, 20)), min_size=1, max_size=20))
def test_the_weighted_median_is_that_of_the_list_written_out(pairs):
    written = sorted(value for value, weight in pairs for _ in range(weight))
    assert weighted_median([(value, float(weight)) for value, weight in pairs]) == written[math.ceil(len(written) / 2) - 1]


def test_days_of_birth_are_utc():
    assert created_on(Model("a/b", 1, created="2024-12-31T23:30:00-02:00")) == date(2025, 1, 1)
    assert created_on(Model("a/b", 1, created="2022-03-02T23:29:04.000Z")) == date(2022, 3, 2)
    assert created_on(Model("a/b", 1)) is None


def test_reach_parts_what_a_creator_made_from_what_others_made_of_it():
    tags = ("base_model:Qwen/base", "base_model:finetune:Qwen/base")
    both = ("base_model:Qwen/base", "base_model:google/base", "base_model:merge:Qwen/base", "base_model:merge:google/base")
    models = [
        Model("Qwen/base", 400, tags=("region:us",)),
        Model("Qwen/tuned", 300, tags=tags),
        Model("someone/tuned", 200, tags=tags),
        Model("someone/merged", 100, tags=both),
    ]
    found = {share.name: share for share in reach(models, Measure.DOWNLOADS).shares}
    assert found["Alibaba"].value == 550
    assert dict(found["Alibaba"].members) == {"made by itself": 300, "made by others": 250}
    assert found["Alibaba"].portion == pytest.approx(0.55)
    assert dict(found["Google"].members) == {"made by itself": 0, "made by others": 50}


def test_who_was_renamed_neither_came_nor_left(history):
    answer = ask(parse("entries since 2025-11"), history)
    assert "bert-base-uncased" not in str(answer.shifts)
    assert {(shift.name, shift.rank_before is None) for shift in answer.shifts} == {
        ("zai-org/GLM-5", True),
        ("facebook/opt-125m", False),
    }
    assert answer.headline.startswith("1 model with ")
    assert any("facebook/opt-125m (" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("concentration birds", "no concentration for “birds”"),
        ("concentration models by models", "Each model counts once"),
        ("concentration tasks task fill-mask", "can't be limited to one"),
        ("entries at 2025-11", "nothing to compare with"),
    ],
)
def test_what_has_no_answer_is_reported_in_a_sentence(history, words, said):
    with pytest.raises(Exception, match=said):
        ask(parse(words), history)
