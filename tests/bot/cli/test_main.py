"""The command line as a shell sees it: output, exit codes, one sentence on standard error."""

from __future__ import annotations

import csv
import gzip
import json
import logging
import socket
import sys
import threading

import pandas as pd
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from PIL import Image

from analytics.storage import database
from bot.cli.main import main

HEADER = (
    "snapshot_date,model_id,downloads,likes,license,license_recorded,"
    "pipeline_tag,library_name,trending_score,created_at,gated,tags"
)


@pytest.fixture
def run():
    def run(*words, **environment):
        return CliRunner().invoke(main, list(words), env=environment)

    return run


@pytest.fixture
def fresh(tmp_path):
    return f"sqlite:///{tmp_path / 'fresh' / 'hfstats.db'}"


def rows_in(url):
    engine = database.engine(url)
    with engine.connect() as connection:
        return {table: connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in ("snapshot", "listing", "rollup")}


def listing(path, *rows):
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return str(path)


def good(day="2026-05-01", models=40):
    return [f"{day},lab/model-{n},{9_000_000 - n * 1000},{n},mit,true,fill-mask,transformers,,,false," for n in range(models)]


def test_ask_prints_finding_numbers_source_and_what_to_ask_next(run, simulated):
    result = run("ask", "licenses", "by", "downloads", DATABASE_URL=simulated)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Apache-2.0 leads with")
    assert lines[2].split() == ["#", "license", "downloads", "share"]
    assert "simulated data" in lines[-2]
    assert lines[-1].startswith("Next: ")


@pytest.mark.parametrize(
    "words",
    [["compare", "Hugging Face", "Google"], ["compare Hugging Face vs Google"], ["creator", "hugging", "face", "by", "models"]],
)
def test_names_of_several_words_survive_the_shell(run, simulated, words):
    result = run("ask", *words, DATABASE_URL=simulated)
    assert result.exit_code == 0, result.output
    assert "Hugging Face" in result.stdout


def test_ask_writes_json_csv_parquet_and_png(run, simulated, tmp_path):
    table, picture, frame = tmp_path / "a.csv", tmp_path / "a.png", tmp_path / "a.parquet"
    files = ("--csv", str(table), "--png", str(picture), "--parquet", str(frame))
    result = run("ask", "creators", "--json", *files, DATABASE_URL=simulated)
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert [ranking["by"] for ranking in answer["rankings"]] == ["models", "downloads"]
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == sum(len(ranking["shares"]) for ranking in answer["rankings"])
    assert float(rows[0]["portion"]) == answer["rankings"][0]["shares"][0]["portion"]
    assert pd.read_parquet(frame)["portion"].to_list() == [float(row["portion"]) for row in rows]
    with Image.open(picture) as image:
        assert image.size == (1200, 675)


@pytest.mark.parametrize(
    ("words", "said", "offered"),
    [
        (["licenzes"], "“licenzes”", "licenses"),
        (["licenses", "by", "stars"], "“stars” isn't a measure", "licenses"),
        (["creator", "metta"], "“metta”", "creator Meta"),
        (["licenses", "apache"], "“apache”", "license apache"),
        (["compare", "meta"], "at least 2 names", "compare meta google"),
        ([], "Ask a question", "licenses"),
    ],
)
def test_words_that_are_not_understood_exit_with_2_and_the_message_on_standard_error(run, simulated, words, said, offered):
    result = run("ask", *words, DATABASE_URL=simulated)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in result.stderr
    assert offered in result.stderr
    assert "Traceback" not in result.stderr


def test_an_empty_store_says_how_to_fill_it(run, fresh):
    result = run("ask", "licenses", DATABASE_URL=fresh)
    assert result.exit_code == 1
    assert "hfstats snapshot" in result.stderr
    assert "hfstats import" in result.stderr


def test_a_date_without_a_snapshot_names_the_nearest(run, simulated):
    result = run("ask", "licenses", "at", "2020-01", DATABASE_URL=simulated)
    assert result.exit_code == 1
    assert "There's no snapshot from January 2020. The nearest one is from " in result.stderr


def test_a_file_that_cannot_be_written_is_named(run, simulated, tmp_path):
    result = run("ask", "licenses", "--png", str(tmp_path / "no" / "a.png"), DATABASE_URL=simulated)
    assert result.exit_code == 1
    assert f"Can't write {tmp_path / 'no' / 'a.png'}: " in result.stderr


