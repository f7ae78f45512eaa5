"""Odd dumps, by all ways to import them: each is read, or refused in a sentence, and doesn't stop the others."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from dump_rows import LISTS, by_id, lists, rows, without, written
from hub_repositories import Commit
from hub_standin import HubStandIn

from analytics.domain import ListName
from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot.cli.main import main
from bot.jobs.history import month_ends

REPO = "cfahlgren1/hub-stats"
ROWS = 900
NO_DOWNLOADS, NO_SCORES = {"downloads": None}, {"trendingScore": None}


def more_columns(path, content):
    table = pa.Table.from_pylist(content)
    for number in range(30):
        table = table.append_column(f"more-{number}", pa.array([{"a": [number]}] * len(content)))
    written(path, table)


def row_groups(*sizes):
    """Return how to write a dump in row groups of these sizes."""

    def write(path, content):
        table = pa.Table.from_pylist(content)
        with pq.ParquetWriter(path, table.schema) as writer:
            start = 0
            for size in sizes:
                writer.write_table(table[start : start + size])
                start += size

    return write


def no_row_groups(path, content):
    with pq.ParquetWriter(path, pa.Table.from_pylist(content).schema):
        pass
    assert pq.ParquetFile(path).num_row_groups == 0


def cut_short(path, content):
    path.write_bytes(written(path, content).read_bytes()[:-500])


def nothing_at_all(path, _):
    path.write_bytes(b"")


CASES = {
    "as they are": (lambda content: content, written, ""),
    "without scores, as in 2024": (lambda content: without(content, "trendingScore"), written, ""),
    "without downloads of all time": (lambda content: without(content, "downloadsAllTime"), written, ""),
    "30 more columns": (lambda content: content, more_columns, ""),
    "an empty first row group": (lambda content: content, row_groups(0, 500, 0, 400), ""),
    "a row group without any downloads": (
        lambda content: [row | (NO_DOWNLOADS if 256 <= place < 512 else {}) for place, row in enumerate(content)],
        written,
        "",
    ),
    "scores that are all empty": (lambda content: [row | NO_SCORES for row in content], written, ""),
    "no row groups": (lambda content: content, no_row_groups, "has no rows"),
    "only empty row groups": (lambda content: content, row_groups(0, 0), "has no rows"),
    "no downloads in any row": (
        lambda content: [row | NO_DOWNLOADS for row in content],
        written,
        "has no number of downloads in any row",
    ),
    "no column of downloads": (lambda content: without(content, "downloads"), written, "lacks the column downloads"),
    "cut short": (lambda content: content, cut_short, "is no Parquet file or is damaged"),
    "no bytes": (lambda content: content, nothing_at_all, "is no Parquet file or is damaged"),
}
"""By name: how the rows differ, how they are written, and what is said where that can't be read."""
ENDS = month_ends(len(CASES), datetime.now(UTC).date())
DAYS = dict(zip(CASES, ENDS, strict=True))


@pytest.fixture
def contents(tmp_path):
    found = {}
    for number, (name, (change, write, _)) in enumerate(CASES.items()):
        found[name] = change(rows(ROWS, seed=number))
        write(tmp_path / f"{DAYS[name]}.parquet", found[name])
    return found


@pytest.fixture
def hub(contents, tmp_path):  # noqa: ARG001 - it writes the files
    commits = [
        Commit(datetime(day.year, day.month, day.day, 5, tzinfo=UTC), {"models.parquet": tmp_path / f"{day}.parquet"})
        for day in ENDS
    ]
    with HubStandIn(datasets={REPO: commits}) as standin:
        yield standin


@pytest.fixture
def run(tmp_path):
    url = f"sqlite:///{tmp_path / 'hfstats.db'}"
    kept = dict.fromkeys(name for name in os.environ if name.startswith(("SLACK_", "HF", "DATABASE")))

    def invoke(*words, **more):
        return CliRunner().invoke(main, words, env={**kept, "DATABASE_URL": url, "XDG_CACHE_HOME": str(tmp_path), **more})

    invoke.url = url
    return invoke


def assert_read_or_told(url, contents, sentences):
    """``sentences``: what was said of each case."""
    engine = database.engine(url)
    history = SqlHistory(engine)
    stored = {(name, snapshot.taken_on): snapshot.id for name in LISTS for snapshot in history.snapshots(name)}
    for name, (_, _, says) in CASES.items():
        expected = {} if says else lists(contents[name])
        found = {list_: list(history.models(stored[list_, DAYS[name]])) for list_ in LISTS if (list_, DAYS[name]) in stored}
        if ListName.BOTH in found:
            found[ListName.BOTH] = by_id(found[ListName.BOTH])
        assert found == expected, name
        assert says in sentences[name], name
        assert "unexpected" not in sentences[name], name
    engine.dispose()


def said_of(lines):
    """Return what was said of each case, by the day in the line."""
    return {name: "\n".join(line for line in lines if str(day) in line) for name, day in DAYS.items()}


@pytest.mark.timeout(240)
def test_by_parts_from_the_hub(hub, contents, run):
    said = run("history", "--months", str(len(CASES)), HF_ENDPOINT=hub.endpoint)
    assert said.exit_code == 1
    assert_read_or_told(run.url, contents, said_of(said.output.splitlines()))


@pytest.mark.timeout(240)
def test_whole_from_the_hub(hub, contents, run):
    said = run("backfill", "--since", str(ENDS[-1])[:7], HF_ENDPOINT=hub.endpoint)
    assert said.exit_code == 1
    assert_read_or_told(run.url, contents, said_of(said.output.splitlines()))


def test_from_files(contents, run, tmp_path):
    said = {name: run("import", "--list", "hub", str(tmp_path / f"{day}.parquet")) for name, day in DAYS.items()}
    for name, (_, _, says) in CASES.items():
        assert said[name].exit_code == bool(says), name
        assert len(said[name].output.splitlines()) == 1 + (not says and "warn" in said[name].output), name
    assert_read_or_told(run.url, contents, {name: result.output for name, result in said.items()})
