"""One model that enters or leaves with over a tenth of downloads, and every shift without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analytics.domain import Count, Dimension, Measure, Model
from analytics.names import grouping
from analytics.statistics import comparison
from analytics.statistics.attribution import explained
from analytics.statistics.robustness import trend_without
from analytics.statistics.spikes import beside, is_spike, jump, without
from analytics.storage.rollup import roll_up

if TYPE_CHECKING:
    from analytics.answer import Ranking

STAYED = [Model("a/x", 50, licenses=("mit",)), Model("b/y", 30, licenses=("apache-2.0",)), Model("c/z", 20)]


def ranked(models: list[Model], dimension: Dimension) -> Ranking:
    counts = [c for c in roll_up(models) if c.dimension is grouping.stored(dimension) and not c.task]
    total = sum(model.downloads for model in models)
    return comparison.ranking(counts, Count(None, "", "", len(models), total, None), Measure.DOWNLOADS, dimension)


@pytest.mark.parametrize(("downloads", "is_told"), [(5, False), (11, False), (12, True), (25, True), (100, True), (900, True)])
def test_a_model_is_told_from_over_a_tenth_of_the_list_that_has_it(downloads: int, is_told: bool) -> None:
    other = [*STAYED, Model("d/new", downloads)]
    for before, after in ((STAYED, other), (other, STAYED)):
        found = jump(before, after)
        assert (found is not None) is is_told
        if found:
            assert found.entered is (after is other)
            assert found.portion == downloads / (100 + downloads)


def test_a_model_that_stays_or_is_renamed_does_not_enter() -> None:
    old = [*STAYED, Model("bert-base-uncased", 500)]
    new = [*STAYED, Model("google-bert/bert-base-uncased", 900)]
    assert jump(old, new) is None
    assert jump([], STAYED) is not None
    assert jump([], []) is None


@pytest.mark.parametrize("licenses", [("mit",), ("apache-2.0",), ("gemma",), (), ("mit", "gemma"), None])
@pytest.mark.parametrize("entered", [True, False])
def test_every_shift_without_it_is_that_of_the_lists_without_it(licenses: tuple[str, ...] | None, entered: bool) -> None:
    """The closed form against the lists themselves, however the model is licensed."""
    later = [Model("a/x", 40, licenses=("mit",)), Model("b/y", 60, licenses=("apache-2.0",)), Model("c/z", 10)]
    extra = Model("d/new", 70, licenses=licenses)
    before, after = (STAYED, [*later, extra]) if entered else ([*STAYED, extra], later)
    found = jump(before, after)
    assert found is not None
    for dimension in (Dimension.LICENSE, Dimension.CREATOR):
        then, now = ranked(before, dimension), ranked(after, dimension)
        shifts = without(comparison.shifts(then, now), then, now, found, dimension)
        exact = {s.name: s.points for s in comparison.shifts(ranked(STAYED, dimension), ranked(later, dimension))}
        assert {s.name: s.without for s in shifts} == pytest.approx({s.name: exact.get(s.name, 0.0) for s in shifts})


def test_a_shift_that_is_the_models_alone_is_unchanged_without_it() -> None:
    later = [*STAYED, Model("d/new", 100, licenses=("gemma",))]
    found = jump(STAYED, later)
    assert found
    then, now = ranked(STAYED, Dimension.CREATOR), ranked(later, Dimension.CREATOR)
    told = {s.name: beside(s, found) for s in without(comparison.shifts(then, now), then, now, found, Dimension.CREATOR)}
    assert told == dict.fromkeys(("a", "b", "c", "d"), " (unchanged without that model)")


def test_what_entered_and_is_gone_again_is_a_spike() -> None:
    peak = [*STAYED, Model("d/new", 70)]
    other = [*STAYED, Model("e/other", 70)]
    entered, left = jump(STAYED, peak), jump(peak, STAYED)
    assert is_spike(left, entered)
    assert not is_spike(entered, left)
    assert not is_spike(left, jump(STAYED, other))
    assert not is_spike(left, None)
    assert not is_spike(None, entered)


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (90, "Without a/new, MIT would have fallen 1.7 points instead of rising 20.5 points."),
        (40, "Without a/new, MIT would have fallen 1.7 points instead of rising 11.3 points."),
        (0, None),
    ],
)
def test_a_change_that_one_model_makes_says_what_it_would_be(new: int, sentence: str | None) -> None:
    before = [Model("a/x", 50, licenses=("mit",)), Model("b/y", 50, licenses=("apache-2.0",))]
    after = [Model("a/x", 58, licenses=("mit",)), Model("b/y", 62, licenses=("apache-2.0",))]
    after += [Model("a/new", new, licenses=("mit",))] if new else []
    shifts = comparison.shifts(ranked(before, Dimension.LICENSE), ranked(after, Dimension.LICENSE))
    mit = [shift for shift in explained(shifts, before, after, Dimension.LICENSE) if shift.name == "mit"]
    assert trend_without(mit, before, after, Dimension.LICENSE) == ((sentence,) if sentence else ())
