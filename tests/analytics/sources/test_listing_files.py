"""Listings from CSV and Parquet files, valid and damaged."""

from __future__ import annotations

import csv
import gzip
import io
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from data.real_listings import WHOLE, complete_files
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain import LIST_SIZE, ListName, Model
from analytics.errors import SourceError
from analytics.sources import listing_files, row_readers

DAY = date(2026, 8, 22)
HEADER = "snapshot_date,model_id,downloads"


def written(folder: Path, text: str | bytes, name: str = "models.csv") -> Path:
    path = folder / name
    data = text.encode() if isinstance(text, str) else text
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def parquet(folder: Path, columns: dict[str, Any], name: str = "models.parquet") -> Path:
    path = folder / name
    pq.write_table(pa.table(columns), path)
    return path


def refusal(path: Path, within: ListName | None = None) -> str:
    with pytest.raises(SourceError) as caught:
        listing_files.listings(path, within)
    said = str(caught.value)
    assert said.startswith(path.name), said
    assert said.endswith("."), said
    assert len(said) < 500
    assert said.isprintable()
    return said


def only(path: Path, within: ListName | None = None) -> tuple[Model, ...]:
    (listing,) = listing_files.listings(path, within)
    return listing.models


# What a row means


def test_every_column_comes_through(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "snapshot_date,model_id,downloads,likes,license,license_recorded,pipeline_tag,library_name,trending_score,created_at,"
        "gated,tags,color\n"
        "2026-08-22,org/one,30,4,MIT;apache-2.0,true,fill-mask,transformers,7.5,2022-03-02T23:29:05.000Z,auto,bert;en,red\n",
    )
    (listing,) = listing_files.listings(path)
    assert (listing.taken_on, listing.list, listing.source, listing.simulated) == (DAY, ListName.TRENDING, "models", False)
    assert listing.models == (
        Model(
            id="org/one",
            downloads=30,
            likes=4,
            licenses=("mit", "apache-2.0"),
            task="fill-mask",
            library="transformers",
            trending=7.5,
            created="2022-03-02T23:29:05.000Z",
            gated="auto",
            tags=("bert", "en"),
        ),
    )


def test_what_a_source_leaves_out_is_not_recorded(tmp_path: Path) -> None:
    (model,) = only(written(tmp_path, f"{HEADER}\n2026-08-22,gpt2,5\n"))
    assert model == Model("gpt2", 5, licenses=None, task=None, library=None)


def test_an_empty_cell_beside_filled_ones_is_none_declared(tmp_path: Path) -> None:
    text = f"{HEADER},likes,license,pipeline_tag,library_name\n2026-08-22,a/a,9,1,mit,fill-mask,keras\n2026-08-22,b/b,8,,,,\n"
    assert only(written(tmp_path, text))[1] == Model("b/b", 8, likes=None, licenses=(), task="", library="")


def test_a_column_is_recorded_date_by_date(tmp_path: Path) -> None:
    text = f"{HEADER},license,pipeline_tag\n2026-08-22,a/a,9,mit,\n2026-08-22,b/b,8,,\n2026-08-21,a/a,9,,fill-mask\n"
    before, after = listing_files.listings(written(tmp_path, text))
    assert [before.taken_on.day, after.taken_on.day] == [21, 22]
    assert [(model.licenses, model.task) for model in after.models] == [(("mit",), None), ((), None)]
    assert [(model.licenses, model.task) for model in before.models] == [(None, "fill-mask")]


def test_license_recorded_settles_what_an_empty_license_means(tmp_path: Path) -> None:
    text = f"{HEADER},license,license_recorded\n2026-08-22,a/a,9,,true\n2026-08-22,b/b,8,,false\n2026-08-22,c/c,7,mit,\n"
    assert [model.licenses for model in only(written(tmp_path, text))] == [(), None, ("mit",)]


def test_quotes_marks_blank_lines_and_windows_ends_are_read(tmp_path: Path) -> None:
    text = '\ufeffmodel_id,"snapshot_date",downloads,tags\r\n"a/a",2026-08-22,3,"one;two, three"\r\n\r\nb/b,2026-08-22,2.0,\r\n'
    models = only(written(tmp_path, text))
    assert [(model.id, model.downloads, model.tags) for model in models] == [("a/a", 3, ("one", "two, three")), ("b/b", 2, ())]


