"""Odd rows in dumps: unreadable cells are not counted, and a model in two rows counts once."""

from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.domain import Dimension, ListName
from analytics.errors import SourceError
from analytics.questions.registry import ask, parse
from analytics.sources.dumps import dump_file, repeated_rows
from analytics.sources.dumps.reader import read_dump
from analytics.storage import ingest

DAY = date(2026, 8, 31)
TYPES = {
    "id": pa.string(),
    "downloads": pa.int64(),
    "downloadsAllTime": pa.int64(),
    "likes": pa.float64(),
    "trendingScore": pa.float64(),
    "tags": pa.list_(pa.string()),
    "cardData": pa.string(),
    "pipeline_tag": pa.string(),
    "library_name": pa.string(),
    "createdAt": pa.string(),
    "gated": pa.string(),
}
ODD = 3
"""The odd row, from 0."""


def rows(many=9):
    return [
        {
            "id": f"org-{place % 4}/model-{place}",
            "downloads": 10_000 - place,
            "downloadsAllTime": 9_000,
            "likes": 10.0,
            "trendingScore": 1.5,
            "tags": ["region:us", "license:mit"],
            "cardData": json.dumps({"license": "mit"}),
            "pipeline_tag": "text-generation",
            "library_name": "transformers",
            "createdAt": "2024-01-01T00:00:00.000Z",
            "gated": "auto",
        }
        for place in range(many)
    ]


def count(tmp_path, content, types=TYPES, **options):
    table = content if isinstance(content, pa.Table) else pa.Table.from_pylist(content, pa.schema(list(types.items())))
    pq.write_table(table, tmp_path / "dump.parquet", **options)
    return read_dump(tmp_path / "dump.parquet", DAY, "dump")


def models_by(counts, dimension):
    return {one.name: one.models for one in counts if one.dimension is dimension and not one.task}


ODD_CELLS = [
    ({"tags": [None, "license:mit"]}, Dimension.LICENSE, {"mit": 9.0}),
    ({"tags": [None]}, Dimension.LICENSE, {"mit": 8.0}),
    ({"tags": ["region:us", None]}, Dimension.LICENSE, {"mit": 8.0}),
    ({"tags": ["license:" + "x" * 300]}, Dimension.LICENSE, {"mit": 8.0}),
    ({"tags": ["license:a\x00b", "license:mit"]}, Dimension.LICENSE, {"mit": 8.0}),
    ({"tags": ["license:" + "x" * 1_000_000]}, Dimension.LICENSE, {"mit": 8.0}),
    ({"gated": "perhaps"}, Dimension.ACCESS, {"gated, automatic approval": 8.0}),
    ({"gated": "x" * 200_000}, Dimension.ACCESS, {"gated, automatic approval": 8.0}),
    ({"gated": "['auto']"}, Dimension.ACCESS, {"gated, automatic approval": 8.0}),
    ({"pipeline_tag": "a\x00b"}, Dimension.TASK, {"text-generation": 8.0}),
    ({"pipeline_tag": "x" * 257}, Dimension.TASK, {"text-generation": 8.0}),
    ({"library_name": "x" * 500_000}, Dimension.LIBRARY, {"transformers": 8.0}),
    ({"library_name": "two\nlines"}, Dimension.LIBRARY, {"transformers": 8.0}),
    ({"likes": -1.0}, None, {"": 9.0}),
    ({"likes": 1.5}, None, {"": 9.0}),
    ({"likes": float("inf")}, None, {"": 9.0}),
    ({"trendingScore": -1.0}, None, {"": 9.0}),
    ({"trendingScore": 1e300}, None, {"": 9.0}),
    ({"downloadsAllTime": -1}, None, {"": 9.0}),
    ({"createdAt": "yesterday"}, None, {"": 9.0}),
    ({"createdAt": "9999-12-31T23:59:59-14:00"}, None, {"": 9.0}),
    ({"id": "org-3/modèle 3"}, Dimension.NAMESPACE, {"org-0": 3.0, "org-1": 2.0, "org-2": 2.0, "org-3": 2.0}),
]


@pytest.mark.parametrize(("change", "dimension", "expected"), ODD_CELLS, ids=[str(change)[:40] for change, _, _ in ODD_CELLS])
def test_a_cell_that_cannot_be_read_is_in_no_count_and_the_row_stays(tmp_path, caplog, change, dimension, expected):
    content = rows()
    content[ODD] |= change
    listing, counts = count(tmp_path, content)
    found = models_by(counts, dimension)
    assert found == expected
    assert (listing.size, len(listing.models), listing.odd_rows) == (9, 9, 1)
    assert [model.downloads for model in listing.models] == [row["downloads"] for row in content]
    said = caplog.records[-1].getMessage()
    assert "odd rows" in said
    assert listing.models[ODD].id in said
    assert said.isprintable()
    assert len(said) < 400


