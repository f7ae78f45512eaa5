"""The store on SQLite and PostgreSQL: gives back what it was given, once, and all of it or nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from databases import BOTH_DATABASES
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.domain import Count, Dimension, Listing, ListName, Model, Snapshot
from analytics.errors import StoreError
from analytics.names import grouping
from analytics.storage import database
from analytics.storage.rollup import roll_up
from analytics.storage.schema import METADATA
from analytics.storage.sql_history import SqlHistory

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = date(2026, 8, 22)
STORED = (None, *grouping.STORED)


def listing(
    *models: Model, day: date = DAY, within: ListName = ListName.TOP, source: str = "hub", simulated: bool = False
) -> Listing:
    return Listing(day, within, source, models or (Model("a/b", 2, 1, ("mit",), "fill-mask", "timm"), Model("c/d", 1)), simulated)


def add(store: SqlHistory, *listings: Listing) -> list[Snapshot]:
    return store.add((one, roll_up(one.models)) for one in listings)


def everything(engine: sa.Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr) for table in METADATA.sorted_tables
        }


@pytest.fixture(scope="module", params=BOTH_DATABASES)
def lasting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlHistory]:
    """A store that many examples share; each takes a day of its own."""
    url = f"sqlite:///{tmp_path_factory.mktemp('lasting') / 'x.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_lasting_url")
    engine = database.engine(url)
    database.upgrade(engine)
    yield SqlHistory(engine)
    METADATA.drop_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE alembic_version"))
    engine.dispose()


DAYS = count()
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\n"), min_size=1, max_size=30)
MODELS = st.builds(
    Model,
    id=WORDS,
    downloads=st.integers(0, 2**63 - 1),
    likes=st.none() | st.integers(0, 2**63 - 1),
    licenses=st.none() | st.lists(WORDS, max_size=3, unique=True).map(tuple),
    task=st.none() | st.just("") | WORDS,
    library=st.none() | st.just("") | WORDS,
    trending=st.none() | st.floats(0, 1e12),
    created=st.none() | WORDS,
    gated=st.sampled_from([None, "false", "auto", "manual", "true"]),
    tags=st.lists(WORDS, max_size=3).map(tuple),
    hub_id=st.none() | WORDS,
)
LISTINGS = st.lists(MODELS, min_size=1, max_size=5, unique_by=lambda model: model.id)


@settings(max_examples=60, deadline=None)
@given(LISTINGS)
@example([Model("a", 0, None, None, None, None, None, None, None, (), None)])
@example([Model("a", 0, 0, (), "", "", 0.0, "", "", (), "")])
@example([Model("a/b", 2**63 - 1, 2**63 - 1, ("x" * 5000, "y"), "t" * 5000, "🚀", 1e308, "c", "auto", ("a,b", "c;d"), "5")])
def test_every_field_of_a_model_comes_back(lasting: SqlHistory, models: list[Model]) -> None:
    taken_on = date(1, 1, 1) + timedelta(days=next(DAYS))
    (stored,) = add(lasting, listing(*models, day=taken_on))
    assert lasting.models(stored.id) == tuple(models)
    assert lasting.find(ListName.TOP, taken_on, "hub") == stored
    assert stored == Snapshot(stored.id, taken_on, ListName.TOP, "hub", len(models), simulated=False)
    counted = roll_up(models)
    for task in {c.task for c in counted}:
        for dimension in STORED:
            wanted = {(c.name, c.models, c.downloads, c.likes) for c in counted if (c.dimension, c.task) == (dimension, task)}
            found = lasting.counts([stored.id], dimension, task)
            assert {(c.name, c.models, c.downloads, c.likes) for _, c in found} == wanted
            assert len(found) == len(wanted)
            assert all((number, c.dimension, c.task) == (stored.id, dimension, task) for number, c in found)
    for rank, model in enumerate(models, start=1):
        assert (stored.id, rank, model) in lasting.trail([model.id], ListName.TOP)


def test_a_listing_that_is_stored_already_changes_nothing(store: SqlHistory, engine: sa.Engine) -> None:
    (first,) = add(store, listing())
    before = everything(engine)
    assert add(store, listing()) == []
    assert add(store, listing(Model("other/model", 99), simulated=True)) == []
    assert everything(engine) == before
    assert store.snapshots(ListName.TOP) == (first,)


def test_another_list_day_or_source_is_another_snapshot(store: SqlHistory) -> None:
    one = listing()
    others = (replace(one, list=ListName.LIKED), replace(one, taken_on=DAY + timedelta(days=1)), replace(one, source="file"))
    assert len(add(store, one, *others)) == 4
    assert len(store.snapshots(ListName.TOP)) == 3
    assert store.find(ListName.TRENDING, DAY, "hub") is None


def test_the_same_listing_twice_in_a_batch_is_stored_once(store: SqlHistory) -> None:
    assert len(add(store, listing(), listing())) == 1


def test_snapshots_come_by_day_then_size_then_the_latest_stored_first(store: SqlHistory) -> None:
    big = (Model("a/a", 3), Model("a/b", 2), Model("a/c", 1))
    add(
        store,
        listing(source="late", day=DAY + timedelta(days=1)),
        listing(*big, source="first big"),
        listing(source="first"),
        listing(*big, source="second big"),
        listing(source="second"),
        listing(within=ListName.TRENDING, source="elsewhere"),
    )
    assert [s.source for s in store.snapshots(ListName.TOP)] == ["second", "first", "second big", "first big", "late"]
    assert [s.size for s in store.snapshots(ListName.TOP)] == [2, 2, 3, 3, 2]


def test_many_snapshots_and_models_are_asked_for_at_once(store: SqlHistory) -> None:
    models = [Model(f"a/{number}", 10_000 - number) for number in range(1_203)]
    (stored,) = add(store, listing(*models))
    assert len(store.models(stored.id)) == 1_203
    assert len(store.trail([model.id for model in models], ListName.TOP)) == 1_203
    assert store.trail([model.id for model in models], ListName.LIKED) == []
    assert len(store.counts([*range(10_000, 11_203), stored.id], None)) == 1
    assert store.counts([], None) == []
    assert store.trail([], ListName.TOP) == []


def test_what_is_not_there_is_nothing(store: SqlHistory) -> None:
    (stored,) = add(store, listing())
    assert store.models(stored.id + 1) == ()
    assert store.counts([stored.id], Dimension.LICENSE, "never-heard-of") == []
    assert store.trail(["never/heard-of"], ListName.TOP) == []


def test_a_snapshot_takes_its_rows_along(store: SqlHistory, engine: sa.Engine) -> None:
    (stored,) = add(store, listing())
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM snapshot"))
    left = everything(engine)
    assert (left["listing"], left["rollup"]) == ([], [])
    assert store.models(stored.id) == ()


# All or nothing.


def test_a_number_beyond_the_database_leaves_nothing_of_the_batch(store: SqlHistory, engine: sa.Engine) -> None:
    good = listing()
    bad = listing(Model("fine/one", 5), Model("too/many", 2**63), day=DAY + timedelta(days=1))
    with pytest.raises((StoreError, OverflowError)):
        add(store, good, bad)
    assert not any(everything(engine).values())
    assert len(add(store, good)) == 1, "and it can be written to afterwards"


def test_what_breaks_while_it_is_read_leaves_nothing(store: SqlHistory, engine: sa.Engine) -> None:
    def broken() -> Iterator[tuple[Listing, list[Count]]]:
        yield listing(), roll_up(listing().models)
        raise ConnectionResetError("the source went away")

    with pytest.raises(ConnectionResetError):
        store.add(broken())
    assert not any(everything(engine).values())


HALF = """
import sys, time
from datetime import date
from analytics.storage import database; from analytics.names import grouping
from analytics.domain import Listing, ListName, Model
from analytics.storage.rollup import roll_up
from analytics.storage.sql_history import SqlHistory

