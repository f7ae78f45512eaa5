"""Why a share moved: reasons and the split add up to the shift, and each cause is the one that the listings show."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from model_strategies import expected_names, listings
from test_comparison import DIMENSIONS, MEASURES, ranked

from analytics.answer import Cause, Shift
from analytics.domain import Dimension, Measure, Model
from analytics.names import renames
from analytics.statistics import comparison
from analytics.statistics.attribution import OTHERS, explained

if TYPE_CHECKING:
    from collections.abc import Sequence

BY_NAME = {Dimension.CREATOR, Dimension.NAMESPACE, Dimension.KIND, Dimension.COUNTRY}


def why(before: Sequence[Model], after: Sequence[Model], dimension: Dimension, name: str, by: Measure) -> Shift:
    then, now = (ranked(models, by, dimension) for models in (before, after))
    shift = next(shift for shift in comparison.shifts(then, now) if shift.name == name)
    return explained([shift], before, after, dimension)[0]


@settings(max_examples=60)
@given(listings(most=10), listings(most=10), MEASURES, DIMENSIONS)
def test_reasons_and_the_split_add_up_to_the_shift(
    before: list[Model], after: list[Model], by: Measure, dimension: Dimension
) -> None:
    for bare in comparison.shifts(ranked(before, by, dimension), ranked(after, by, dimension)):
        (shift,) = explained([bare], before, after, dimension)
        assert math.fsum(reason.points for reason in shift.reasons) == pytest.approx(shift.points, abs=1e-12)
        assert len({reason.model for reason in shift.reasons}) == len(shift.reasons)
        effects = [abs(reason.points) for reason in shift.reasons]
        assert effects == sorted(effects, reverse=True)
        for reason in shift.reasons:
            if reason.model == OTHERS:  # whose part of the whole list didn't move as that of what's recorded
                assert reason.cause is Cause.TOGETHER
                continue
            assert reason.cause in causes((before, after), dimension, shift.name, reason.model, reason.points)
        split = shift.split
        assert split is not None
        assert split.grew + split.declared + split.entered + split.left == pytest.approx(shift.points, abs=1e-12)
        assert split.mix == split.entered + split.left


@settings(max_examples=40)
@given(listings(least=1, most=10), MEASURES, DIMENSIONS, st.randoms())
def test_a_list_of_the_same_models_has_no_mix(models: list[Model], by: Measure, dimension: Dimension, chance) -> None:
    assume(len({renames.successor(model.id) for model in models}) == len(models))
    after = [replace(model, downloads=chance.randrange(10**9)) for model in models]
    for bare in comparison.shifts(ranked(models, by, dimension), ranked(after, by, dimension)):
        split = explained([bare], models, after, dimension)[0].split
        assert split is not None
        assert (split.entered, split.left, split.declared) == pytest.approx((0.0, 0.0, 0.0), abs=1e-12)


def causes(
    lists: tuple[Sequence[Model], Sequence[Model]], dimension: Dimension, name: str, model: str, points: float
) -> set[Cause]:
    """Say why, from the listings alone; of a model that stands in one list under two ids, more than one thing is true."""
    then, now = ([m for m in models if renames.successor(m.id) == model] for models in lists)
    if not then:
        return {Cause.ENTERED}
    if not now:
        return {Cause.LEFT}
    under = [{_weight(m, dimension, name) for m in side} for side in (then, now)]
    changed = {Cause.RENAMED if dimension in BY_NAME else Cause.DECLARED}
    moved = {Cause.GREW, Cause.OUTLASTED} if points > 0 else {Cause.SHRANK, Cause.DILUTED}
    if abs(points) < 1e-12:
        moved = {Cause.GREW, Cause.SHRANK, Cause.UNCHANGED}
    recorded = [{bool(expected_names(m, dimension)) for m in side} for side in (then, now)]
    if recorded != [{True}, {True}]:
        changed |= {Cause.NEWLY_RECORDED, Cause.NO_LONGER_RECORDED}
        if len(then) == len(now) == 1 and recorded[0] != recorded[1]:
            return {Cause.NEWLY_RECORDED} if True in recorded[1] else {Cause.NO_LONGER_RECORDED}
    if len(then) == len(now) == 1:
        return moved if under[0] == under[1] else changed
    return moved | changed


def _weight(model: Model, dimension: Dimension, name: str) -> float:
    names = expected_names(model, dimension)
    return names.count(name) / len(names) if names else 0.0


def test_every_cause_in_one_shift() -> None:
    def mit(model_id: str, downloads: int) -> Model:
        return Model(model_id, downloads, licenses=("mit",))

    before = [mit("a/grows", 10), mit("a/shrinks", 20), mit("a/leaves", 10), mit("a/relicensed", 10), Model("a/rest", 50)]
    after = [
        mit("a/grows", 20),
        mit("a/shrinks", 10),
        mit("a/enters", 10),
        Model("a/relicensed", 10, licenses=("other",)),
        Model("a/rest", 50),
    ]
    reasons = why(before, after, Dimension.LICENSE, "mit", Measure.DOWNLOADS).reasons
    assert {(reason.model, reason.cause, round(reason.points, 12)) for reason in reasons} == {
        ("a/grows", Cause.GREW, 0.1),
        ("a/shrinks", Cause.SHRANK, -0.1),
        ("a/leaves", Cause.LEFT, -0.1),
        ("a/enters", Cause.ENTERED, 0.1),
        ("a/relicensed", Cause.DECLARED, -0.1),
    }
    assert [reason.model for reason in reasons] == sorted(
        (reason.model for reason in reasons), key=lambda m: (-abs(next(r.points for r in reasons if r.model == m)), m)
    )


MIT, NONE, UNKNOWN = ("mit",), (), None


@pytest.mark.parametrize(
    ("before", "after", "rest", "cause"),
    [
        ((20, MIT), (30, MIT), (80, 80), Cause.GREW),
        ((20, MIT), (10, MIT), (80, 80), Cause.SHRANK),
        ((20, MIT), (22, MIT), (80, 178), Cause.DILUTED),
        ((20, MIT), (20, MIT), (80, 180), Cause.DILUTED),
        ((20, MIT), (20, MIT), (80, 30), Cause.OUTLASTED),
        ((20, MIT), (18, MIT), (80, 22), Cause.OUTLASTED),
        ((20, MIT), (18, MIT), (80, 82), Cause.SHRANK),
        ((20, MIT), (20, ("apache-2.0",)), (80, 80), Cause.DECLARED),
        ((20, MIT), (20, NONE), (80, 80), Cause.DECLARED),
        ((20, NONE), (20, MIT), (80, 80), Cause.DECLARED),
        ((20, MIT), (20, UNKNOWN), (80, 80), Cause.NO_LONGER_RECORDED),
        ((20, MIT), (40, UNKNOWN), (80, 80), Cause.NO_LONGER_RECORDED),
        ((20, UNKNOWN), (20, MIT), (80, 80), Cause.NEWLY_RECORDED),
        ((40, UNKNOWN), (20, MIT), (80, 80), Cause.NEWLY_RECORDED),
        ((20, MIT), None, (80, 80), Cause.LEFT),
        (None, (20, MIT), (80, 80), Cause.ENTERED),
    ],
)
def test_the_cause_of_a_model_is_what_happened_to_it(
    before: tuple[int, tuple[str, ...] | None] | None,
    after: tuple[int, tuple[str, ...] | None] | None,
    rest: tuple[int, int],
    cause: Cause,
) -> None:
    """Of a model with downloads and a license, beside other models with and without the same license."""
    lists = [
        [
            Model("a/rest", others, licenses=("apache-2.0",)),
            Model("a/same", 10, licenses=MIT),
            *([Model("a/x", one[0], licenses=one[1])] if one else []),
        ]
        for one, others in zip((before, after), rest, strict=True)
    ]
    reasons = why(lists[0], lists[1], Dimension.LICENSE, "mit", Measure.DOWNLOADS).reasons
    assert {reason.cause for reason in reasons if reason.model == "a/x"} == {cause}


def test_a_model_that_moved_neither_left_nor_entered() -> None:
    before = [Model("bert-base-uncased", 30), Model("a/b", 70)]
    after = [Model("google-bert/bert-base-uncased", 20), Model("a/b", 80)]
    (reason,) = why(before, after, Dimension.CREATOR, "Google", Measure.DOWNLOADS).reasons
    assert (reason.model, reason.cause) == ("google-bert/bert-base-uncased", Cause.SHRANK)
    assert reason.points == pytest.approx(-0.1)


def test_a_model_is_the_same_by_the_number_that_the_hub_gave_it() -> None:
    before = [Model("old/model", 30, hub_id="1"), Model("a/b", 70, hub_id="2")]
    after = [Model("new/model", 40, hub_id="1"), Model("a/b", 60, hub_id="2")]
    (reason,) = why(before, after, Dimension.NAMESPACE, "new", Measure.DOWNLOADS).reasons
    assert (reason.model, reason.cause) == ("new/model", Cause.RENAMED)
    shift = why(before, after, Dimension.NAMESPACE, "new", Measure.DOWNLOADS)
    assert shift.split is not None
    assert shift.split.declared == pytest.approx(0.4)


def test_a_model_is_no_reason_for_what_is_recorded_of_others() -> None:
    """By number of models, nothing changed; one license fewer is recorded, so the part of each recorded model rose."""
    before = [Model(f"a/{number}", 10, licenses=("mit",)) for number in range(3)]
    before.append(Model("a/x", 10, licenses=("apache-2.0",)))
    after = [*before[:3], replace(before[3], licenses=None)]
    shift = why(before, after, Dimension.LICENSE, "mit", Measure.MODELS)
    assert [(reason.model, reason.cause) for reason in shift.reasons] == [("the other models", Cause.TOGETHER)]
    assert shift.reasons[0].points == pytest.approx(shift.points) == 0.25
