"""From listings to snapshots: counted, joined to the union in whichever order they come, and told apart by their source."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event
from test_sql_history import everything

from analytics.domain import Dimension, Listing, ListName, Model
from analytics.errors import StoreError
from analytics.storage import ingest
from analytics.storage.rollup import roll_up

if TYPE_CHECKING:
    import sqlalchemy as sa

    from analytics.storage.sql_history import SqlHistory

DAY = date(2026, 8, 22)
SHARED = Model("a/shared", 50, 5, ("mit",), "fill-mask", "timm", trending=7.0)
TOP = (Model("a/first", 100), SHARED, Model("a/last", 10))
TRENDING = (Model("b/hot", 70, trending=90.0), SHARED, Model("b/new", 1, trending=3.0))
UNION = ("a/first", "b/hot", "a/shared", "a/last", "b/new")


def listing(
    within: ListName, models: tuple[Model, ...], source: str = "hub", day: date = DAY, *, simulated: bool = False
) -> Listing:
    return Listing(day, within, source, models, simulated)


def top(models: tuple[Model, ...] = TOP, source: str = "hub", *, simulated: bool = False) -> Listing:
    return listing(ListName.TOP, models, source, simulated=simulated)


def trending(models: tuple[Model, ...] = TRENDING, source: str = "hub", *, simulated: bool = False) -> Listing:
    return listing(ListName.TRENDING, models, source, simulated=simulated)


def union(store: SqlHistory) -> tuple[str, ...]:
    """Return the models of the union that questions would read."""
    found = store.snapshots(ListName.BOTH)
    return tuple(model.id for model in store.models(found[-1].id)) if found else ()


@pytest.mark.parametrize(
    "calls",
    [[[top(), trending()]], [[trending(), top()]], [[top()], [trending()]], [[trending()], [top()]]],
    ids=["together", "together reversed", "top first", "trending first"],
)
def test_the_union_is_stored_with_the_second_list_in_either_order(calls: list[list[Listing]], store: SqlHistory) -> None:
    new = [snapshot for call in calls for snapshot in ingest.store(call, store)]
    assert sorted(snapshot.list for snapshot in new) == ["top", "trending"], "the union is not counted as new"
    (both,) = store.snapshots(ListName.BOTH)
    assert union(store) == UNION
    assert (both.taken_on, both.source, both.size, both.simulated) == (DAY, "hub", 5, False)
    assert dict(store.counts([both.id], None))[both.id].downloads == 231
    assert dict(store.counts([both.id], Dimension.LICENSE))[both.id]


def test_one_list_alone_has_no_union(store: SqlHistory) -> None:
    ingest.store([top()], store)
    ingest.store([listing(ListName.LIKED, TOP)], store)
    ingest.store([listing(ListName.TRENDING, TRENDING, day=DAY + timedelta(days=1))], store)
    assert store.snapshots(ListName.BOTH) == ()


def test_a_union_of_two_sources_names_both(store: SqlHistory) -> None:
    ingest.store([top(source="a file")], store)
    ingest.store([trending(source="hub")], store)
    assert [snapshot.source for snapshot in store.snapshots(ListName.BOTH)] == ["a file + hub"]


def test_a_union_of_two_long_file_names_is_stored(store: SqlHistory) -> None:
    ingest.store([top(source="t" * 250)], store)
    ingest.store([trending(source="r" * 250)], store)
    assert union(store) == UNION


def test_a_larger_list_that_comes_later_renews_the_union(store: SqlHistory) -> None:
    ingest.store([top(TOP[:1], source="short"), trending()], store)
    assert union(store) == ("a/first", *("b/hot", "a/shared", "b/new"))
    ingest.store([top(source="long")], store)
    assert union(store) == UNION
    ingest.store([top((Model("c/other", 1),), source="shorter")], store)
    assert union(store) == UNION


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_in_which_sources_come_does_not_change_the_union(order: tuple[int, ...], store: SqlHistory) -> None:
    calls = [top(TOP[:2], source="short"), top(source="long"), trending()]
    for place in order:
        ingest.store([calls[place]], store)
    assert union(store) == UNION


def test_storing_again_changes_nothing(store: SqlHistory, engine: sa.Engine) -> None:
    ingest.store([top(), trending(), listing(ListName.LIKED, TOP)], store)
    before = everything(engine)
    assert ingest.store([top(), trending(), listing(ListName.LIKED, TOP)], store) == []
    assert ingest.store([top()], store) == []
    assert ingest.store([trending((Model("x/y", 1),))], store) == []
    assert everything(engine) == before


def test_what_is_stored_is_counted_once_and_for_all(store: SqlHistory) -> None:
    (stored,) = ingest.store([top()], store)
    for dimension in (None, Dimension.LICENSE, Dimension.NAMESPACE, Dimension.TASK, Dimension.LIBRARY):
        for task in ("", "fill-mask"):
            wanted = [count for count in roll_up(TOP) if (count.dimension, count.task) == (dimension, task)]
            found = [count for _, count in store.counts([stored.id], dimension, task)]
            assert sorted(found, key=repr) == sorted(wanted, key=repr)


def test_a_list_that_cannot_be_stored_takes_the_others_with_it(store: SqlHistory, engine: sa.Engine) -> None:
    with pytest.raises(Exception, match=r"(?i)too large|out of range"):
        ingest.store([top(), trending((*TRENDING, Model("too/many", 2**63)))], store)
    assert not any(everything(engine).values())


def test_simulated_lists_are_marked_in_the_union_too(store: SqlHistory) -> None:
    ingest.store([top(simulated=True, source="simulation"), trending(simulated=True, source="simulation")], store)
    assert [snapshot.simulated for snapshot in store.snapshots(ListName.BOTH)] == [True]


def test_simulated_and_real_lists_have_no_union(store: SqlHistory) -> None:
    ingest.store([top()], store)
    ingest.store([trending(simulated=True, source="simulation")], store)
    assert store.snapshots(ListName.BOTH) == ()


def test_one_call_stores_one_day(store: SqlHistory) -> None:
    with pytest.raises(ValueError, match="one call stores one day"):
        ingest.store([top(), listing(ListName.TRENDING, TRENDING, day=DAY + timedelta(days=1))], store)
    assert store.snapshots(ListName.TOP) == ()
    assert ingest.store([], store) == []


def test_a_day_is_taken_when_both_lists_of_the_source_are(store: SqlHistory) -> None:
    assert not ingest.already_taken(store, DAY, "hub")
    ingest.store([top(), trending(source="elsewhere")], store)
    assert not ingest.already_taken(store, DAY, "hub")
    ingest.store([trending()], store)
    assert ingest.already_taken(store, DAY, "hub")
    assert not ingest.already_taken(store, DAY, "elsewhere")
    assert not ingest.already_taken(store, DAY - timedelta(days=1), "hub")


def days_of(many: int, within: ListName = ListName.TOP) -> list[Listing]:
    return [
        listing(within, (Model(f"a/m{number % 7}", 10 + number, number % 5),), day=DAY + timedelta(days=number))
        for number in range(many)
    ]


def test_days_of_one_row_share_statements_however_many_are_stored(store: SqlHistory, engine: sa.Engine) -> None:
    """A look over all snapshots for each day made the time grow with the square of the days."""
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    took = []
    for start in (0, 400):
        before = len(said)
        ingest.store_days(days_of(800)[start : start + 400], store)
        took.append(len(said) - before)
    assert len(store.snapshots(ListName.TOP)) == 800
    assert took[1] <= took[0] < 100


@pytest.mark.parametrize("bound", ["DAYS_AT_ONCE", "MODELS_AT_ONCE"])
def test_many_days_are_stored_as_each_would_be(
    bound: str, store: SqlHistory, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, bound, 3)
    told: list[int] = []
    assert len(ingest.store_days(days_of(10), store, progress=told.append)) == 10
    assert told == sorted(told)
    assert told[-1] == 10
    ingest.store_days(days_of(10, ListName.TRENDING), store)
    assert [len(store.snapshots(name)) for name in (ListName.TOP, ListName.TRENDING, ListName.BOTH)] == [10, 10, 10]
    before = everything(engine)
    assert ingest.store_days(days_of(10), store) == []
    assert ingest.store_days(days_of(10, ListName.TRENDING), store) == []
    assert everything(engine) == before


def test_a_batch_that_breaks_leaves_whole_days_and_goes_on_from_there(
    store: SqlHistory, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "DAYS_AT_ONCE", 4)
    good = days_of(10)
    broken = [*good[:6], listing(ListName.TOP, (Model("too/many", 2**63),), day=DAY + timedelta(days=6)), *good[7:]]
    with pytest.raises((StoreError, OverflowError)):
        ingest.store_days(broken, store)
    assert len(store.snapshots(ListName.TOP)) == 4
    assert len({row[0] for row in everything(engine)["listing"]}) == 4
    assert len(ingest.store_days(good, store)) == 6