def test_the_source_is_the_name_without_its_suffixes(tmp_path: Path) -> None:
    for name in ("top.v2.csv", "top.v2.csv.gz", "top.v2.CSV"):
        (listing,) = listing_files.listings(written(tmp_path, f"{HEADER}\n2026-08-22,a/a,1\n", name))
        assert listing.source == "top.v2"


def test_progress_counts_rows(tmp_path: Path) -> None:
    path = written(tmp_path, "\n".join([HEADER, *(f"2026-08-22,a/m{n},{n}" for n in range(2_500))]))
    seen: list[int] = []
    listing_files.listings(path, progress=seen.append)
    assert seen == [1_000, 2_000, 2_500]


# Which models, which list


@given(st.lists(st.integers(0, 40), min_size=1, max_size=700))
def test_a_list_keeps_the_first_300_and_the_order_of_equals(tmp_path_factory: pytest.TempPathFactory, counts: list[int]) -> None:
    rows = [(f"a/m{number}", downloads) for number, downloads in enumerate(counts)]
    text = "\n".join([HEADER, *(f"2026-08-22,{name},{downloads}" for name, downloads in rows)])
    kept = only(written(tmp_path_factory.mktemp("drawn"), text))
    assert [model.id for model in kept] == [name for name, _ in sorted(rows, key=lambda row: -row[1])][:LIST_SIZE]


def lines(rows: list[tuple[int, int, str]]) -> str:
    text = "\n".join(f"2026-08-22,a/m{n},{downloads},{likes},{score}" for n, (downloads, likes, score) in enumerate(rows))
    return f"{HEADER},likes,trending_score\n{text}\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(500 - n, n * n, "") for n in range(300)], ListName.TOP),
        ([(n * n, 5_000 - n, "") for n in range(300)], ListName.LIKED),
        ([(n * n, n * n, "") for n in range(300)], ListName.TOP),
        ([(500 - n, n * n, "3") for n in range(300)], ListName.TRENDING),
        ([(500 - n, n * n, "3" if n else "") for n in range(300)], ListName.TOP),
        ([(0, 0, "")], ListName.TOP),
    ],
    ids=["floor of downloads", "floor of likes", "no floor: a union", "all scored", "one not scored", "one row"],
)
def test_the_data_tell_the_list(tmp_path: Path, rows: list[tuple[int, int, str]], expected: ListName) -> None:
    assert listing_files.listings(written(tmp_path, lines(rows)))[0].list is expected


def test_a_list_that_is_named_is_believed(tmp_path: Path) -> None:
    path = written(tmp_path, lines([(5, 100, "1"), (9, 200, "")]))
    assert [model.id for model in only(path, ListName.TOP)] == ["a/m1", "a/m0"]
    assert [model.id for model in only(path, ListName.LIKED)] == ["a/m1", "a/m0"]
    assert [model.id for model in only(path, ListName.TRENDING)] == ["a/m0"], "only what has a score can trend"


def test_a_list_that_the_file_cannot_be_is_reported(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER}\n2026-08-22,a/a,1\n")
    assert "records no trending_score on 2026-08-22, so it is no trending list" in refusal(path, ListName.TRENDING)
    assert "records no likes on 2026-08-22" in refusal(path, ListName.LIKED)
    assert "name one of these" in refusal(path, ListName.BOTH)


# Rows that cannot be


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("2026-08-22,a/b,-1", "downloads is -1, not a whole number from 0"),
        ("2026-08-22,a/b,many", "downloads is 'many', not a number"),
        ("2026-08-22,a/b,1.5", "downloads is 1.5, not a whole number"),
        ("2026-08-22,a/b,nan", "downloads is 'nan'"),
        ("2026-08-22,a/b,inf", "downloads is 'inf'"),
        ("2026-08-22,a/b,1e400", "downloads is '1e400'"),
        ("2026-08-22,a/b,1_000", "downloads is '1_000'"),
        ("2026-08-22,a/b,\u0663", "downloads is '\u0663'"),
        ("2026-08-22,a/b," + "9" * 30, "downloads is '9999"),
        ("2026-08-22,a/b,", "downloads is missing"),
        ("22.08.2026,a/b,1", "snapshot_date is '22.08.2026', not a date such as 2026-08-22"),
        ("2026-02-30,a/b,1", "snapshot_date is '2026-02-30'"),
        ("20260822,a/b,1", "snapshot_date is '20260822'"),
        (",a/b,1", "snapshot_date is None"),
        ("2026-08-22,,1", "the model has no id"),
        ("2026-08-22,a/b\x07,1", r"'a/b\x07' is no model id"),
        ("2026-08-22,a/b\u202e,1", r"'a/b\u202e' is no model id"),
        ("2026-08-22," + "x" * 257 + ",1", "is no model id"),
        ("2026-08-22,ok/ok,1", "ok/ok stands twice on 2026-08-22"),
        ("2026-08-22,a/b", "2 cells under 3 columns"),
        ("2026-08-22,a/b,1,extra", "4 cells under 3 columns"),
        ('2026-08-22,"a/b,1', "unexpected end of data"),
        ('2026-08-22,"a"/b,1', "',' expected after '\"'"),
        ("2026-08-22," + "x" * 200_000 + ",1", "field larger than field limit"),
        ("2026-08-22," + "x" * 10_000_000 + ",1", "more than 1,048,576 bytes in one line"),
    ],
)
def test_a_row_that_cannot_be_is_named(tmp_path: Path, row: str, what: str) -> None:
    said = refusal(written(tmp_path, f"{HEADER}\n2026-08-22,ok/ok,5\n\n{row}\n"))
    assert said.startswith("models.csv, line 4: "), said
    assert what in said
    assert said.endswith("; correct or remove the line and import the file again.")