NOT_ODD = [
    {"likes": None},
    {"trendingScore": None},
    {"downloadsAllTime": None},
    {"downloads": None},
    {"likes": float("nan")},
    {"trendingScore": float("nan")},
    {"tags": []},
    {"tags": None},
    {"gated": None},
    {"gated": "False"},
    {"pipeline_tag": None},
    {"library_name": ""},
    {"createdAt": None},
    {"createdAt": "2024-01-01T00:00:00+00:00"},
    {"cardData": "no JSON, but there are tags"},
    {"id": "gpt2"},
    {"id": "x" * 256},
    {"tags": [f"license:l-{n}" for n in range(25)]},
]


@pytest.mark.parametrize("change", NOT_ODD, ids=lambda change: str(change)[:40])
def test_what_is_missing_or_merely_rare_is_not_odd(tmp_path, change):
    content = rows()
    content[ODD] |= change
    listing, counts = count(tmp_path, content)
    assert (listing.size, listing.odd_rows) == (9, 0)
    licenses = models_by(counts, Dimension.LICENSE)
    assert sum(licenses.values()) == pytest.approx(8.0 if change == {"tags": None} else 9.0)


@pytest.mark.parametrize(
    ("card", "mit", "odd"),
    [
        (json.dumps({"license": ["mit"]}), 9.0, 0),
        (json.dumps({"license": ["mit", "apache-2.0"]}), 8.5, 0),
        (json.dumps({}), 8.0, 0),
        (None, 8.0, 0),
        ("", 8.0, 0),
        (json.dumps({"license": None}), 8.0, 0),
        ("no JSON", 8.0, 1),
        (json.dumps("license: mit"), 8.0, 1),
        (json.dumps([1]), 8.0, 1),
        (json.dumps({"license": {"name": "mit"}}), 8.0, 1),
        (json.dumps({"license": 3}), 8.0, 1),
        (json.dumps({"license": ["mit", None]}), 8.0, 1),
        ("[" * 100_000, 8.0, 1),
        ("x" * 1_000_000, 8.0, 1),
        (json.dumps({"license": "\ud800"}), 8.0, 1),
        (json.dumps({"license": [f"l-{n}" for n in range(101)]}), 8.0, 1),
    ],
    ids=lambda value: str(value)[:30],
)
def test_cards_tell_the_license_where_there_are_no_tags(tmp_path, card, mit, odd):
    content = rows()
    content[ODD]["cardData"] = card
    listing, counts = count(tmp_path, content, {name: kind for name, kind in TYPES.items() if name != "tags"})
    licenses = models_by(counts, Dimension.LICENSE)
    assert licenses["mit"] == pytest.approx(mit)
    assert ("none declared" in licenses) is (not odd and mit == 8.0)
    assert listing.odd_rows == odd
    assert (listing.models[ODD].licenses is None) is bool(odd)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"id": None}, "row 4: the model has no id"),
        ({"id": ""}, "row 4: the model has no id"),
        ({"id": "a/b/c"}, "row 4: 'a/b/c' is no model id"),
        ({"id": "a\x00b"}, "row 4: 'a.x00b' is no model id"),
        ({"id": "x" * 1_000_000}, "row 4: 'xxx.* is no model id"),
        ({"id": "x" * 128 + "/" + "y" * 128}, "row 4: 'xxx.* is no model id"),
        ({"downloads": -1}, "row 4: downloads is -1, not a number from 0"),
    ],
    ids=str,
)
def test_what_makes_a_ranking_wrong_refuses_the_dump(tmp_path, change, what):
    content = rows()
    content[ODD] |= change
    with pytest.raises(SourceError, match=what):
        count(tmp_path, content)


def test_a_row_with_two_odd_cells_is_one_odd_row(tmp_path, caplog):
    content = rows()
    content[ODD] |= {"createdAt": "yesterday", "gated": "perhaps", "likes": -1.0}
    content[ODD + 1] |= {"createdAt": "tomorrow"}
    assert count(tmp_path, content)[0].odd_rows == 2
    said = caplog.records[-1].getMessage()
    assert "row 4 (org-3/model-3): likes is -1.0, gated is 'perhaps'" in said
    assert "row 5 (org-0/model-4): createdAt is 'tomorrow'" in said


@pytest.mark.parametrize("size", [2, 65_536])
def test_rows_are_counted_once_in_any_batch(tmp_path, monkeypatch, size):
    monkeypatch.setattr(dump_file, "BATCH", size)
    content = [row | {"createdAt": "?", "gated": "?" if place % 2 else "auto"} for place, row in enumerate(rows())]
    assert count(tmp_path, [*content, content[0]])[0].odd_rows == 10


