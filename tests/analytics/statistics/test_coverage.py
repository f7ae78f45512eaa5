"""How a shift may be told: as it is, with bounds, among the models recorded at both dates, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from model_strategies import listings
from test_comparison import DIMENSIONS, MEASURES

from analytics.answer import Basis
from analytics.domain import Dimension, Measure, Model
from analytics.formatting.phrases import LEAST_CHANGE
from analytics.statistics import coverage

if TYPE_CHECKING:
    from analytics.statistics.coverage import Comparison


def model(name: str, downloads: int, license_: str | None) -> Model:
    return Model(f"a/{name}", downloads, licenses=license_ and (license_,))  # type: ignore[arg-type]


def compare(before: list[Model], after: list[Model]) -> Comparison:
    return coverage.compare(before, after, Dimension.LICENSE, Measure.DOWNLOADS)


def test_what_is_recorded_in_full_is_told_as_it_is() -> None:
    found = compare([model("x", 60, "mit"), model("y", 40, "gpl")], [model("x", 70, "mit"), model("y", 30, "gpl")])
    assert {(s.name, round(s.points, 9), s.basis, s.low) for s in found.shifts} == {
        ("mit", 0.1, Basis.ALL, None),
        ("gpl", -0.1, Basis.ALL, None),
    }


def test_a_source_that_stops_recording_a_model_turns_no_shift_around() -> None:
    before = [model("x", 50, "mit"), model("y", 30, "apache"), model("z", 20, "apache")]
    after = [model("x", 50, "mit"), model("y", 30, "apache"), model("z", 20, None)]
    found = compare(before, after)
    assert (found.coverage.before, found.coverage.now) == (1.0, 0.8)
    assert not found.refused
    assert found.left_out == 1
    assert {(s.name, s.points, s.basis) for s in found.shifts} == {("mit", 0.0, Basis.BOTH), ("apache", 0.0, Basis.BOTH)}


def test_a_direction_that_nothing_unrecorded_can_change_is_told_with_bounds() -> None:
    before = [model("x", 20, "mit"), model("y", 80, "apache")]
    after = [model("x", 70, "mit"), model("y", 20, "apache"), model("new", 10, None)]
    found = compare(before, after)
    assert {(s.name, round(s.low or 0, 9), round(s.high or 0, 9), s.basis) for s in found.shifts} == {
        ("mit", 0.5, 0.6, Basis.BOUNDS),
        ("apache", -0.6, -0.5, Basis.BOUNDS),
    }


def test_what_may_be_a_rise_or_a_fall_is_refused() -> None:
    found = compare([model("x", 50, "mit"), model("y", 50, "apache")], [model("x", 40, "mit"), model("new", 60, None)])
    assert found.refused == ("apache", "mit") or set(found.refused) == {"apache", "mit"}
    assert not found.shifts


def test_that_nothing_changed_is_not_told_of_what_is_not_recorded() -> None:
    found = compare([model("x", 50, "mit"), model("y", 50, None)], [model("x", 50, "mit"), model("y", 50, None)])
    assert found.refused == ("mit",)


@settings(max_examples=200)
@given(listings(most=8), listings(most=8), MEASURES, DIMENSIONS)
def test_any_two_listings_have_a_comparison_and_no_bare_shift_may_have_another_sign(
    before: list[Model], after: list[Model], by: Measure, dimension: Dimension
) -> None:
    found = coverage.compare(before, after, dimension, by)
    over_time = coverage.compare_over_time([before, after, after], dimension, by)
    assert len(over_time.rankings) == 3
    for shift in found.shifts:
        assert shift.name not in found.refused
        if shift.low is None or shift.high is None:
            continue
        assert shift.low <= shift.high
        if shift.basis is not Basis.BOTH:
            assert shift.low - 1e-9 <= shift.points <= shift.high + 1e-9
        if shift.basis is Basis.BOUNDS or (shift.basis is Basis.ALL and abs(shift.points) >= LEAST_CHANGE):
            assert shift.low * shift.high > 0
        if shift.basis is Basis.BOTH:
            assert shift.points >= 0 or shift.low <= 0
            assert shift.points <= 0 or shift.high >= 0


@pytest.mark.parametrize(("before", "after"), [([], []), ([model("x", 0, None)], []), ([], [model("x", 5, "mit")])])
def test_empty_listings_have_a_comparison(before: list[Model], after: list[Model]) -> None:
    found = compare(before, after)
    assert len(found.rankings) == 2


def test_models_that_may_belong_to_the_listing_count_as_not_recorded() -> None:
    before = [model("x", 50, "mit"), model("y", 50, "apache"), model("z", 10, "apache")]
    after = before[:2]  # the task of z, which is still listed, isn't known
    assert {s.name: s.points > 0 for s in compare(before, after).shifts} == {"mit": True, "apache": False}
    found = coverage.compare(before, after, Dimension.LICENSE, Measure.DOWNLOADS, perhaps=((), (model("z", 12, "apache"),)))
    assert found.left_out == 1
    assert {(s.name, s.points, s.basis) for s in found.shifts} == {("mit", 0.0, Basis.BOTH), ("apache", 0.0, Basis.BOTH)}
    of_all = {"mit": 50 / 112 - 50 / 110, "apache": 62 / 112 - 60 / 110}
    assert all((s.low or 0) <= of_all[s.name] <= (s.high or 0) for s in found.shifts)


@pytest.mark.parametrize(
    ("first", "middle", "last", "course"),
    [
        ((20, 15, 65), "x", (16, 17, 67), False),
        ((16, 17, 67), "x", (20, 15, 65), False),
        ((20, 15, 65), "x", (16, 13, 71), True),
        ((20, 15, 65), "y", (16, 17, 67), True),
        ((20, 15, 65), "", (16, 17, 67), True),
    ],
)
def test_a_course_of_some_models_is_not_told_against_a_shift_that_is_certain(
    first: tuple[int, ...], middle: str, last: tuple[int, ...], *, course: bool
) -> None:
    """The license of ``middle`` isn't recorded between two dates that record all; without ``x``, MIT goes the other way."""
    before, after = ([model("x", x, "mit"), model("y", y, "mit"), model("z", z, "apache-2.0")] for x, y, z in (first, last))
    between = [
        model(m.id.partition("/")[2] or m.id, m.downloads, None if m.id.endswith(middle or "-") else "mit") for m in before
    ]
    told = coverage.compare_over_time([before, between, after], Dimension.LICENSE, Measure.DOWNLOADS)
    assert told.has_course is course
    mit = next(shift for shift in told.shifts if shift.name == "mit")
    true = sum(last[:2]) - sum(first[:2])
    assert mit.points * true > 0
    shares = [next(share.portion for share in side.shares if share.name == "mit") for side in told.rankings]
    assert (shares[-1] - shares[0]) * true > 0, "the line goes the way that the sentence tells"
