"""The simulated history: deterministic, marked as simulated, and with the proportions of the real lists."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.domain import Listing, ListName, Model
from analytics.names.creators import FAMILIES, family
from analytics.names.licenses import LICENSES
from analytics.names.tasks import TASKS
from analytics.sources.simulation import listings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

UNTIL = date(2026, 8, 22)


@pytest.fixture(scope="module")
def history() -> list[Listing]:
    return list(listings(UNTIL))


@pytest.fixture(scope="module")
def top(history: list[Listing]) -> list[Listing]:
    return [listing for listing in history if listing.list is ListName.TOP]


@pytest.fixture(scope="module")
def trending(history: list[Listing]) -> list[Listing]:
    return [listing for listing in history if listing.list is ListName.TRENDING]


def models(_: Model) -> float:
    return 1


def downloads(model: Model) -> float:
    return model.downloads


def licenses(model: Model) -> Sequence[str]:
    return model.licenses or ("none",)


def creator(model: Model) -> Sequence[str]:
    return (family(model.namespace),)


def task(model: Model) -> Sequence[str]:
    return (model.task or "none",)


def shares(listing: Listing, names: Callable[[Model], Sequence[str]], measure: Callable[[Model], float]) -> dict[str, float]:
    """Return the share of each name, largest first; several names of one model share it equally."""
    sums: dict[str, float] = defaultdict(float)
    for model in listing.models:
        for name in names(model):
            sums[name] += measure(model) / len(names(model))
    total = sum(sums.values())
    return {name: value / total for name, value in sorted(sums.items(), key=lambda item: -item[1])}


def free(listing: Listing, measure: Callable[[Model], float]) -> float:
    found = shares(listing, licenses, measure)
    return found["apache-2.0"] + found["mit"]


def check(history: list[Listing], until: date, months: int) -> None:
    """Check what holds for every listing of every simulated history."""
    days = sorted({listing.taken_on for listing in history})
    daily = [until - timedelta(days=back) for back in reversed(range(30))]
    assert days[-30:] == daily
    assert all((day + timedelta(days=1)).day == 1 for day in days[:-30])
    month_ends = [day for day in days if (day + timedelta(days=1)).day == 1]
    assert months <= len(month_ends) <= months + 2
    assert [(listing.taken_on, listing.list) for listing in history] == [
        (day, name) for day in days for name in (ListName.TOP, ListName.TRENDING)
    ]
    for listing in history:
        assert listing.simulated
        assert listing.source == "simulation"
        assert len(listing.models) == 300
        assert len({model.id for model in listing.models}) == 300
        by = "downloads" if listing.list is ListName.TOP else "trending"
        values = [getattr(model, by) for model in listing.models]
        assert values == sorted(values, reverse=True)
        assert listing.list is ListName.TRENDING or values[-1] > 1e6
        for model in listing.models:
            assert model.downloads >= 0
            assert model.likes is not None
            assert model.likes >= 0
            assert "-sim" in model.id
            assert model.created is not None
            assert date.fromisoformat(model.created[:10]) <= listing.taken_on
            assert [f"license:{tag}" for tag in model.licenses or ()] == [tag for tag in model.tags if tag.startswith("license:")]


def test_the_history_is_sound(history: list[Listing]) -> None:
    check(history, UNTIL, 24)
    assert len(history) == 2 * (24 + 30 - 1)  # one of the month ends is among the last thirty days


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_other_seeds_are_other_histories_and_as_sound(seed: int, top: list[Listing]) -> None:
    other = list(listings(UNTIL, months=3, seed=seed))
    check(other, UNTIL, 3)
    assert [model.id for model in other[-2].models] != [model.id for model in top[-1].models]
    assert 0.65 < free(other[0], models) < 0.82
    assert 0.82 < free(other[0], downloads) < 0.95


@settings(max_examples=10, deadline=None)
@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(0, 2), st.integers(0, 10**6))
def test_any_day_can_be_the_last(until: date, months: int, seed: int) -> None:
    check(list(listings(until, months, seed)), until, months)


def test_the_same_arguments_give_the_same_history() -> None:
    assert list(listings(UNTIL, 2, 5)) == list(listings(UNTIL, 2, 5))


def test_negative_months_are_refused() -> None:
    with pytest.raises(ValueError, match="months is -1"):
        next(listings(UNTIL, -1))


def test_it_is_fast_enough_to_start_a_demo() -> None:
    start = time.process_time()
    assert sum(1 for _ in listings(UNTIL)) == 106
    assert time.process_time() - start < 4  # about 0.7 s on an idle machine


def test_a_model_stays_itself(history: list[Listing]) -> None:
    known: dict[str, tuple[str | None, str | None, str | None]] = {}
    for listing in history:
        for model in listing.models:
            same = (model.hub_id, model.created, model.task)
            assert known.setdefault(model.id, same) == same
    hub_ids = [hub_id for hub_id, _, _ in known.values()]
    assert len(set(hub_ids)) == len(hub_ids)
    assert all(hub_id and len(hub_id) == 24 for hub_id in hub_ids)


def test_a_model_in_both_lists_is_one_model(top: list[Listing], trending: list[Listing]) -> None:
    pairs = [(set(one.models), set(two.models)) for one, two in zip(top, trending, strict=True)]
    assert sum(len(one & two) for one, two in pairs) > 100
    for one, two in pairs:
        assert {model.id for model in one} & {model.id for model in two} == {model.id for model in one & two}


def test_likes_are_a_stock(top: list[Listing]) -> None:
    likes: dict[str, int] = {}
    for listing in top:
        for model in listing.models:
            assert model.likes is not None
            assert model.likes >= likes.get(model.id, 0)
            likes[model.id] = model.likes


def test_names_are_real_where_answers_group_by_them(history: list[Listing]) -> None:
    seen = [model for listing in history for model in listing.models]
    namespaces = {namespace for entry in FAMILIES for namespace in entry.namespaces}
    assert {model.namespace for model in seen} <= namespaces
    assert {tag for model in seen for tag in model.licenses or ()} <= {entry.tag for entry in LICENSES}
    assert {model.task for model in seen} <= {*TASKS, ""}


def test_some_are_gated_derived_or_have_two_licenses(top: list[Listing], trending: list[Listing]) -> None:
    assert {model.gated for model in top[-1].models} == {"false", "auto", "manual"}
    assert any(len(model.licenses or ()) == 2 for model in top[-1].models)
    bases = {
        tag.rpartition(":")[2] for model in trending[-1].models for tag in model.tags if tag.startswith("base_model:quantized:")
    }
    assert bases
    assert bases <= {model.id for model in top[-1].models}


def test_downloads_have_the_magnitudes_of_the_real_list(top: list[Listing]) -> None:
    for listing in top:
        assert 100e6 < listing.models[0].downloads < 260e6
        assert 1.2e6 < listing.models[-1].downloads < 1.8e6


def test_trending_models_are_mostly_small_and_fresh(trending: list[Listing]) -> None:
    for listing in trending:
        assert max(model.downloads for model in listing.models) < 5e6
        assert statistics.median(model.downloads for model in listing.models) < 50_000
        assert listing.models[0].trending > 10 * (listing.models[-1].trending or 1)
        assert list(shares(listing, task, models))[:2] == ["text-generation", "text-to-image"]


def test_licenses_have_the_shares_of_the_article(top: list[Listing], trending: list[Listing]) -> None:
    for listing in top:
        assert 0.69 < free(listing, models) < 0.77
        assert 0.85 < free(listing, downloads) < 0.92
        assert 0.12 < shares(listing, licenses, models)["none"] < 0.25
    first = shares(top[0], licenses, models)
    assert 1.6 < first["apache-2.0"] / first["mit"] < 2.4
    assert statistics.mean(free(listing, models) for listing in trending) == pytest.approx(0.72, abs=0.03)
    assert statistics.mean(free(listing, downloads) for listing in trending) == pytest.approx(0.89, abs=0.04)


def test_the_history_begins_as_the_article_has_it(top: list[Listing]) -> None:
    assert shares(top[0], creator, downloads)["Meta"] == pytest.approx(0.30, abs=0.02)
    leading = list(shares(top[0], task, downloads))
    assert leading[:3] == ["fill-mask", "automatic-speech-recognition", "text-classification"]
    assert leading.index("text-generation") == 4


def test_likes_tell_little_about_downloads(top: list[Listing]) -> None:
    for listing in top:
        r = statistics.correlation([model.likes or 0 for model in listing.models], [model.downloads for model in listing.models])
        assert 0.01 < r * r < 0.1


def test_most_models_are_not_most_downloads(top: list[Listing]) -> None:
    for listing in top[::6]:
        assert list(shares(listing, creator, models))[:2] != list(shares(listing, creator, downloads))[:2]
        assert next(iter(shares(listing, creator, models))) != next(iter(shares(listing, creator, downloads)))


def test_qwen_rises_and_meta_falls(top: list[Listing]) -> None:
    quarters = [*top[:24:3], top[-1]]
    qwen = [shares(listing, creator, downloads)["Alibaba"] for listing in quarters]
    meta = [shares(listing, creator, downloads)["Meta"] for listing in quarters]
    assert qwen == sorted(qwen)
    assert qwen[-1] > 8 * qwen[0]
    assert meta == sorted(meta, reverse=True)
    assert meta[-1] < meta[0] / 2


def test_text_generation_takes_the_lead(top: list[Listing]) -> None:
    assert next(iter(shares(top[-1], task, downloads))) == "text-generation"


def test_models_enter_and_leave_every_month(top: list[Listing]) -> None:
    months = [{model.id for model in listing.models} for listing in top[:24]]
    assert all(5 <= len(after - before) <= 40 for before, after in pairwise(months))


def test_the_last_months_have_a_story_each(top: list[Listing]) -> None:
    by_day = {listing.taken_on: {model.id: model for model in listing.models} for listing in top}
    may, june, july = by_day[date(2026, 5, 31)], by_day[date(2026, 6, 30)], by_day[date(2026, 7, 31)]
    assert may["nomic-ai/nomic-embed-sim"].licenses == ("cc-by-nc-4.0",)
    assert june["nomic-ai/nomic-embed-sim"].licenses == ("apache-2.0",)
    assert "MIT/ast-audioset-sim" in list(june)[:40]
    assert "MIT/ast-audioset-sim" not in july
    assert "openai/gpt-oss-sim" not in july
    assert "openai/gpt-oss-sim" in list(by_day[UNTIL])[:40]
