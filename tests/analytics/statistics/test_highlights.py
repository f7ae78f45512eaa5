"""Headlines over time: a golden for each pattern, and nothing said that the numbers do not carry."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.answer import Moment
from analytics.domain import Count, Dimension, Measure, Model
from analytics.formatting.phrases import NounPhrase, day
from analytics.statistics import comparison
from analytics.statistics.findings import findings, turns
from analytics.statistics.highlights import headline, no_change, rank_changes
from analytics.statistics.robustness import sentence_without, without_largest

META = NounPhrase("Meta", "Meta")
MONTHS = [date(2026, month, 28) for month in range(1, 9)]


def course(**values):
    """Rank creators at each month by values such as ``meta=(10, 12)``."""
    many = len(next(iter(values.values())))
    moments = []
    for place in range(many):
        counts = [Count(Dimension.NAMESPACE, one, "", 1, own[place], None) for one, own in values.items() if own[place]]
        whole = Count(None, "", "", len(counts), sum(count.downloads for count in counts), None)
        moments.append(Moment(MONTHS[place], comparison.ranking(counts, whole, Measure.DOWNLOADS, Dimension.NAMESPACE)))
    return moments


def notable(moments, dimension):
    """Return the headline about the weightiest finding."""
    rankings = [moment.ranking for moment in moments]
    candidates = [(turn, False) for turn in turns(moments)]
    found = findings(comparison.shifts(rankings[0], rankings[-1]), rankings, turns=candidates)
    since = day(moments[0].taken_on)
    return headline(found[0], moments, dimension, has_course=True) if found else no_change(rankings[0].by, since)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param(
            {"meta": (50, 45, 40, 30), "qwen": (20, 30, 42, 50), "rest": (30, 25, 18, 20)},
            "qwen leads with 50.0% of downloads; it overtook meta (50.0% to 30.0%) by March 28, 2026",
            id="a new leader",
        ),
        pytest.param(
            {"meta": (60, 45), "qwen": (40, 55)},
            "qwen leads with 55.0% of downloads; it overtook meta (60.0% to 45.0%) "
            "between January 28, 2026 and February 28, 2026",
            id="a new leader between two dates",
        ),
        pytest.param(
            {"meta": (60, 58, 55, 54, 57, 61), "qwen": (40, 42, 45, 46, 43, 39)},
            "meta lost 6.0 percentage points of downloads by April 28, 2026, then gained 7.0 points",
            id="a reversal",
        ),
        pytest.param(
            {"meta": (60, 60, 60), "qwen": (25, 22, 19), "google": (15, 18, 21)},
            "google (21.0% of downloads) passed qwen (19.0%) for 2nd place since January 28, 2026",
            id="a crossing",
        ),
        pytest.param(
            {"meta": (50, 51, 52, 53, 54, 55), "qwen": (50, 49, 48, 47, 46, 45)},
            "meta rose 5.0 percentage points to 55.0% of downloads, its highest since January 28, 2026",
            id="a record",
        ),
        pytest.param(
            {"meta": (55, 54, 53, 53, 53, 53), "qwen": (45, 46, 47, 47, 47, 47)},
            "meta fell 2.0 percentage points since January 28, 2026, from 55.0% to 53.0% of downloads",
            id="no record: it was there before",
        ),
    ],
)
def test_each_pattern_in_its_words(values, said):
    assert notable(course(**values), Dimension.NAMESPACE) == said


def test_two_that_share_the_lead_are_no_new_leader():
    said = notable(course(meta=(50, 50), qwen=(50, 40), google=(0, 10)), Dimension.NAMESPACE)
    assert said == "qwen fell 10.0 percentage points since January 28, 2026, from 50.0% to 40.0% of downloads"


@given(st.lists(st.tuples(*[st.integers(0, 1000)] * 4), min_size=2, max_size=8))
def test_what_is_said_names_somebody_and_figures_that_are_there(rows):
    if not all(any(row) for row in rows):
        return
    names = ("meta", "qwen", "google", "nvidia")
    moments = course(**{one: tuple(row[place] for row in rows) for place, one in enumerate(names)})
    said = notable(moments, Dimension.NAMESPACE)
    if not said.startswith("No share"):
        assert said.startswith(names)
        assert not said.endswith(".")
        assert "nan" not in said.split()
    assert all(two.taken_on - one.taken_on >= timedelta(days=27) for one, two in pairwise(moments))


def test_a_share_that_hangs_on_one_model_is_reported_without_it():
    models = [Model("meta/large", 50), Model("meta/small", 10), Model("qwen/one", 40)]
    found = without_largest(models, Dimension.NAMESPACE, ("meta",), Measure.DOWNLOADS)
    assert (found.model, found.portion, found.rest) == ("meta/large", 0.6, 0.2)
    assert sentence_without(found, META, Measure.DOWNLOADS) == (
        "Without meta/large, Meta would have 20.0% of downloads instead of 60.0%.",
    )


def test_a_share_of_many_models_hangs_on_none():
    models = [Model(f"meta/{n}", 10) for n in range(20)] + [Model(f"qwen/{n}", 10) for n in range(20)]
    assert (
        sentence_without(without_largest(models, Dimension.NAMESPACE, ("meta",), Measure.DOWNLOADS), META, Measure.DOWNLOADS)
        == ()
    )


def test_nothing_is_left_without_the_only_model():
    assert without_largest([Model("meta/one", 5)], Dimension.NAMESPACE, ("meta",), Measure.DOWNLOADS) is None
    assert without_largest([Model("meta/one", 0)], Dimension.NAMESPACE, ("meta",), Measure.DOWNLOADS) is None


def test_half_a_model_weighs_half_in_what_it_carries():
    models = [Model("a/b", 80, licenses=("mit", "other")), Model("c/d", 20, licenses=("mit",))]
    found = without_largest(models, Dimension.LICENSE, ("mit",), Measure.DOWNLOADS)
    assert (found.portion, found.rest) == (pytest.approx(0.6), pytest.approx(1.0))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"meta": (50, 30), "qwen": (30, 50)}, ("qwen has passed meta by downloads since January 28, 2026.",)),
        ({"meta": (30, 50), "qwen": (50, 30)}, ("meta has passed qwen by downloads since January 28, 2026.",)),
        (
            {"meta": (30, 30), "qwen": (50, 20), "a": (9, 35)},
            ("a has passed meta, and meta has passed qwen by downloads since January 28, 2026.",),
        ),
        (
            {"meta": (50, 60), "qwen": (30, 50)},
            ("meta's rank by downloads hasn't changed since January 28, 2026.",),
        ),
        (
            {"meta": (50, 50), "qwen": (30, 50)},
            ("meta's rank by downloads hasn't changed since January 28, 2026.",),
        ),
        (
            {"meta": (9, 90), "a": (10, 8), "b": (11, 7), "c": (12, 6), "d": (13, 5), "e": (14, 4)},
            ("meta has passed a, b, c and 2 others by downloads since January 28, 2026.",),
        ),
        ({"meta": (0, 90), "a": (10, 8)}, ()),
        ({"meta": (90, 0), "a": (10, 8)}, ()),
    ],
)
def test_who_passed_whom_is_notified(values, said):
    assert rank_changes(course(**values), Dimension.NAMESPACE, "meta") == said
