"""What a bet is worth: the Brier score, its mean, and who is first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.answer import Ranking, Share
from analytics.domain import Dimension, Measure
from analytics.statistics.prediction.brier import brier, came_true, leaders, scores


def ranking(*shares):
    """A ranking of ``(name, rank)``."""
    return Ranking(Measure.DOWNLOADS, "creator", 1.0, 1.0, tuple(Share(name, 0.1, 0.1, rank) for name, rank in shares))


@pytest.mark.parametrize(
    ("percent", "right", "score"),
    [(70, True, 0.09), (70, False, 0.49), (50, True, 0.25), (50, False, 0.25), (99, True, 0.0001), (99, False, 0.9801)],
)
def test_the_brier_score_of_one_bet(percent, right, score):
    assert brier(percent, right=right) == score


def test_the_mean_decides_and_equal_means_share_a_place():
    found = scores([("ada", 70, True), ("ada", 70, False), ("bob", 50, True), ("eve", 90, True), ("dan", 50, False)])
    assert [(one.who, one.mean, one.bets, one.rank) for one in found] == [
        ("eve", 0.01, 1, 1),
        ("bob", 0.25, 1, 2),
        ("dan", 0.25, 1, 2),
        ("ada", 0.29, 2, 4),
    ]
    assert scores([]) == ()


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 99), st.booleans()), max_size=40))
def test_scores_lie_between_0_and_1_and_no_order_of_bets_changes_them(settled):
    found = scores(settled)
    assert found == scores(settled[::-1])
    assert sum(one.bets for one in found) == len(settled)
    assert all(0 < one.mean < 1 for one in found)
    assert [one.rank for one in found] == sorted(one.rank for one in found)


def test_a_tie_for_the_first_place_counts_for_each():
    tied = ranking(("Meta", 1), ("Google", 1), ("Alibaba", 3))
    assert leaders(tied) == ("Meta", "Google")
    assert [came_true(tied, Dimension.CREATOR, name) for name in ("Meta", "Google", "Alibaba")] == [True, True, False]


@pytest.mark.parametrize(
    ("dimension", "first", "named"),
    [
        (Dimension.CREATOR, "Meta", "facebook"),
        (Dimension.CREATOR, "new-lab", "New Lab"),
        (Dimension.LICENSE, "apache-2.0", "Apache 2"),
        (Dimension.FAMILY, "responsible AI", "RAIL"),
        (Dimension.LIBRARY, "transformers", "Transformers"),
    ],
)
def test_a_name_that_was_typed_is_the_one_it_means(dimension, first, named):
    assert came_true(ranking((first, 1), ("another", 2)), dimension, named)
    assert not came_true(ranking(("another", 1), (first, 2)), dimension, named)


def test_an_empty_ranking_has_nobody_first():
    assert not came_true(ranking(), Dimension.CREATOR, "Meta")


def test_the_example_in_the_documents_is_so():
    text = (Path(__file__).parents[4] / "docs" / "explanation" / "prediction-scores.md").read_text(encoding="utf-8")
    bets = re.findall(r"^\| (\w+) \| (\d+)% \| (yes|no) \| \((\S+) \u2212 (\d)\)² = (\S+) \|$", text, re.MULTILINE)
    assert len(bets) == 4
    for _, percent, true, p, o, score in bets:
        assert (int(percent) / 100, true == "yes") == (float(p), o == "1")
        assert brier(int(percent), right=true == "yes") == float(score)
    found = scores((who, int(percent), true == "yes") for who, percent, true, *_ in bets)
    shown = re.findall(r"^\| (\d) \| (\w+) \| (0\.\d+) \|$", text, re.MULTILINE)
    assert [(one.rank, one.who, one.mean) for one in found] == [(int(at), who, float(mean)) for at, who, mean in shown]
