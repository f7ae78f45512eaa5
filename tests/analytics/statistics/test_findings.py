"""Histories, and for each the finding that an editor would choose for the headline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.answer import Basis, Moment
from analytics.domain import Count, Dimension, Measure
from analytics.statistics import comparison
from analytics.statistics.findings import FailedChecks, Kind, findings, turns


def moments(shares):
    """Rank names at each month by values such as ``{"mit": (10, 12)}``."""
    series = []
    for place in range(len(next(iter(shares.values())))):
        counts = [Count(Dimension.LICENSE, name, "", 1, own[place], None) for name, own in shares.items() if own[place]]
        whole = Count(None, "", "", len(counts), sum(count.downloads for count in counts), None)
        ranking = comparison.ranking(counts, whole, Measure.DOWNLOADS, Dimension.LICENSE)
        series.append(Moment(date(2026, 1 + place, 28), ranking))
    return series


def best(shares, failed=None, bounds=None):
    """Return the kind and the name of the weightiest finding; ``bounds`` are those of the shifts that are told by them."""
    series = moments(shares)
    rankings = [moment.ranking for moment in series]
    shifts = []
    for shift in comparison.shifts(rankings[0], rankings[-1]):
        low, high = (bounds or {}).get(shift.name, (None, None))
        shifts.append(shift if low is None else replace(shift, basis=Basis.BOUNDS, low=low, high=high))
    found = findings(shifts, rankings, failed, [(turn, False) for turn in turns(series)])
    return (found[0].kind, found[0].shift.name) if found else None


HISTORIES = {
    "the license leader changes": ({"apache": (50, 40), "mit": (40, 50), "other": (10, 10)}, (Kind.LEAD, "mit")),
    "a big shift, and a tiny crossing at rank 5": (
        {"apache": (400, 463), "mit": (300, 280), "other": (150, 120), "gemma": (108, 98), "cc": (22, 19), "llama": (20, 20)},
        (Kind.SHIFT, "apache"),
    ),
    "the llama and cc of the issue, and nothing else": (
        {"apache": (600, 600), "mit": (300, 300), "other": (50, 50), "gemma": (28, 28), "cc": (12, 10), "llama": (10, 12)},
        (Kind.CROSSING, "llama"),
    ),
    "first place changes, and a larger shift below": (
        {"meta": (30, 28), "qwen": (27, 29), "google": (15, 20), "others": (28, 23)},
        (Kind.LEAD, "qwen"),
    ),
    "first place changes by a hair, and a huge shift below": (
        {"meta": (301, 298), "qwen": (299, 302), "google": (100, 250), "others": (300, 150)},
        (Kind.CROSSING, "google"),
    ),
    "second place changes, and a larger shift of one name": (
        {"apache": (500, 520), "mit": (200, 195), "gemma": (195, 200), "other": (105, 85)},
        (Kind.SHIFT, "apache"),
    ),
    "second place changes with the two largest shifts": (
        {"meta": (60, 60), "qwen": (25, 19), "google": (15, 21)},
        (Kind.CROSSING, "google"),
    ),
    "a spike of one model, and a smaller broad shift": (
        {"apache": (500, 540), "kimi": (10, 70), "mit": (290, 260), "other": (200, 130)},
        (Kind.SHIFT, "apache"),
        FailedChecks(one_model={"kimi", "other"}),
    ),
    "a spike of one model, and hardly anything else": (
        {"apache": (500, 495), "kimi": (10, 70), "mit": (290, 270), "other": (200, 165)},
        (Kind.SHIFT, "kimi"),
        FailedChecks(one_model={"kimi", "other"}),
    ),
    "a rise by downloads that is a fall by models, and a smaller one by both": (
        {"apache": (50, 56), "mit": (30, 34), "other": (20, 10)},
        (Kind.SHIFT, "mit"),
        FailedChecks(one_model={"other"}, other_measure={"apache", "other"}),
    ),
    "a new leader by one model, and a shift four times as large": (
        {"a": (300, 290), "b": (290, 300), "c": (100, 180), "d": (310, 230)},
        (Kind.SHIFT, "c"),
        FailedChecks(one_model={"d", "b", "a"}, other_measure={"d"}),
    ),
    "a shift told only with bounds, and a certain one that is smaller than it looks": (
        {"apache": (50, 62), "mit": (30, 25), "other": (20, 13)},
        (Kind.SHIFT, "mit"),
        FailedChecks(one_model={"other"}),
        {"apache": (0.01, 0.18)},
    ),
    "a shift whose lower bound is still the largest": (
        {"apache": (50, 62), "mit": (30, 25), "other": (20, 13)},
        (Kind.SHIFT, "apache"),
        FailedChecks(one_model={"other"}),
        {"apache": (0.08, 0.18)},
    ),
    "nothing happened": ({"apache": (60, 60), "mit": (40, 40)}, None),
    "nothing that a reader would see": ({"apache": (60000, 60001), "mit": (40000, 40001)}, None),
    "a tie for first place is no new leader": (
        {"meta": (50, 45), "qwen": (40, 45), "google": (10, 10)},
        (Kind.SHIFT, "meta"),
    ),
    "a tie that ends is no new leader, but a rise": (
        {"meta": (40, 36), "qwen": (40, 46), "google": (20, 18)},
        (Kind.SHIFT, "qwen"),
    ),
    "two equal shifts: in the order of the alphabet": ({"mit": (40, 43), "apache": (60, 57)}, (Kind.SHIFT, "apache")),
    "a crossing that doesn't show after rounding": (
        {"apache": (600000, 610000), "mit": (200010, 195000), "cc": (199990, 195001)},
        (Kind.SHIFT, "apache"),
    ),
    "a name from nowhere leads": ({"meta": (60, 30), "qwen": (40, 30), "kimi": (0, 40)}, (Kind.LEAD, "kimi")),
    "what isn't declared moves most": (
        {"none declared": (10, 30), "apache": (60, 45), "mit": (30, 25)},
        (Kind.SHIFT, "apache"),
    ),
    "one name passes two: it took the place of the first": (
        {"apache": (50, 44), "mit": (20, 17), "cc": (18, 16), "gemma": (12, 23)},
        (Kind.CROSSING, "gemma"),
    ),
    "a share falls and comes back, and another hardly moved": (
        {"meta": (60, 58, 55, 54, 57, 61), "qwen": (40, 42, 45, 46, 43, 39)},
        (Kind.REVERSAL, "meta"),
    ),
    "a share wavers on its way to a large rise": (
        {"meta": (40, 38, 45, 50, 55, 60), "qwen": (60, 62, 55, 50, 45, 40)},
        (Kind.LEAD, "meta"),
    ),
}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES.keys())
def test_the_finding_that_an_editor_would_choose(history):
    shares, chosen, *options = history
    assert best(shares, *options) == chosen


def test_a_crossing_names_who_had_the_place():
    rankings = [m.ranking for m in moments(HISTORIES["one name passes two: it took the place of the first"][0])]
    crossing = findings(comparison.shifts(*rankings), rankings)[0]
    assert (crossing.other.name, crossing.place) == ("mit", 2)


def test_ranks_that_the_unknown_could_change_make_no_crossing():
    rankings = [m.ranking for m in moments({"apache": (50, 40), "mit": (40, 50)})]
    shifts = [replace(shift, low=shift.points, high=shift.points) for shift in comparison.shifts(*rankings)]
    assert {finding.kind for finding in findings(shifts, rankings)} == {Kind.SHIFT}


def test_an_open_direction_is_a_failed_check():
    rankings = [m.ranking for m in moments({"apache": (50, 40), "mit": (50, 60)})]
    one, two = comparison.shifts(*rankings)
    shifts = [replace(one, basis=Basis.BOTH, low=-0.2, high=0.1), replace(two, basis=Basis.BOTH, low=0.1, high=0.3)]
    assert [(f.shift.name, f.failed) for f in findings(shifts, rankings) if f.kind is Kind.SHIFT] == [("mit", 0), ("apache", 1)]
