"""Shares, shifts and their reasons, correlation: held to the arithmetic that their docstrings promise."""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction
from statistics import mean
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from model_strategies import COUNTS, expected_names, listings

from analytics.answer import Ranking, Share
from analytics.domain import NONE_DECLARED, Count, Dimension, Measure, Model
from analytics.names import grouping
from analytics.statistics import comparison
from analytics.statistics.correlation import correlate
from analytics.storage.rollup import roll_up

if TYPE_CHECKING:
    from collections.abc import Sequence

DIMENSIONS = st.sampled_from(Dimension)
MEASURES = st.sampled_from(Measure)


def ranked(models: Sequence[Model], by: Measure, dimension: Dimension) -> Ranking:
    """Rank as a question does: from the rollups."""
    counts = roll_up(models)
    own = [c for c in counts if c.dimension is grouping.stored(dimension) and not c.task]
    whole = next((c for c in counts if c.dimension is None and not c.task), Count(None, "", "", 0, 0, None))
    return comparison.ranking(own, whole, by, dimension)


def exact_shares(models: Sequence[Model], by: Measure, dimension: Dimension) -> dict[str, Fraction]:
    """Add up every name's value in fractions."""
    found: dict[str, Fraction] = defaultdict(Fraction)
    for model in models:
        names = expected_names(model, dimension)
        worth = {Measure.MODELS: 1, Measure.DOWNLOADS: model.downloads, Measure.LIKES: model.likes or 0}[by]
        for name in names:
            found[name] += Fraction(worth, len(names))
    return dict(found)


@settings(max_examples=50)
@given(listings(least=1), MEASURES, DIMENSIONS)
def test_portions_are_the_exact_ones_and_sum_to_one(models: list[Model], by: Measure, dimension: Dimension) -> None:
    ranking = ranked(models, by, dimension)
    exact = exact_shares(models, by, dimension)
    recorded = sum(exact.values(), Fraction(0))
    assert {share.name for share in ranking.shares} == exact.keys()
    assert ranking.recorded == pytest.approx(float(recorded), rel=1e-12)
    assert ranking.recorded <= ranking.total * (1 + 1e-12)
    for share in ranking.shares:
        assert share.value == pytest.approx(float(exact[share.name]), rel=1e-12)
        assert share.portion == pytest.approx(float(exact[share.name] / recorded) if recorded else 0.0, rel=1e-12)
    assert sum(share.portion for share in ranking.shares) == pytest.approx(1.0 if recorded else 0.0, abs=1e-12)
    assert (ranking.by, ranking.of) == (by, dimension.value)


@settings(max_examples=50)
@given(listings(least=1, most_licenses=2), MEASURES, DIMENSIONS)
def test_ranks_share_the_better_place_in_alphabetical_order(models: list[Model], by: Measure, dimension: Dimension) -> None:
    ranking = ranked(models, by, dimension)
    exact = exact_shares(models, by, dimension)
    competitors = exact.keys() - grouping.UNRANKED
    ordered = sorted(competitors, key=lambda name: (-exact[name], name))
    assert [share.name for share in ranking.shares] == [*ordered, *sorted(exact.keys() & grouping.UNRANKED)]
    for share in ranking.ranked:
        assert share.rank == 1 + sum(exact[name] > exact[share.name] for name in competitors)
    assert {share.name for share in ranking.unranked} == exact.keys() & grouping.UNRANKED


@settings(max_examples=50)
@given(listings(least=1), MEASURES)
def test_families_are_their_namespaces_added_up(models: list[Model], by: Measure) -> None:
    by_namespace = {share.name: share.value for share in ranked(models, by, Dimension.NAMESPACE).shares}
    ranking = ranked(models, by, Dimension.CREATOR)
    seen = [member for share in ranking.shares for member, _ in share.members]
    assert sorted(seen) == sorted(by_namespace), "every namespace stands in one family"
    for share in ranking.shares:
        assert sum(value for _, value in share.members) == pytest.approx(share.value, rel=1e-12)
        assert [value for _, value in share.members] == sorted((value for _, value in share.members), reverse=True)
        for member, value in share.members:
            assert value == by_namespace[member]
            assert grouping.creator(member) == share.name