@pytest.mark.parametrize(
    ("column", "cell", "what"),
    [
        ("likes", "-2", "likes is -2"),
        ("likes", "x", "likes is 'x'"),
        ("trending_score", "-0.5", "trending_score is -0.5, not a number from 0"),
        ("trending_score", "nan", "trending_score is 'nan'"),
        ("license_recorded", "maybe", "license_recorded is 'maybe', not true or false"),
        ("gated", "perhaps", "gated is 'perhaps', not false, auto, manual or true"),
        ("created_at", "long ago", "created_at is 'long ago', not a moment such as"),
        ("pipeline_tag", "fill\x00mask", "pipeline_tag is"),
        ("license", "x" * 300, "license is 'xxx"),
        ("license", ";".join(f"l{n}" for n in range(130)), "declares 130 licenses"),
    ],
)
def test_a_cell_that_cannot_be_is_named(tmp_path: Path, column: str, cell: str, what: str) -> None:
    said = refusal(written(tmp_path, f"{HEADER},{column}\n2026-08-22,a/b,1,{cell}\n"))
    assert said.startswith("models.csv, line 2: ")
    assert what in said


def test_the_line_is_the_one_that_an_editor_shows(tmp_path: Path) -> None:
    text = f'{HEADER},tags\r\n2026-08-22,a/a,1,"one\r\ntwo"\r\n\r\n2026-08-22,a/b,-1,\r\n'
    assert refusal(written(tmp_path, text)).startswith("models.csv, line 5: downloads is -1")


