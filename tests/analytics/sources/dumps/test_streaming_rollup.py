"""Dumps of the whole Hub: counts equal to roll_up, rows of the leading models, and refused files."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dump_files import some_models, table, written

from analytics.domain import EVERYONE_ELSE, Dimension, ListName, Model
from analytics.errors import SourceError
from analytics.sources.dumps import dump_file, reader, streaming_rollup
from analytics.sources.dumps.reader import day_of, read_dump
from analytics.storage.rollup import roll_up

DAY = date(2026, 8, 31)


def as_dict(counts):
    return {(c.dimension, c.name, c.task): (c.models, c.downloads, -1.0 if c.likes is None else c.likes) for c in counts}


def same(found, expected):
    found, expected = as_dict(found), as_dict(expected)
    assert found.keys() == expected.keys()
    for key, values in expected.items():
        assert found[key] == pytest.approx(values, rel=1e-12), key


@pytest.mark.parametrize("simulated", [False, True])
def test_a_dump_that_says_of_itself_that_it_is_simulated_is_stored_as_such(tmp_path, simulated):
    content = table(some_models(9))
    marked = content.replace_schema_metadata({"simulated": "by this test"}) if simulated else content
    assert read_dump(written(tmp_path / "dump.parquet", marked), DAY, "dump")[0].simulated is simulated


@pytest.mark.parametrize("group", [7, 100, 5000])
def test_a_dump_is_counted_as_a_listing_is(tmp_path, group):
    models = some_models(700)
    listing, counts = read_dump(written(tmp_path / "dump.parquet", table(models), row_group_size=group), DAY, "dump")
    assert (listing.list, listing.size, listing.taken_on, listing.source) == (ListName.HUB, 700, DAY, "dump")
    same(counts, roll_up(models))


def test_batches_and_row_groups_change_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(dump_file, "BATCH", 13)
    monkeypatch.setattr(streaming_rollup, "_AT_ONCE", 50)
    models = some_models(400, creators=200)
    _, counts = read_dump(written(tmp_path / "dump.parquet", table(models), row_group_size=90), DAY, "dump")
    same(counts, roll_up(models))


@pytest.mark.parametrize(
    "missing", ["likes", "tags", "pipeline_tag", "library_name", "gated", "trendingScore", "createdAt", "downloadsAllTime"]
)
def test_what_a_dump_does_not_record_is_in_no_dimension(tmp_path, missing):
    models = some_models(300)
    unrecorded = {
        "likes": {"likes": None},
        "tags": {"tags": ()},  # the cards tell the licenses
        "pipeline_tag": {"task": None},
        "library_name": {"library": None},
        "gated": {"gated": None},
    }.get(missing, {})
    path = written(tmp_path / "dump.parquet", table(models).drop_columns([missing]))
    listing, counts = read_dump(path, DAY, "dump")
    same(counts, roll_up([replace_all(model, unrecorded) for model in models]))
    assert listing.models[0].downloads == max(model.downloads for model in models)


def replace_all(model, changes):
    from dataclasses import replace

    return replace(model, **changes)


def test_the_tail_of_creators_is_one_name_and_nothing_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(streaming_rollup, "KEPT", 5)
    models = [*some_models(600, creators=300), Model("facebook/opt", 1, None, ("mit",), "", "", tags=("license:mit",))]
    _, counts = read_dump(written(tmp_path / "dump.parquet", table(models)), DAY, "dump")
    exact = as_dict(roll_up(models))
    found = as_dict(counts)
    names = {name for dimension, name, _ in found if dimension is Dimension.NAMESPACE}
    assert {EVERYONE_ELSE, "facebook"} < names
    assert 6 < len(names) <= 5 * 3 + 2
    for name in names - {EVERYONE_ELSE}:
        assert found[Dimension.NAMESPACE, name, ""] == pytest.approx(exact[Dimension.NAMESPACE, name, ""])
    for task in ("", "text-generation", "fill-mask"):
        for place in range(2):
            summed = sum(values[place] for (d, _, t), values in found.items() if d is Dimension.NAMESPACE and t == task)
            assert summed == pytest.approx(exact[None, "", task][place])
    best = max((key for key in exact if key[0] is Dimension.NAMESPACE and not key[2]), key=lambda key: exact[key][1])
    assert best[1] in names


def test_many_licenses_are_distinguished_up_to_a_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(streaming_rollup, "_KEPT_ELSE", 3)
    models = [Model(f"a/{n}", 100 - n, 0, (f"l{n}",), "", "", tags=(f"license:l{n}",)) for n in range(20)]
    _, counts = read_dump(written(tmp_path / "dump.parquet", table(models)), DAY, "dump")
    licenses = {c.name: c.models for c in counts if c.dimension is Dimension.LICENSE and not c.task}
    assert sum(licenses.values()) == 20
    assert "everything else" in licenses
    assert len(licenses) < 12


def test_the_leading_rows_are_kept_with_their_true_ranks(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "KEPT_ROWS", 10)
    monkeypatch.setattr(dump_file, "BATCH", 64)
    models = some_models(900)
    listing, _ = read_dump(written(tmp_path / "dump.parquet", table(models)), DAY, "dump")
    kept = {model.id for model in listing.models}
    for value in (lambda m: m.downloads, lambda m: m.likes or 0, lambda m: m.trending or 0):
        least = sorted(map(value, models))[-10]
        assert {m.id for m in models if value(m) > least} <= kept
    assert len(kept) <= 30
    for model, rank in zip(listing.models, listing.ranks, strict=True):
        more = sum(other.downloads > model.downloads for other in models)
        equal = sum(other.downloads == model.downloads for other in models)
        assert more < rank <= more + equal
    assert len(set(listing.ranks)) == len(listing.ranks)
    by_id = {model.id: model for model in models}
    assert all(model == by_id[model.id] for model in listing.models)


def test_memory_does_not_grow_with_the_file(tmp_path):
    """What Arrow holds at most for ten times the models is not twice as much."""
    peaks = []
    for many in (20_000, 200_000):
        small = some_models(2_000)
        content = table(small)
        path = tmp_path / f"{many}.parquet"
        with pq.ParquetWriter(path, content.schema) as writer:
            for part in range(many // 2_000):
                ids = pa.array([f"org-{place % 9}/model-{part}-{place}" for place in range(2_000)])
                writer.write_table(content.set_column(0, "id", ids))
        pool = pa.default_memory_pool()
        before = pool.bytes_allocated()
        seen = []
        read_dump(path, DAY, "dump", progress=lambda _, pool=pool, seen=seen: seen.append(pool.bytes_allocated()))
        peaks.append(max(seen) - before)
    assert peaks[1] < 2 * peaks[0] + 1_000_000


def damaged(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.drop_columns(["id"]), "lacks the column id"),
        (lambda t: t.drop_columns(["downloads"]), r"lacks the column downloads .* say --columns downloads=NAME"),
        (lambda t: t.set_column(6, "downloads", pa.array(["many"] * len(t))), "column downloads is of type string"),
        (lambda t: t.set_column(3, "tags", pa.array([1] * len(t))), "column tags is of type int64"),
        (lambda t: t.set_column(0, "id", pa.array(["a/b/c"] * len(t))), "row 1: 'a/b/c' is no model id"),
        (lambda t: t.set_column(6, "downloads", pa.array([-1] * len(t))), "downloads is -1, not a number from 0"),
        (lambda t: t.set_column(6, "downloads", pa.array([None] * len(t))), "has no number of downloads in any row"),
        (lambda t: t.slice(0, 0), "has no rows"),
    ],
)
def test_what_is_no_dump_is_refused_in_a_sentence(tmp_path, change, says):
    path = written(tmp_path / "dump.parquet", change(table(some_models(50))))
    with pytest.raises(SourceError, match=says) as raised:
        read_dump(path, DAY, "dump")
    assert "\n" not in str(raised.value)


def test_a_truncated_dump_is_refused(tmp_path):
    path = written(tmp_path / "dump.parquet", table(some_models(500)))
    damaged(path)
    with pytest.raises(SourceError, match="no Parquet file or is damaged"):
        read_dump(path, DAY, "dump")


def test_a_claim_of_more_rows_than_the_hub_has_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(dump_file, "MOST_ROWS", 100)
    path = written(tmp_path / "dump.parquet", table(some_models(101)))
    with pytest.raises(SourceError, match="more than 100 rows"):
        read_dump(path, DAY, "dump")


def test_columns_may_have_other_names(tmp_path):
    renamed = table(some_models(50)).rename_columns(
        ["modelId", "created_at", "card", "tags", "task", "library", "month", "ever", "likes", "trending", "gated"]
    )
    path = written(tmp_path / "dump.parquet", renamed)
    with pytest.raises(SourceError, match="lacks the column downloads"):
        read_dump(path, DAY, "dump")
    _, counts = read_dump(path, DAY, "dump", given={"downloads": "month"})
    assert next(c for c in counts if c.dimension is None and not c.task).models == 50
    with pytest.raises(SourceError, match="There is no field stars"):
        read_dump(path, DAY, "dump", given={"stars": "likes"})
    with pytest.raises(SourceError, match="lacks the column weeks"):
        read_dump(path, DAY, "dump", given={"downloads": "weeks"})


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2026-08-31.parquet", DAY),
        ("models_20260831.parquet", DAY),
        ("hub-2026_08_31-full.parquet", DAY),
        ("v20269931-2026-08-31.parquet", DAY),
    ],
)
def test_the_day_stands_in_the_name(tmp_path, name, day):
    assert day_of(tmp_path / name) == day


def test_a_name_without_a_day_is_refused(tmp_path):
    with pytest.raises(SourceError, match="Add --on"):
        day_of(tmp_path / "models.parquet")