def test_meta_and_models_of_the_first_years_fold_to_their_makers() -> None:
    models = [Model("facebook/a", 1), Model("meta-llama/b", 2), Model("roberta-base", 4), Model("bert-base-uncased", 8)]
    shares = {share.name: share for share in ranked(models, Measure.DOWNLOADS, Dimension.CREATOR).shares}
    assert shares == {
        "Google": Share("Google", 8, 8 / 15, 1, (("bert-base-uncased", 8),)),
        "Meta": Share("Meta", 7, 7 / 15, 2, (("roberta-base", 4), ("meta-llama", 2), ("facebook", 1))),
    }


def test_what_is_added_up_has_members() -> None:
    members = {"creator": "facebook", "kind": "Meta", "country": "Meta", "family": "mit"}
    for dimension in Dimension:
        model = Model("facebook/a", 1, 1, ("mit",), "t", "l", gated="auto", tags=("region:us",))
        (share,) = ranked([model], Measure.MODELS, dimension).shares
        assert share.members == (((members[dimension.value], 1.0),) if dimension.value in members else ())


def test_a_list_of_which_nothing_is_recorded_has_no_shares() -> None:
    ranking = ranked([Model("a/b", 5, licenses=None)], Measure.DOWNLOADS, Dimension.LICENSE)
    assert ranking == Ranking(Measure.DOWNLOADS, "license", 5, 0, ())


def test_nothing_downloaded_is_a_share_of_nothing() -> None:
    ranking = ranked([Model("a/b", 0, licenses=("mit",)), Model("a/c", 0)], Measure.DOWNLOADS, Dimension.LICENSE)
    assert [(share.name, share.portion, share.rank) for share in ranking.shares] == [("mit", 0, 1), (NONE_DECLARED, 0, None)]


@settings(max_examples=50)
@given(listings(least=1), st.sampled_from([Measure.DOWNLOADS, Measure.LIKES]))
def test_single_models_are_ranked_by_their_own_numbers(models: list[Model], by: Measure) -> None:
    worth = {model.id: float(model.downloads if by is Measure.DOWNLOADS else model.likes or 0) for model in models}
    total = sum(worth.values())
    ranking = comparison.model_ranking([(model, 1.0) for model in models], by, total)
    assert [share.name for share in ranking.shares] == sorted(worth, key=lambda name: (-worth[name], name))
    for share in ranking.shares:
        assert share.value == worth[share.name]
        assert share.portion == (worth[share.name] / total if total else 0.0)
        assert share.rank == 1 + sum(value > share.value for value in worth.values())
    assert (ranking.of, ranking.total, ranking.recorded) == ("model", total, pytest.approx(total))


def test_a_model_of_two_licenses_is_half_of_one() -> None:
    half = Model("a/b", 10, licenses=("mit", "other"))
    under = grouping.members_of([half, Model("c/d", 3, licenses=("other",)), Model("e/f", 1)], Dimension.LICENSE, "mit")
    assert under == [(half, 0.5)]
    ranking = comparison.model_ranking(under, Measure.DOWNLOADS, 14)
    assert [(share.name, share.value, share.portion) for share in ranking.shares] == [("a/b", 5, 5 / 14)]


@settings(max_examples=50)
@given(listings(), DIMENSIONS)
def test_the_models_of_all_names_weigh_one_each(models: list[Model], dimension: Dimension) -> None:
    for model in models:
        weights = grouping.weights_of(model, dimension)
        assert not weights or sum(weights.values()) == pytest.approx(1)
        for name, weight in weights.items():
            assert (model, weight) in grouping.members_of(models, dimension, name)


@settings(max_examples=50)
@given(listings(), listings(), MEASURES, DIMENSIONS)
def test_shifts_are_complete_and_the_largest_is_first(
    before: list[Model], after: list[Model], by: Measure, dimension: Dimension
) -> None:
    then, now = (ranked(models, by, dimension) for models in (before, after))
    shifts = comparison.shifts(then, now)
    assert len({shift.name for shift in shifts}) == len(shifts)
    assert {shift.name for shift in shifts} == {share.name for side in (then, now) for share in side.shares}
    changes = [abs(shift.points) for shift in shifts if shift.name not in grouping.UNRANKED]
    assert changes == sorted(changes, reverse=True)
    assert [shift.name in grouping.UNRANKED for shift in shifts] == [not shift.is_ranked for shift in shifts]
    assert all(shift.is_ranked for shift in shifts[: len(changes)]), "what isn't declared or known comes last"
    for shift in shifts:
        was, is_now = comparison.find(then, shift.name), comparison.find(now, shift.name)
        assert (shift.before, shift.rank_before) == ((was.portion, was.rank) if was else (0.0, None))
        assert (shift.after, shift.rank_after) == ((is_now.portion, is_now.rank) if is_now else (0.0, None))
        assert shift.points == shift.after - shift.before
        assert shift.by is by
        assert shift.reasons == ()
    swapped = {shift.name: shift for shift in comparison.shifts(now, then)}
    assert all(swapped[shift.name].points == -shift.points for shift in shifts)