def test_nothing_global_is_changed_by_a_long_cell(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    refusal(written(tmp_path, f"{HEADER}\n2026-08-22,{'x' * 200_000},1\n"))
    assert csv.field_size_limit() == before


# Files that cannot be


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    assert "lacks the column downloads (it has snapshot_date, model_id, hits)" in refusal(
        written(tmp_path, "snapshot_date,model_id,hits\n2026-08-22,a/b,1\n")
    )
    assert "lacks the column snapshot_date (it has a;b)" in refusal(written(tmp_path, "a;b\n"))
    assert "lacks the column downloads" in refusal(parquet(tmp_path, {"snapshot_date": ["2026-08-22"], "model_id": ["a"]}))


def test_a_column_that_comes_twice_is_named(tmp_path: Path) -> None:
    assert "has the column downloads twice" in refusal(written(tmp_path, f"{HEADER},downloads\n2026-08-22,a/b,1,2\n"))


def test_empty_files_are_reported(tmp_path: Path) -> None:
    assert "is empty" in refusal(written(tmp_path, ""))
    assert "is empty" in refusal(written(tmp_path, "", "models.csv.gz"))
    assert "has no rows under its header" in refusal(written(tmp_path, f"{HEADER}\n"))
    nothing = {"snapshot_date": pa.array([], pa.string()), "model_id": pa.array([], pa.string()), "downloads": pa.array([], "i8")}
    assert "has no rows" in refusal(parquet(tmp_path, nothing))


def test_what_is_no_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    assert "is a folder; name a file that exists" in refusal(tmp_path / "folder.csv")
    assert "is not there" in refusal(tmp_path / "nothing.parquet")
    assert "is neither .csv, .csv.gz nor .parquet" in refusal(written(tmp_path, "x", "models.xlsx"))
    assert "is neither" in refusal(written(tmp_path, "x", ".csv"))
    assert "'hub'; give the file another name" in refusal(written(tmp_path, "x", "hub.csv"))


def test_a_file_without_rights_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "x")

    def forbidden(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", forbidden)  # root, as whom tests may run, may read everything
    assert "cannot be read: Permission denied" in refusal(path)


def test_text_that_is_no_utf8_is_reported_with_its_line(tmp_path: Path) -> None:
    said = refusal(written(tmp_path, f"{HEADER}\n2026-08-22,a/a,1\n".encode() + b"2026-08-22,caf\xe9,1\n"))
    assert said.startswith("models.csv, line 3: not UTF-8 text")
    assert "line 1: not UTF-8 text" in refusal(written(tmp_path, f"{HEADER}\n".encode("utf-16")))


def test_damaged_gzip_is_reported(tmp_path: Path) -> None:
    rows = "\n".join([HEADER, *(f"2026-08-22,a/m{n},{n * 7919 % 10_007}" for n in range(20_000))])
    whole = gzip.compress(rows.encode())
    path = tmp_path / "models.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    assert "is cut short or damaged after line" in refusal(path)
    path.write_bytes(whole[:2_000] + bytes(200) + whole[2_200:])
    assert "fetch or pack it again" in refusal(path)
    path.write_bytes(rows.encode())
    assert "is not gzip, or is cut short or damaged" in refusal(path)


def test_what_unpacks_without_end_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(f"{HEADER}\n".encode())
        for _ in range(200):
            file.write(b"\n" * 1_000_000)
    monkeypatch.setattr(row_readers, "MOST_ROWS", 1_000_000)
    started = time.monotonic()
    assert "has more than 1,000,000 rows; split it by date" in refusal(path)
    assert time.monotonic() - started < 300
    monkeypatch.setattr(row_readers, "MOST_BYTES", 1024**2)
    long = written(tmp_path, "\n".join([HEADER, *(f"2026-08-22,a/m{n}{'x' * 200},1" for n in range(9_000))]), "long.csv.gz")
    assert "unpacks to more than" in refusal(long)


# Parquet


def test_parquet_says_the_same_as_csv(tmp_path: Path) -> None:
    text = (
        f"{HEADER},likes,license,license_recorded,pipeline_tag,library_name,trending_score,created_at,gated,tags\n"
        "2026-08-22,a/a,9,4,mit;apache-2.0,true,fill-mask,keras,7,2022-03-02T23:29:05.000Z,auto,x;y\n"
        "2026-08-22,b/b,8,,,true,,,6,,false,\n"
    )
    columns: dict[str, Any] = {
        "snapshot_date": ["2026-08-22"] * 2,
        "model_id": ["a/a", "b/b"],
        "downloads": [9, 8],
        "likes": [4, None],
        "license": ["mit;apache-2.0", None],
        "license_recorded": [True, True],
        "pipeline_tag": ["fill-mask", None],
        "library_name": ["keras", ""],
        "trending_score": [7, 6],
        "created_at": ["2022-03-02T23:29:05.000Z", None],
        "gated": ["auto", "false"],
        "tags": ["x;y", ""],
        "unknown": [{"deep": [1]}, None],
    }
    expected = listing_files.listings(written(tmp_path, text))
    assert listing_files.listings(parquet(tmp_path, columns)) == expected
    moment = datetime(2022, 3, 2, 23, 29, 5, tzinfo=UTC)
    typed = columns | {
        "snapshot_date": pa.array([DAY] * 2, pa.date32()),
        "model_id": pa.array(["a/a", "b/b"]).dictionary_encode(),
        "downloads": pa.array([9.0, 8.0], pa.float64()),
        "license": pa.array([["mit", "apache-2.0"], []], pa.list_(pa.string())),
        "created_at": pa.array([moment, None], pa.timestamp("ms", tz="UTC")),
        "tags": pa.array([["x", "y"], None], pa.large_list(pa.large_string())),
        "library_name": pa.array(["keras", None]).dictionary_encode(),
    }
    assert listing_files.listings(parquet(tmp_path, typed)) == expected
    stamped = typed | {"snapshot_date": pa.array([datetime(2026, 8, 22, 3, tzinfo=UTC)] * 2, pa.timestamp("us", tz="UTC"))}
    assert listing_files.listings(parquet(tmp_path, stamped)) == expected


MINIMAL = {"snapshot_date": ["2026-08-22"] * 3, "model_id": ["a", "b", "c"], "downloads": [3, 2, 1]}


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"downloads": ["3", "2", "1"]}, "the column downloads is of type string"),
        ({"downloads": [True, False, True]}, "the column downloads is of type bool"),
        ({"model_id": [1, 2, 3]}, "the column model_id is of type int64"),
        ({"tags": [1, 2, 3]}, "the column tags is of type int64"),
        ({"tags": [[1], [2], [3]]}, "the column tags is of type list"),
        ({"license_recorded": ["true"] * 3}, "the column license_recorded is of type string"),
        ({"snapshot_date": [20260822] * 3}, "the column snapshot_date is of type int64"),
        ({"downloads": [3, 2, -1]}, "row 3: downloads is -1"),
        ({"downloads": [3.0, float("nan"), 1.0]}, "row 2: downloads is nan"),
        ({"downloads": [3.0, float("inf"), 1.0]}, "row 2: downloads is inf"),
        ({"downloads": [3, None, 1]}, "row 2: downloads is missing"),
        ({"downloads": [None] * 3}, "row 1: downloads is missing"),
        ({"model_id": ["a", "a\nb", "c"]}, r"row 2: 'a\nb' is no model id"),
        ({"model_id": ["a", "b", "a"]}, "row 3: a stands twice on 2026-08-22"),
        ({"snapshot_date": ["2026-08-22", "soon", "2026-08-22"]}, "row 2: snapshot_date is 'soon'"),
        ({"tags": [["x"], [None], []]}, "row 2: tags is [None], not a list of words"),
        ({"likes": [3.0, float("inf"), 1.0]}, "row 2: likes is inf"),
        ({"model_id": ["a", "x" * 10_000_000, "c"]}, "rows 1 to 3: model_id holds a cell of 10,000,000 bytes"),
        ({"tags": [["x"], ["y" * 200_000], []]}, "rows 1 to 3: tags holds a cell of 200,000 bytes"),
    ],
)
def test_parquet_that_cannot_be_is_named(tmp_path: Path, change: dict[str, Any], what: str) -> None:
    assert what in refusal(parquet(tmp_path, MINIMAL | change))