@pytest.mark.parametrize(
    "url", ["mysql://root:hush-hush@localhost/x", "not an address", "postgresql://u:hush-hush@127.0.0.1:1/x"]
)
def test_a_database_that_cannot_be_used_is_one_sentence_without_its_password(run, url):
    result = run("ask", "licenses", DATABASE_URL=url)
    assert result.exit_code == 1
    assert result.stderr.startswith("hfstats: ")
    assert "hush-hush" not in result.output
    assert "Traceback" not in result.output


def test_import_stores_a_snapshot_a_date_once(run, fresh, tmp_path):
    file = listing(tmp_path / "two.csv", *good("2026-05-01"), *good("2026-06-01"))
    first = run("import", file, DATABASE_URL=fresh)
    assert first.exit_code == 0, first.output
    assert "stored 2 snapshots of the top list from 2026-05-01 to 2026-06-01" in first.stdout
    before = rows_in(fresh)
    second = run("import", file, DATABASE_URL=fresh)
    assert second.exit_code == 0
    assert "nothing changed" in second.stdout
    assert rows_in(fresh) == before == {"snapshot": 2, "listing": 80, "rollup": before["rollup"]}


BAD = {
    "a missing column": ("snapshot_date,model_id\n2026-05-01,lab/a\n", "downloads"),
    "a negative count": ("\n".join([HEADER, *good(), "2026-05-01,lab/bad,-1,0,mit,true,,,,,,"]), "42"),
    "an unparsable count": ("\n".join([HEADER, *good(), "2026-05-01,lab/bad,many,0,mit,true,,,,,,"]), "42"),
    "a control character in an id": ("\n".join([HEADER, *good(), "2026-05-01,lab/b\x07d,1,0,mit,true,,,,,,"]), "42"),
    "a duplicate id": ("\n".join([HEADER, *good(), good()[0]]), "42"),
    "a row cut short": ("\n".join([HEADER, *good(), "2026-05-01,lab/bad"]), "42"),
    "no rows": (HEADER + "\n", "bad.csv"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_file_is_one_sentence_and_leaves_the_store_as_it_was(run, fresh, tmp_path, fault):
    content, where = BAD[fault]
    assert run("import", listing(tmp_path / "good.csv", *good()), DATABASE_URL=fresh).exit_code == 0
    before = rows_in(fresh)
    file = tmp_path / "bad.csv"
    file.write_text(content, encoding="utf-8")
    result = run("import", str(file), DATABASE_URL=fresh)
    assert result.exit_code == 1
    assert result.stderr.startswith("hfstats: ")
    assert len(result.stderr.strip().splitlines()) == 1
    assert "bad.csv" in result.stderr
    assert where in result.stderr
    assert rows_in(fresh) == before


def test_a_truncated_gzip_is_one_sentence(run, fresh, tmp_path):
    file = tmp_path / "cut.csv.gz"
    file.write_bytes(gzip.compress("\n".join([HEADER, *good()]).encode())[:-20])
    result = run("import", str(file), DATABASE_URL=fresh)
    assert result.exit_code == 1
    assert "cut.csv.gz" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_db_upgrade_says_the_version_and_may_be_run_again(run, fresh):
    first, second = run("db", "upgrade", DATABASE_URL=fresh), run("db", "upgrade", DATABASE_URL=fresh)
    assert first.exit_code == second.exit_code == 0
    assert "were upgraded to version" in first.stdout
    assert "are up to date" in second.stdout


@pytest.fixture
def _own_hooks(monkeypatch):
    """Put back what serve takes over in its process."""
    for module, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, name, getattr(module, name))
    for name in ("HF_HUB_DISABLE_PROGRESS_BARS", "HF_HUB_VERBOSITY", "PYTHONWARNINGS", "HFSTATS_CHILD_LOGS"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    yield
    logging.captureWarnings(capture=False)


@pytest.mark.usefixtures("_own_hooks")
def test_serve_says_what_is_missing_and_where_to_find_it(run, fresh):
    result = run("serve", DATABASE_URL=fresh, SLACK_BOT_TOKEN="", SLACK_SIGNING_SECRET="", SLACK_APP_TOKEN="")
    assert result.exit_code == 1
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        assert name in result.stderr
    assert "Basic Information" in result.stderr
    assert "OAuth & Permissions" in result.stderr


def test_demo_says_when_its_port_is_taken(run, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("demo", "--simulated", "--port", str(port), XDG_DATA_HOME=str(tmp_path))
    assert result.exit_code == 1
    assert f"Port {port} on 127.0.0.1 is in use" in result.stderr