# Correlation, by the formulas of a textbook.


def pearson(xs: Sequence[float], ys: Sequence[float]) -> float:
    mx, my = mean(xs), mean(ys)
    over = math.fsum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True))
    return over / math.sqrt(math.fsum((x - mx) ** 2 for x in xs) * math.fsum((y - my) ** 2 for y in ys))


def ranks(values: Sequence[float]) -> list[float]:
    """Rank from 1, equal values at their mean rank."""
    return [sum(other < value for other in values) + (1 + sum(other == value for other in values)) / 2 for value in values]


PAIRS = st.lists(st.tuples(st.none() | st.integers(0, 30) | st.integers(0, 20_000), COUNTS), min_size=3, max_size=30)


@settings(max_examples=200)
@given(PAIRS)
def test_correlation_is_that_of_the_textbook(pairs: list[tuple[int | None, int]]) -> None:
    models = [Model(f"a/{place}", downloads, likes) for place, (likes, downloads) in enumerate(pairs)]
    known = [(float(likes), float(downloads)) for likes, downloads in pairs if likes is not None]
    positive = [(math.log10(x), math.log10(y)) for x, y in known if x and y]
    xs, ys = [x for x, _ in positive], [y for _, y in positive]
    if len(positive) < 3 or len(set(xs)) < 2 or len(set(ys)) < 2:
        with pytest.raises(ValueError, match="too few different models for a correlation"):
            correlate(models)
        return
    # Of numbers that differ in their last digits only, what is left of a difference is noise.
    assume(max(xs) - min(xs) > 1e-3)
    assume(max(ys) - min(ys) > 1e-3)
    statistics, fit = correlate(models)
    likes, downloads = [x for x, _ in known], [y for _, y in known]
    slope = pearson(xs, ys) * math.sqrt(math.fsum((y - mean(ys)) ** 2 for y in ys) / math.fsum((x - mean(xs)) ** 2 for x in xs))
    close = {"rel": 1e-6, "abs": 1e-9}
    assert statistics["r2"] == fit.r2 == pytest.approx(pearson(likes, downloads) ** 2, **close)
    assert statistics["spearman"] == pytest.approx(pearson(ranks(likes), ranks(downloads)), **close)
    assert statistics["r2_loglog"] == fit.r2_log == pytest.approx(pearson(xs, ys) ** 2, **close)
    assert fit.slope == pytest.approx(slope, **close)
    assert fit.intercept == pytest.approx(mean(ys) - slope * mean(xs), **close)
    assert statistics["n"] == fit.n == len(known)
    assert set(statistics) == {"r2", "spearman", "r2_loglog", "n"}


def test_a_perfect_line_is_known_as_one() -> None:
    statistics, fit = correlate([Model("a/b", 10 * n, n) for n in (1, 2, 3, 4)])
    assert statistics == {"r2": pytest.approx(1), "spearman": pytest.approx(1), "r2_loglog": pytest.approx(1), "n": 4}
    assert (fit.slope, fit.intercept) == (pytest.approx(1), pytest.approx(1))


def test_more_likes_and_fewer_downloads_go_against_each_other() -> None:
    statistics, fit = correlate([Model("a/b", 100 // n, n) for n in (1, 2, 5, 10)])
    assert statistics["spearman"] == pytest.approx(-1)
    assert fit.slope == pytest.approx(-1)


@pytest.mark.parametrize(
    "models",
    [
        [],
        [Model("a/b", 1, 1), Model("a/c", 2, 2)],
        [Model("a/b", n, None) for n in range(1, 9)],
        [Model("a/b", n, 7) for n in range(1, 9)],
        [Model("a/b", 7, n) for n in range(1, 9)],
        [Model("a/b", n, 0) for n in range(1, 9)],
        [Model("a/b", 0, n) for n in range(1, 9)],
    ],
    ids=["none", "two", "unrecorded", "same likes", "same downloads", "no likes", "no downloads"],
)
def test_too_few_or_too_like_models_do_not_correlate(models: list[Model]) -> None:
    with pytest.raises(ValueError, match="too few different models"):
        correlate(models)