@pytest.mark.parametrize(
    ("ids", "odd"),
    [
        (["org/b c", "org/b_c"], 1),
        (["org/b c", "org/b+c"], 2),
        (["org/日本", "org/中文"], 2),
        (["日本/b", "中文/b"], 2),
        ([" org/b", "org/b"], 1),
    ],
    ids=str,
)
def test_odd_ids_are_no_repeated_models(tmp_path, ids, odd):
    content = rows()
    for row, name in zip(content, ids, strict=False):
        row["id"] = name
    listing, counts = count(tmp_path, content)
    assert (listing.size, len({model.id for model in listing.models}), listing.odd_rows) == (9, 9, odd)
    if ids == ["日本/b", "中文/b"]:
        assert len(models_by(counts, Dimension.NAMESPACE)) == 6, "these are two creators"


def test_ids_of_bytes_that_are_no_text_are_no_repeated_models(tmp_path):
    table = pa.Table.from_pylist(rows(), pa.schema(list(TYPES.items())))
    ids = pa.array([b"org/m\xff", b"org/m\xfe", *(f"org/m{n}".encode() for n in range(7))], pa.binary())
    listing, _ = count(tmp_path, table.set_column(0, "id", ids.cast(pa.string(), safe=False)))
    assert (listing.size, len({model.id for model in listing.models}), listing.odd_rows) == (9, 9, 2)


@pytest.mark.parametrize("kind", [pa.float16(), pa.float32(), pa.float64()], ids=str)
def test_a_gap_in_floats_is_no_number_and_not_odd(tmp_path, kind):
    table = pa.Table.from_pylist(rows(), pa.schema(list(TYPES.items())))
    for name in ("downloads", "downloadsAllTime", "likes", "trendingScore"):
        numbers = np.array([9, 8, np.nan, 6, 5, 4, 3, 2, 1], kind.to_pandas_dtype())
        table = table.set_column(table.column_names.index(name), name, pa.array(numbers, kind, from_pandas=False))
    listing, counts = count(tmp_path, table)
    assert (listing.size, listing.odd_rows) == (9, 0)
    (gap,) = (model for model in listing.models if model.id == "org-2/model-2")
    assert (gap.downloads, gap.downloads_all_time, gap.likes, gap.trending) == (0, None, None, None)
    assert next(one.downloads for one in counts if one.dimension is None) == 38


# Columns


@pytest.mark.parametrize("name", sorted(TYPES.keys() - {"id", "downloads"}))
def test_a_column_of_nulls_records_nothing(tmp_path, name):
    table = pa.Table.from_pylist(rows(), pa.schema(list(TYPES.items())))
    place = table.column_names.index(name)
    listing, _ = count(tmp_path, table.set_column(place, name, pa.nulls(len(table))))
    assert (listing.size, listing.odd_rows) == (9, 0)
    assert count(tmp_path, table.drop_columns([name]))[0].models == listing.models


@pytest.mark.parametrize("name", sorted(TYPES.keys() - {"id", "downloads", "tags"}))
@pytest.mark.parametrize("column", [pa.array([{"a": 1}] * 9), pa.array([b"x"] * 9, pa.binary()), pa.array([[1]] * 9)], ids=str)
def test_a_column_of_another_type_is_not_recorded(tmp_path, caplog, name, column):
    table = pa.Table.from_pylist(rows(), pa.schema(list(TYPES.items())))
    listing, _ = count(tmp_path, table.set_column(table.column_names.index(name), name, column))
    assert listing.size == 9
    if name != "cardData":  # not read beside tags
        assert f"not recorded: {name}" in caplog.text


def test_types_that_dumps_really_have_are_read(tmp_path):
    moments = [datetime(2024, 1, 1, 1, tzinfo=UTC)] * 9
    table = pa.Table.from_pylist(rows(), pa.schema(list(TYPES.items())))
    for name, column in (
        ("gated", pa.array([False] * 9)),
        ("createdAt", pa.array(moments, pa.timestamp("us", "UTC"))),
        ("tags", pa.array([["license:mit"]] * 9, pa.large_list(pa.large_string()))),
        ("pipeline_tag", pa.array(["fill-mask"] * 9).dictionary_encode()),
        ("likes", pa.array([3] * 9, pa.int32())),
    ):
        table = table.set_column(table.column_names.index(name), name, column)
    listing, counts = count(tmp_path, table)
    assert listing.odd_rows == 0
    model = listing.models[0]
    assert (model.gated, model.created, model.task, model.likes) == ("false", "2024-01-01T01:00:00.000Z", "fill-mask", 3)
    assert models_by(counts, Dimension.LICENSE) == {"mit": 9.0}


