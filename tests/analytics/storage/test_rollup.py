"""Counting once: every rollup against a count made the long way."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_strategies import expected_names, listings

from analytics.domain import NONE_DECLARED, Count, Dimension, Model
from analytics.storage.rollup import roll_up

if TYPE_CHECKING:
    from collections.abc import Sequence

STORED = (
    Dimension.LICENSE,
    Dimension.NAMESPACE,
    Dimension.TASK,
    Dimension.LIBRARY,
    Dimension.ACCESS,
    Dimension.DERIVATION,
)


def find(counts: Sequence[Count], dimension: Dimension | None, name: str = "", task: str = "") -> Count | None:
    found = [c for c in counts if (c.dimension, c.name, c.task) == (dimension, name, task)]
    assert len(found) <= 1
    return found[0] if found else None


def names(model: Model, dimension: Dimension | None) -> Sequence[str]:
    return [""] if dimension is None else expected_names(model, dimension)


@given(listings())
def test_every_rollup_is_the_exact_sum_over_its_models(models: list[Model]) -> None:
    exact: dict[tuple[Dimension | None, str, str], list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 3)
    liked = set()
    for model in models:
        for dimension in (None, *STORED):
            under = names(model, dimension)
            tasks = [""] if dimension is Dimension.TASK else ["", *names(model, Dimension.TASK)]
            for key in [(dimension, name, task) for name in under for task in tasks]:
                weight = Fraction(1, len(under))
                cell = exact[key]
                exact[key] = [cell[0] + weight, cell[1] + weight * model.downloads, cell[2] + weight * (model.likes or 0)]
                if model.likes is not None:
                    liked.add(key)
    counts = {(c.dimension, c.name, c.task): c for c in roll_up(models)}
    assert counts.keys() == exact.keys()
    for key, (number, downloads, likes) in exact.items():
        count = counts[key]
        assert count.models == pytest.approx(float(number), rel=1e-12)
        assert count.downloads == pytest.approx(float(downloads), rel=1e-12)
        assert (count.likes is None) == (key not in liked)
        if count.likes is not None:
            assert count.likes == pytest.approx(float(likes), rel=1e-12)


@given(listings())
def test_what_is_recorded_adds_up_to_the_list_less_what_is_not(models: list[Model]) -> None:
    counts = roll_up(models)
    for dimension in STORED:
        recorded = [model for model in models if names(model, dimension)]
        own = [c for c in counts if c.dimension is dimension and not c.task]
        assert sum(c.models for c in own) == pytest.approx(len(recorded))
        assert sum(c.downloads for c in own) == pytest.approx(sum(model.downloads for model in recorded))


@given(listings(), st.randoms())
def test_the_order_of_a_listing_does_not_count(models: list[Model], chance: object) -> None:
    shuffled = sorted(models, key=lambda _: chance.random())  # type: ignore[attr-defined]
    one, other = ({(c.dimension, c.name, c.task): c for c in roll_up(some)} for some in (models, shuffled))
    assert one.keys() == other.keys()
    for key, count in one.items():
        assert count.models == pytest.approx(other[key].models)
        assert count.downloads == pytest.approx(other[key].downloads)


def test_a_listing_is_read_once_and_in_passing() -> None:
    passing = iter([Model("a/b", 1), Model("a/c", 2)])
    assert find(roll_up(passing), None) == Count(None, "", "", 2, 3, None)
    assert next(passing, None) is None
    assert roll_up(chain()) == []


def test_two_licenses_have_half_a_model_and_half_its_downloads_each() -> None:
    counts = roll_up([Model("a/b", 100, 10, ("mit", "apache-2.0"), "fill-mask"), Model("a/c", 7, 1, ("mit",), "")])
    assert find(counts, Dimension.LICENSE, "mit") == Count(Dimension.LICENSE, "mit", "", 1.5, 57, 6)
    assert find(counts, Dimension.LICENSE, "apache-2.0") == Count(Dimension.LICENSE, "apache-2.0", "", 0.5, 50, 5)
    assert find(counts, Dimension.LICENSE, "mit", "fill-mask") == Count(Dimension.LICENSE, "mit", "fill-mask", 0.5, 50, 5)
    assert find(counts, Dimension.LICENSE, "mit", NONE_DECLARED) == Count(Dimension.LICENSE, "mit", NONE_DECLARED, 1, 7, 1)


def test_none_declared_is_a_name_and_not_recorded_is_none() -> None:
    declared = roll_up([Model("a/b", 5, licenses=(), task="", library="")])
    silent = roll_up([Model("a/b", 5, licenses=None, task=None, library=None)])
    for dimension in (Dimension.LICENSE, Dimension.TASK, Dimension.LIBRARY):
        assert find(declared, dimension, NONE_DECLARED) == Count(dimension, NONE_DECLARED, "", 1, 5, None)
        assert not [c for c in silent if c.dimension is dimension]
    assert find(silent, None) == Count(None, "", "", 1, 5, None)
    assert find(silent, Dimension.NAMESPACE, "a") == Count(Dimension.NAMESPACE, "a", "", 1, 5, None)
    assert find(declared, None, task=NONE_DECLARED) == Count(None, "", NONE_DECLARED, 1, 5, None)


def test_likes_are_none_only_where_no_model_has_any_recorded() -> None:
    counts = roll_up([Model("a/b", 1, None, ("mit",)), Model("c/d", 1, 0, ("mit",)), Model("e/f", 1, None, ("other",))])
    assert find(counts, Dimension.LICENSE, "mit") == Count(Dimension.LICENSE, "mit", "", 2, 2, 0)
    assert find(counts, Dimension.LICENSE, "other") == Count(Dimension.LICENSE, "other", "", 1, 1, None)


def test_creators_are_left_to_the_question() -> None:
    counts = roll_up([Model("facebook/x", 1), Model("meta-llama/y", 1), Model("bert-base-uncased", 1)])
    assert not [c for c in counts if c.dimension is Dimension.CREATOR]
    assert {c.name for c in counts if c.dimension is Dimension.NAMESPACE} == {"facebook", "meta-llama", "bert-base-uncased"}
