"""What a bet is worth: the Brier score, its mean, and who is first."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.answer import Ranking, Share
from analytics.domain import Dimension, Measure
from analytics.statistics.prediction.brier import MINIMUM, base_rate, brier, came_true, leaders, persistence, scores, skill


def ranking(*shares):
    """A ranking of ``(name, rank)``."""
    return Ranking(Measure.DOWNLOADS, "creator", 1.0, 1.0, tuple(Share(name, 0.1, 0.1, rank) for name, rank in shares))


@pytest.mark.parametrize(
    ("percent", "right", "score"),
    [(70, True, 0.09), (70, False, 0.49), (50, True, 0.25), (50, False, 0.25), (99, True, 0.0001), (99, False, 0.9801)],
)
def test_the_brier_score_of_one_bet(percent, right, score):
    assert brier(percent, right=right) == score


def test_skill_decides_and_equal_skills_share_a_place():
    better, same, worse = (70, True, 0.5), (50, True, 0.5), (30, True, 0.5)
    people = {"dan": [same] * 5, "ada": [worse] * 5, "eve": [better] * 6, "bob": [same] * 7, "new": [better] * 4}
    found = scores((who, *bet) for who, bets in people.items() for bet in bets)
    assert [(one.who, one.bets, one.rank) for one in found] == [
        ("eve", 6, 1),
        ("bob", 7, 2),
        ("dan", 5, 2),
        ("ada", 5, 4),
        ("new", 4, None),
    ]
    assert [one.skill for one in found if one.who in {"bob", "dan"}] == [0.0, 0.0]
    assert scores([]) == ()


@pytest.mark.parametrize(("bets", "rank"), [(MINIMUM - 1, None), (MINIMUM, 1), (MINIMUM + 1, 1), (1, None)])
def test_a_person_is_ranked_from_the_minimum_number_of_bets(bets, rank):
    (found,) = scores([("ada", 70, True, 0.5)] * bets)
    assert (found.bets, found.rank) == (bets, rank)


@pytest.mark.parametrize("rate", [0.5, 0.9, 0.99])
def test_easy_bets_do_not_beat_good_ones(rate):
    """However sure the base rate is, five bets of 99% on the leader gain less than five that tell what few expected."""
    easy = [("easy", 99, True, rate)] * 5
    hard = [("hard", 60, right, 0.1) for right in (True, True, True, False, False)]
    assert [one.who for one in scores([*easy, *hard])] == (["hard", "easy"] if rate > 0.5 else ["easy", "hard"])
    assert float(skill([bet[1:] for bet in easy])) <= 1 - rate
    assert skill([(1, False, 0.001)] * 20) < 0.001, "nor do bets that something absurd won't happen"
    one_easy = scores([*hard, ("once", 99, True, rate)])
    assert [(one.who, one.rank) for one in one_easy] == [("hard", 1), ("once", None)]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 99), st.booleans(), st.floats(0, 1)), max_size=40))
def test_no_order_of_bets_changes_a_score(settled):
    found = scores(settled)
    assert found == scores(settled[::-1])
    assert sum(one.bets for one in found) == len(settled)
    assert all(one.skill < 1 for one in found)
    ranks = [one.rank for one in found if one.rank]
    assert ranks == sorted(ranks)
    assert all((one.rank is not None) == (one.bets >= MINIMUM) for one in found)


@given(st.integers(1, 99), st.floats(0, 1))
def test_nobody_expects_to_gain_on_a_base_rate_that_is_right(percent, rate):
    """Brier's rule is proper: on average, no stated probability has a lower score than the true one."""
    expected = rate * brier(percent, right=True) + (1 - rate) * brier(percent, right=False)
    assert expected >= rate * (1 - rate) - 1e-12


@pytest.mark.parametrize(
    ("first", "months", "rate"),
    [
        ("", 1, "1/2"),
        ("M", 1, "1/2"),
        ("MM", 1, "2/3"),
        ("MG", 1, "1/3"),
        ("MMGGG", 1, "2/3"),
        ("MMGGG", 2, "2/5"),
        ("MMGGG", 5, "1/2"),
        ("M GG", 1, "2/3"),
        ("MMMMMMMMMMM", 1, "11/12"),
    ],
)
def test_how_often_past_leaders_stayed(first, months, rate):
    """Leaders of successive months by their first letter; a space is a month without a snapshot."""
    past = {month: (leader,) for month, leader in enumerate(first) if leader != " "}
    assert str(persistence(past, months)) == rate


def test_a_leader_that_ties_stays_if_it_is_first_at_both_ends():
    assert str(persistence({1: ("Meta", "Google"), 2: ("Google",)}, 1)) == "2/3"


@pytest.mark.parametrize(
    ("name", "rate"), [("Meta", 0.8), ("facebook", 0.8), ("Google", 0.1), ("Alibaba", 0.1), ("nobody yet", 0.1), ("unknown", 0.1)]
)
def test_the_base_rate_of_a_name(name, rate):
    shown = ranking(("Meta", 1), ("Google", 2), ("Alibaba", 3), ("unknown", None))
    assert base_rate(shown, Dimension.CREATOR, name, Fraction(4, 5)) == pytest.approx(rate)
    assert base_rate(ranking(("Meta", 1)), Dimension.CREATOR, "Google", Fraction(4, 5)) == pytest.approx(0.2)


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
    bets = re.findall(r"^\| (\w+) \| (\d+)% \| (\d+)% \| (yes|no) \| (0\.\d+) \| (0\.\d+) \|$", text, re.MULTILINE)
    assert len(bets) == 11
    for _, percent, rate, true, own, base in bets:
        assert brier(int(percent), right=true == "yes") == float(own)
        assert brier(int(rate), right=true == "yes") == float(base)
    found = scores((who, int(percent), true == "yes", int(rate) / 100) for who, percent, rate, true, *_ in bets)
    sums = re.findall(r"^\| (\d) \| (\w+) \| 1 \u2212 \((\S+) \+ (\S+)\) / \((\S+) \+ \4\) = (\S+) \|$", text, re.MULTILINE)
    assert [(str(one.rank), one.who, f"{one.skill:+.2f}") for one in found if one.rank] == [
        (row[0], row[1], row[5]) for row in sums
    ]
    for _, who, own, neutral, base, told in sums:
        rows = [bet for bet in bets if bet[0] == who]
        assert [sum(map(float, column)) for column in list(zip(*rows, strict=True))[4:]] == pytest.approx(
            [float(own), float(base)]
        )
        assert f"{1 - (float(own) + float(neutral)) / (float(base) + float(neutral)):+.2f}" == told
    (unranked,) = (one for one in found if one.rank is None)
    assert f"| not ranked yet | {unranked.who} | {MINIMUM - unranked.bets} more bets |" in text

    rate = persistence(dict(enumerate([("Meta",), ("Meta",), ("Google",), ("Google",), ("Google",)])), 1)
    names = ranking(("Google", 1), *((f"another {place}", place) for place in range(2, 12)))
    shown = [base_rate(names, Dimension.CREATOR, name, rate) for name in ("Google", "another 2")]
    assert f"so Google has (3 + 1) / (4 + 2) = {shown[0]:.1%}" in re.sub(r"\n> ", " ", text)
    assert f"33.3% / 10 = {shown[1]:.1%}" in text
