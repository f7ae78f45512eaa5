"""``hfstats import --list hub``: importing a dump of the whole Hub, also after an interrupted import."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from bot.cli.main import main

ROWS = 3_000


def dump(path, rows=ROWS, groups=1):
    owners = [f"org-{at % 40}" for at in range(rows)]
    content = pa.table(
        {
            "id": [f"{owner}/model-{at}" for at, owner in enumerate(owners)],
            "downloads": [at * 7 % 1_000 for at in range(rows)],
            "tags": pa.array([["license:mit" if at % 3 else "license:apache-2.0"] for at in range(rows)]),
        }
    )
    with pq.ParquetWriter(path, content.schema) as writer:
        for part in range(groups):
            ids = [f"{name}-{part}" for name in content["id"].to_pylist()]
            writer.write_table(content.set_column(0, "id", pa.array(ids)))
    return path


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'hfstats.db'}"


def run(url, *words):
    return CliRunner().invoke(main, list(words), env={"DATABASE_URL": url})


def counted(url):
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = [
            connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar() for name in ("snapshot", "listing", "rollup")
        ]
    engine.dispose()
    return found


def test_a_dump_is_imported_and_asked_about(url, tmp_path):
    path = dump(tmp_path / "2026-08-31.parquet")
    found = run(url, "import", "--list", "hub", str(path))
    assert found.exit_code == 0, found.output
    assert "stored 1 snapshot of the hub list from 2026-08-31 of 3,000 models." in found.output
    assert "MIT" in run(url, "ask", "licenses", "in", "hub").output
    again = run(url, "import", "--list", "hub", str(path))
    assert "already there; nothing changed" in again.output


def test_its_day_and_columns_can_be_said(url, tmp_path):
    path = tmp_path / "models.parquet"
    content = pq.read_table(dump(path)).rename_columns(["id", "month", "tags"])
    pq.write_table(content, path)
    assert "--on YYYY-MM-DD" in run(url, "import", "--list", "hub", str(path)).output
    assert "--columns downloads=NAME" in run(url, "import", "--list", "hub", "--on", "2026-08-31", str(path)).output
    said = run(url, "import", "--list", "hub", "--on", "2026-08-31", "--columns", "downloads=month", str(path))
    assert "from 2026-08-31 of 3,000 models" in said.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--on", "2026-08-31", "x.parquet"], "Add --list hub"),
        (["--list", "hub", "--on", "2026-08-31", "a.parquet", "b.parquet"], "a single dump"),
        (["--list", "hub", "--columns", "downloads", "2026-08-31.parquet"], "in the form FIELD=NAME"),
        (["--list", "hub", "2026-08-31.parquet"], "2026-08-31.parquet"),
    ],
)
def test_a_mistake_is_reported_in_one_sentence(url, words, says):
    found = run(url, "import", *words)
    assert found.exit_code != 0
    assert says in found.output
    assert len(found.output.strip().splitlines()) == 1


def test_an_import_that_is_killed_leaves_nothing_and_can_be_done_again(url, tmp_path):
    assert run(url, "db", "upgrade").exit_code == 0
    path = dump(tmp_path / "2026-08-31.parquet", rows=60_000, groups=20)
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "bot", "import", "--list", "hub", str(path)]
    for wait in (0.6, 1.2, 2.0):
        with subprocess.Popen(command, env={**kept, "DATABASE_URL": url}, stderr=subprocess.DEVNULL) as killed:
            time.sleep(wait)
            if killed.poll() is None:
                killed.send_signal(signal.SIGKILL)
            killed.wait()
        snapshots, rows, rollups = counted(url)
        assert (snapshots > 0) == (rows > 0) == (rollups > 0)
    run(url, "import", "--list", "hub", str(path))
    snapshots, rows, rollups = counted(url)
    assert snapshots == 2, "the whole Hub and its top list"
    assert rows >= 1_000
    assert rollups > 40