def listings():
    models = tuple(Model(f"a/{number}", number) for number in range(2000))
    yield Listing(date(2026, 8, 22), ListName.TOP, "hub", models), roll_up(models)
    print("half", flush=True)
    time.sleep(60)

SqlHistory(database.engine(sys.argv[1])).add(listings())
"""


def test_a_writer_that_is_killed_leaves_nothing(url: str, store: SqlHistory, engine: sa.Engine) -> None:
    with subprocess.Popen([sys.executable, "-c", HALF, url], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == "half\n"
        assert store.snapshots(ListName.TOP) == (), "nobody sees half of it"
        writer.kill()
    assert not any(everything(engine).values())
    (stored,) = add(store, listing())
    assert len(store.models(stored.id)) == 2


# At once.


def test_threads_that_store_the_same_day_store_it_once(url: str, engine: sa.Engine) -> None:
    many = 4
    batch = [listing(*(Model(f"a/{number}", number, 1, ("mit",)) for number in range(200)), within=name) for name in ListName]
    alone = many * [None]
    barrier = threading.Barrier(many)

    def write(_: None) -> int:
        own = database.engine(url)
        barrier.wait()
        written = len(add(SqlHistory(own), *batch))
        own.dispose()
        return written

    with ThreadPoolExecutor(many) as pool:
        assert sorted(pool.map(write, alone)) == [0, 0, 0, len(batch)]
    found = everything(engine)
    assert len(found["snapshot"]) == len(batch)
    assert len(found["listing"]) == 200 * len(batch)


def test_threads_that_store_the_same_new_words_do_not_wait_for_each_other(url: str, engine: sa.Engine) -> None:
    many = 4
    barrier = threading.Barrier(many)
    words = [f"a/{number}" for number in range(300)]

    def write(place: int) -> int:
        own = database.engine(url)
        models = [Model(word, 1) for word in (words if place % 2 else reversed(words))]
        barrier.wait()
        written = len(add(SqlHistory(own), listing(*models, day=DAY + timedelta(days=place))))
        own.dispose()
        return written

    with ThreadPoolExecutor(many) as pool:
        assert list(pool.map(write, range(many))) == [1] * many
    texts = [row[-1] for row in everything(engine)["word"]]
    assert len(texts) == len(set(texts))


STORE = """
import sys
from datetime import date
from analytics.storage import database, ingest
from analytics.domain import Listing, ListName, Model
from analytics.storage.sql_history import SqlHistory

