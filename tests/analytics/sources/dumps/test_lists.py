"""A dump's top and trending lists: equal to what the rows themselves say, from a file and in ranges from the Hub."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dump_rows import MANY, model_of, ranked, rows, written
from hub_repositories import Commit
from hub_standin import HubStandIn, dropped, status

from analytics.domain import LIVE, ListName
from analytics.errors import OutOfReachError, SourceError
from analytics.sources.dumps.dump_file import DumpFile
from analytics.sources.dumps.lists import read_lists
from analytics.sources.dumps.remote_file import RemoteFile
from analytics.sources.dumps.repository import HubFile
from analytics.storage import ingest

DAY, REPO = date(2026, 8, 31), "someone/hub-stats"


def lists_of(path, **how):
    return read_lists(DumpFile.open(path, {}), DAY, "dump", **how)


def expected(content, measure, least):
    return [row["id"] for row in ranked(content, measure, least)]


@pytest.mark.parametrize("sort", [False, True])
@pytest.mark.parametrize("by_statistics", [False, True])
def test_the_lists_are_those_of_sorting_every_row(tmp_path, sort, by_statistics):
    content = rows()
    if sort:
        content.sort(key=lambda row: -(row["downloads"] or 0))
    top, trending = lists_of(written(tmp_path / "dump.parquet", content), by_statistics=by_statistics)
    assert (top.list, trending.list, top.taken_on, top.source) == (ListName.TOP, ListName.TRENDING, DAY, "dump")
    assert [model.id for model in top.models] == expected(content, "downloads", 0)
    assert [model.id for model in trending.models] == expected(content, "trendingScore", 1e-9)
    by_id = {row["id"]: row for row in content}
    for model in (*top.models, *trending.models):
        assert model == model_of(by_id[model.id])
    assert top.odd_rows == sum(by_id[model.id]["gated"] == "perhaps" for model in top.models)


def test_an_old_dump_without_scores_has_a_top_list_only(tmp_path):
    content = [{"id": row["id"], "downloads": row["downloads"], "likes": row["likes"]} for row in rows()]
    (top,) = lists_of(written(tmp_path / "dump.parquet", content))
    assert [model.id for model in top.models] == expected(content, "downloads", 0)
    assert {(model.licenses, model.task, model.library, model.trending, model.gated) for model in top.models} == {
        (None, None, None, None, None)
    }


def test_thirty_more_columns_change_nothing(tmp_path):
    table = pa.Table.from_pylist(rows())
    before = lists_of(written(tmp_path / "few.parquet", table))
    for number in range(30):
        table = table.append_column(f"more-{number}", pa.array([{"a": [number]}] * MANY))
    assert lists_of(written(tmp_path / "many.parquet", table)) == before


def test_an_empty_first_row_group_is_read_as_one_without_rows(tmp_path):
    table = pa.Table.from_pylist(rows())
    path = tmp_path / "dump.parquet"
    with pq.ParquetWriter(path, table.schema) as writer:
        for part in (table[:0], table[:900], table[:0], table[900:]):
            writer.write_table(part)
    assert pq.ParquetFile(path).metadata.row_group(0).num_rows == 0
    assert lists_of(path, by_statistics=True) == lists_of(written(tmp_path / "whole.parquet", table))


def test_licenses_of_a_dump_without_tags_are_read_from_the_cards(tmp_path):
    content = [{"id": "a/b", "downloads": 3, "cardData": '{"license": ["mit", "gemma"]}'}]
    content += [{"id": "a/c", "downloads": 2, "cardData": "no json"}, {"id": "d", "downloads": 1, "cardData": None}]
    (top,) = lists_of(written(tmp_path / "dump.parquet", content))
    assert [model.licenses for model in top.models] == [("mit", "gemma"), None, ()]


@pytest.mark.parametrize(("gated", "words"), [([True, False], ["true", "false"]), (["manual", "False"], ["manual", "false"])])
def test_access_is_read_as_text_or_as_a_boolean(tmp_path, gated, words):
    content = [{"id": f"a/{at}", "downloads": 9 - at, "gated": value} for at, value in enumerate(gated)]
    (top,) = lists_of(written(tmp_path / "dump.parquet", content))
    assert [model.gated for model in top.models] == words


def test_a_model_in_two_rows_counts_once_with_the_most_downloads(tmp_path):
    content = rows(400)
    content += [{**row, "downloads": 5_000 + place, "trendingScore": 50.0} for place, row in enumerate(content[:20])]
    top, trending = lists_of(written(tmp_path / "dump.parquet", content))
    assert [model.id for model in top.models[:20]] == [row["id"] for row in content[419:399:-1]]
    assert len({model.id for model in top.models}) == 300
    assert [model.id for model in trending.models[:20]] == [row["id"] for row in content[400:420]]


REFUSED = [
    ([{"id": "a/b", "downloads": -1}], "row 1: downloads is -1"),
    ([{"id": None, "downloads": 1}, {"id": "a/b", "downloads": 2}], "row 1: the model has no id"),
    ([{"id": "a/b", "month": 1}], "lacks the column downloads"),
    ([{"id": "a/b", "downloads": None}], "has no number of downloads"),
    ([{"id": "a/b", "downloads": 1}] * 900, "repeats many leading models"),
]


@pytest.mark.parametrize(("content", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_only_what_makes_a_ranking_wrong_refuses(tmp_path, content, says):
    types = pa.schema([(name, pa.string() if name == "id" else pa.int64()) for name in content[0]])
    path = written(tmp_path / "dump.parquet", pa.Table.from_pylist(content, types))
    with pytest.raises(SourceError, match=says):
        lists_of(path)


def test_a_dump_cut_short_or_without_rows_is_refused_in_a_sentence(tmp_path):
    path = written(tmp_path / "dump.parquet", rows())
    empty = written(tmp_path / "empty.parquet", pa.Table.from_pylist(rows(1))[:0])
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(SourceError, match=r"dump.parquet is no Parquet file or is damaged .*; fetch or write it again.$"):
        lists_of(path)
    with pytest.raises(SourceError, match="has no rows"):
        lists_of(empty)


# From the Hub


@pytest.fixture
def hub(tmp_path):
    path = written(tmp_path / "dump.parquet", rows(20_000), row_group_size=2_000)
    with HubStandIn(datasets={REPO: [Commit(datetime(2026, 8, 31, 5, tzinfo=UTC), {"models.parquet": path})]}) as standin:
        yield standin


def remote(hub, path="models.parquet", revision=None):
    return RemoteFile(HubFile(REPO, path, revision or hub.datasets.repos[REPO][0].id), hub.endpoint)


def test_a_dump_on_the_hub_gives_the_same_lists_without_its_other_columns(hub, tmp_path):
    file = remote(hub)
    assert lists_of(file, by_statistics=True) == lists_of(tmp_path / "dump.parquet")
    assert file.fetched == sum(hub.datasets.served.values()) < file.size
    assert len([one for one in hub.asked if "range" in one.headers]) > 10


def test_a_brief_outage_is_waited_for(hub, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    hub.fail_next(status(503), after=6, times=2)
    assert len(lists_of(remote(hub))) == 2


@pytest.mark.parametrize(
    ("how", "error", "says"),
    [
        ({"path": "none.parquet"}, SourceError, "has no file none.parquet"),
        ({"revision": "f" * 40}, SourceError, "has no revision"),
    ],
)
def test_what_the_hub_does_not_have_is_told_in_a_sentence(hub, how, error, says):
    with pytest.raises(error, match=says):
        lists_of(remote(hub, **how))


def test_a_hub_that_breaks_off_may_be_asked_again(hub, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    hub.fail_next(dropped(), after=6, times=50)
    with pytest.raises(OutOfReachError, match=r"did not give models.parquet of someone/hub-stats"):
        lists_of(remote(hub))


# In the store


def stored(store, name):
    found = store.snapshots(name)
    return [(snapshot.taken_on, snapshot.source) for snapshot in found]


def test_lists_are_stored_with_their_union_and_only_once(store, tmp_path):
    lists = lists_of(written(tmp_path / "dump.parquet", rows()))
    assert len(ingest.store(lists, store)) == 2
    assert ingest.store(lists, store) == []
    top, trending = ({model.id for model in one.models} for one in lists)
    (both,) = store.snapshots(ListName.BOTH)
    assert {model.id for model in store.models(both.id)} == top | trending
    assert (both.source, both.simulated) == ("dump", False)


@pytest.mark.parametrize("live_first", [True, False])
def test_a_list_taken_live_on_the_same_day_wins(store, tmp_path, live_first):
    lists = lists_of(written(tmp_path / "dump.parquet", rows()))
    live = [type(one)(DAY, one.list, LIVE, one.models[:-20]) for one in lists]
    for listings in (live, lists) if live_first else (lists, live):
        ingest.store(listings, store)
    for name in (ListName.TOP, ListName.TRENDING, ListName.BOTH):
        assert stored(store, name)[-1] == (DAY, LIVE)
    if not live_first:
        assert stored(store, ListName.BOTH)[0] == (DAY, "dump")