@pytest.mark.parametrize(
    ("column", "attribute"), [("likes", "likes"), ("trending_score", "trending"), ("downloads_all_time", "downloads_all_time")]
)
def test_a_gap_in_floats_is_not_recorded(tmp_path: Path, column: str, attribute: str) -> None:
    gaps = pa.array([3.0, float("nan"), 1.0], from_pandas=False)
    models = only(parquet(tmp_path, MINIMAL | {column: gaps}), ListName.TOP)
    assert [getattr(model, attribute) for model in models] == [3, None, 1]


def test_damaged_parquet_is_reported(tmp_path: Path) -> None:
    path = parquet(tmp_path, MINIMAL)
    whole = path.read_bytes()
    for damaged in (b"", b"PAR1", whole[: len(whole) // 2], f"{HEADER}\n".encode(), bytes(len(whole))):
        path.write_bytes(damaged)
        assert "is no Parquet file or is damaged" in refusal(path)


def test_parquet_that_claims_too_much_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = parquet(tmp_path, MINIMAL)
    monkeypatch.setattr(row_readers, "MOST_ROWS", 2)
    assert "has more than 2 rows; split it by date" in refusal(path)
    monkeypatch.setattr(row_readers, "MOST_ROWS", 3)
    monkeypatch.setattr(row_readers, "MOST_BYTES", 10)
    assert "unpacks to more than" in refusal(path)


def test_long_cells_behind_short_codes_do_not_fill_the_memory(tmp_path: Path) -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 1_000_000]))
    rows = {"snapshot_date": ["2026-08-22"] * 100_000, "model_id": words, "downloads": [1] * 100_000}
    path = parquet(tmp_path, rows)
    pool = pa.default_memory_pool()
    peak = pool.max_memory()
    assert "model_id holds a cell of 1,000,000 bytes" in refusal(path)
    assert pool.max_memory() - peak < 200e6, "a thousand such rows alone would take a gigabyte"