store = SqlHistory(database.engine(sys.argv[1]))
models = tuple(Model(f"a/{number}", 1000 - number) for number in range(300))
print("ready", flush=True)
sys.stdin.readline()
listings = [Listing(date(2026, 8, 22), name, "hub", models) for name in (ListName.TOP, ListName.TRENDING)]
print(len(ingest.store(listings, store)), flush=True)
"""


def test_processes_that_store_the_same_day_store_it_once(url: str, store: SqlHistory) -> None:
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen([sys.executable, "-c", STORE, url], stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(2)
    ]
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    results = [process.communicate(timeout=60) for process in started]
    assert [process.returncode for process in started] == [0, 0], results
    assert sorted(out.strip() for out, _ in results) == ["0", "2"]
    assert [len(store.snapshots(name)) for name in (ListName.TOP, ListName.TRENDING, ListName.BOTH)] == [1, 1, 1]


def test_a_reader_sees_the_state_before_while_a_writer_writes(store: SqlHistory, engine: sa.Engine) -> None:
    add(store, listing())
    with database.writing(engine) as connection:
        connection.execute(sa.text("DELETE FROM rollup"))
        assert len(store.snapshots(ListName.TOP)) == 1
        assert store.counts([store.snapshots(ListName.TOP)[0].id], None)
    assert not everything(engine)["rollup"]