def test_bytes_that_are_no_text_are_read_as_far_as_they_go(tmp_path):
    broken = pa.array([b"license:m\xff"] + [b"ok"] * 8, pa.binary()).cast(pa.string(), safe=False)
    table = pa.Table.from_pylist(rows(), pa.schema(list(TYPES.items())))
    for name, column in (
        ("library_name", broken),
        ("tags", pa.ListArray.from_arrays(pa.array(range(10), pa.int32()), broken)),
    ):
        table = table.set_column(table.column_names.index(name), name, column)
    listing, counts = count(tmp_path, table)
    assert listing.size == 9
    assert models_by(counts, Dimension.LICENSE) == {"m\ufffd": 1.0, "none declared": 8.0}


@pytest.mark.parametrize("empty", [0, 1, 2])
def test_an_empty_row_group_changes_nothing(tmp_path, empty):
    table = pa.Table.from_pylist(rows(), pa.schema(list(TYPES.items())))
    parts = [table.slice(0, 4), table.slice(4)]
    parts.insert(empty, table.slice(0, 0))
    with pq.ParquetWriter(tmp_path / "dump.parquet", table.schema) as writer:
        for part in parts:
            writer.write_table(part)
    assert read_dump(tmp_path / "dump.parquet", DAY, "dump")[0].size == 9


@pytest.mark.parametrize("part", [0.02, 0.5, 0.9, 0.999])
def test_a_dump_cut_short_is_reported(tmp_path, part):
    count(tmp_path, rows(500))
    content = (tmp_path / "dump.parquet").read_bytes()
    (tmp_path / "dump.parquet").write_bytes(content[: int(len(content) * part)])
    with pytest.raises(SourceError, match="is no Parquet file or is damaged"):
        read_dump(tmp_path / "dump.parquet", DAY, "dump")


# Repeated models


@pytest.mark.parametrize(
    "copies", [{}, {"downloads": 50_000}, {"downloads": 1}, {"downloads": None}, {"pipeline_tag": "fill-mask"}]
)
@pytest.mark.parametrize("size", [2, 7, 65_536])
def test_a_model_in_two_rows_counts_once_with_the_more_downloads(tmp_path, monkeypatch, caplog, copies, size):
    monkeypatch.setattr(dump_file, "BATCH", size)
    content = rows()
    listing, counts = count(tmp_path, [*content, content[ODD] | copies], row_group_size=4)
    assert (listing.size, len(listing.models), listing.odd_rows) == (9, 9, 1)
    assert len({model.id for model in listing.models}) == 9
    kept = max(content[ODD]["downloads"], copies.get("downloads") or 0)
    assert next(model.downloads for model in listing.models if model.id == content[ODD]["id"]) == kept
    assert models_by(counts, None) == {"": 9.0}
    assert sum(models_by(counts, Dimension.TASK).values()) == 9
    assert listing.ranks == tuple(range(1, 10))
    assert f"({content[ODD]['id']}): stands in another row, too" in caplog.text


def test_the_headline_and_the_table_agree_on_a_dump_with_copies(tmp_path, history_of):
    content = rows()
    listing, counts = count(tmp_path, [*content, content[0], content[0], content[5]])
    store = history_of(listing, counts)
    answer = ask(parse("models in hub"), store)
    assert answer.rankings[0].shares[0].name == content[0]["id"]
    assert store.snapshots(ListName.HUB)[-1].odd_rows == 3


@pytest.fixture
def history_of(store):
    def stored(listing, counts):
        ingest.store_whole(listing, counts, store)
        return store

    return stored


def test_two_dumps_in_one_file_are_refused(tmp_path):
    content = rows(2_500)
    with pytest.raises(SourceError, match="5,000 rows share their model with another row, as if the file held two dumps"):
        count(tmp_path, [*content, *content])


def test_equal_hashes_alone_leave_nothing_out(tmp_path, monkeypatch):
    monkeypatch.setattr(repeated_rows, "hashes", lambda ids: np.zeros(len(ids), np.uint64))
    listing, _ = count(tmp_path, rows(100))
    assert (listing.size, listing.odd_rows) == (100, 0)


def test_hashes_tell_ids_apart():
    ids = [f"{owner}/{name}" for owner in ("a", "b", "ab", "ba", "A") for name in ("a", "aa", "aaa", "b", "ba", "ab", "a-b")]
    ids += [f"org-{at}/model-{at * 7 % 1_000}" for at in range(20_000)]
    found = repeated_rows.hashes(pa.array(ids))
    assert len(np.unique(found)) == len(ids)
    assert (repeated_rows.hashes(pa.array(ids).slice(3, 50)) == found[3:53]).all()


def test_the_log_has_the_first_three_rows(tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    content = [row | ({"gated": f"odd-{place}"} if place < 5 else {}) for place, row in enumerate(rows())]
    assert count(tmp_path, content)[0].odd_rows == 5
    said = caplog.records[-1].getMessage()
    assert "row 1 (org-0/model-0): gated is 'odd-0'" in said
    assert "odd-2" in said
    assert "odd-3" not in said
    assert said.endswith("; and 2 more")