@given(st.binary(max_size=300))
def test_no_bytes_at_all_raise_anything_but_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("noise")
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb") as packed:
        packed.write(f"{HEADER}\n".encode() + data)
    damaged = bytearray(buffer.getvalue())
    damaged[-9::-7] = bytes(len(damaged[-9::-7]))
    for name, content in (
        ("models.csv", f"{HEADER}\n2026-08-22,a/a,1\n".encode() + data),
        ("models.csv.gz", bytes(damaged)),
        ("models.parquet", b"PAR1" + data + b"PAR1"),
    ):
        path = folder / name
        path.write_bytes(content)
        try:
            listing_files.listings(path)
        except SourceError as error:
            assert str(error).startswith(name)  # noqa: PT017 - not raising is fine too


# The real files

TRENDING_FIGURES = {date(2026, 8, 21): (0.713, 0.891)} | ({DAY: (0.723, 0.894)} if WHOLE else {})
"""Apache-2.0 and MIT among the first 300 by models and by downloads, on each real date whose figures are known."""


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files by their names."""
    return {row_readers.stem(path): path for path in complete_files(tmp_path_factory.mktemp("listings"))}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "within", "dates", "size", "recorded"),
    [
        ("top1000_by_downloads_2022-07-02", ListName.TOP, 1, 300, 0.0),
        ("top3000_by_downloads_2024-09-20", ListName.TOP, 1, 300, 1.0),
        ("top300_by_downloads_and_by_likes_2026-08_daily", ListName.TOP, 16, 300, 0.72),
        ("top30_by_downloads_2026_daily", ListName.TOP, 173, 30, 0.93),
        ("top100_by_likes_2025", ListName.LIKED, 2, 100, 1.0),
        ("trending_2026-08_daily", ListName.TRENDING, 4, 300, 1.0),
    ],
)
def test_the_real_files_are_what_they_are(
    real: dict[str, Path], name: str, within: ListName, *, dates: int, size: int, recorded: float
) -> None:
    started = time.monotonic()
    listings = listing_files.listings(real[name])
    assert time.monotonic() - started < 300
    assert {listing.list for listing in listings} == {within}
    assert {listing.source for listing in listings} == {name}
    assert len({listing.taken_on for listing in listings}) == len(listings) == dates
    assert [listing.taken_on for listing in listings] == sorted(listing.taken_on for listing in listings)
    assert {len(listing.models) for listing in listings} == {size}
    last = listings[-1].models
    assert sum(model.licenses is not None for model in last) / size == pytest.approx(recorded, abs=0.005)


def free_share(models: tuple[Model, ...]) -> tuple[float, float]:
    """Return the share of Apache-2.0 and MIT by models and by downloads, a model of several licenses in parts."""
    parts = [
        sum(tag in {"apache-2.0", "mit"} for tag in model.licenses or ()) / max(len(model.licenses or ()), 1) for model in models
    ]
    downloads = [model.downloads for model in models]
    return sum(parts) / len(models), sum(p * d for p, d in zip(parts, downloads, strict=True)) / sum(downloads)


@pytest.mark.shared
@pytest.mark.parametrize("day", TRENDING_FIGURES, ids=str)
def test_the_first_300_trending_carry_the_figure_that_is_known(day: date, real: dict[str, Path]) -> None:
    """Equal scores keep the file's order; by id the downloads of 22 August would come out at 89.3 %."""
    (listing,) = (one for one in listing_files.listings(real["trending_2026-08_daily"]) if one.taken_on == day)
    models, downloads = free_share(listing.models)
    assert (round(models, 3), round(downloads, 3)) == TRENDING_FIGURES[day]


@pytest.mark.shared
def test_the_top_300_of_2024_carry_the_figure_that_is_known(real: dict[str, Path]) -> None:
    (listing,) = listing_files.listings(real["top3000_by_downloads_2024-09-20"])
    models, downloads = free_share(listing.models)
    assert round(models, 3) == 0.610
    assert round(downloads, 3) == 0.576
    assert round(sum(model.licenses == () for model in listing.models) / LIST_SIZE, 3) == 0.227
    assert all(model.likes is None and model.library is None and model.task is not None for model in listing.models)


def test_more_dates_than_a_file_may_have_are_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_files, "MOST_DAYS", 3)
    path = tmp_path / "many.csv"
    rows = [f"2026-08-0{day},a/b,5" for day in range(1, 5)]
    path.write_text("\n".join(["snapshot_date,model_id,downloads", *rows[:3]]), encoding="utf-8")
    assert len(listing_files.listings(path)) == 3
    path.write_text("\n".join(["snapshot_date,model_id,downloads", *rows]), encoding="utf-8")
    with pytest.raises(SourceError, match=r"more than 3 dates.*split the file by date"):
        listing_files.listings(path)
