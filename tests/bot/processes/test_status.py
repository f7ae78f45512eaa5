"""The status and deliveries commands, and the worker inside serve."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from databases import migrated
from waiting import until

from analytics.storage import database
from bot.cli.main import main
from bot.domain.outbox import Kind, PlannedDelivery, State
from bot.processes.embedded_worker import worker
from bot.settings import Settings
from bot.storage.messages.outbox import OutboxStore


def run(url, *words):
    return CliRunner().invoke(main, list(words), env={"DATABASE_URL": url, "SLACK_CLIENT_ID": None})


def test_a_digest_is_shown_without_being_sent(simulated, tmp_path):
    png, csv = tmp_path / "digest.png", tmp_path / "digest.csv"
    shown = run(simulated, "digest", "--month", "2026-07", "--png", str(png), "--csv", str(csv))
    assert shown.exit_code == 0, shown.output
    assert "Digest for July 2026" in shown.output
    assert "simulated" in shown.output
    assert png.read_bytes().startswith(b"\x89PNG")
    assert csv.read_text(encoding="utf-8").count("\n") > 20
    told = json.loads(run(simulated, "digest", "--month", "2026-07", "--json").output)
    assert [section["dimension"] for section in told["sections"]] == ["license", "creator", "task"]
    shift = told["sections"][0]["shifts"][0]
    assert shift["points"] == pytest.approx(shift["after"] - shift["before"])
    assert sum(reason["points"] for reason in shift["reasons"]) == pytest.approx(shift["points"], abs=1e-9)


def test_a_week_and_the_latest(simulated):
    assert "Digest for the week of August 10, 2026" in run(simulated, "digest", "--week", "2026-W33").output
    assert "Digest for August 2026" in run(simulated, "digest").output
    assert "trending" in run(simulated, "digest", "--list", "trending").output


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("digest", "--month", "2026-13"), 2, "Write a month like 2026-07"),
        (("digest", "--month", "2019-01"), 1, "no snapshots of the top list"),
        (("digest", "--month", "2026-07", "--week", "2026-W30"), 2, "not both"),
        (("deliveries", "retry"), 2, "hfstats deliveries --failed"),
    ],
)
def test_what_cannot_be_is_one_sentence(simulated, words, code, says):
    refused = run(simulated, *words)
    assert refused.exit_code == code
    assert says in refused.output
    assert len(refused.output.strip().splitlines()) <= 2


@pytest.fixture
def kept(tmp_path):
    """A database with a delivery that arrived, one that failed and one that is unsure."""
    url = migrated(tmp_path / "kept.db")
    engine = database.engine(url)
    outbox, due = OutboxStore(engine), datetime(2026, 8, 3, 9, tzinfo=UTC)
    owed = [
        PlannedDelivery("T1", f"C{number}", Kind.DIGEST, number, "2026-07", due, content='{"text":"secret"}')
        for number in (1, 2, 3)
    ]
    ids = outbox.plan(owed)
    for id_ in ids:
        outbox.claim(id_, "o")
    outbox.sent(ids[0], "1.1")
    outbox.settle(ids[1], "o", State.FAILED, "is_archived")
    outbox.settle(ids[2], "o", State.UNSURE, "lost")
    engine.dispose()
    return url, ids


def test_status_and_deliveries_say_what_went_where_and_why_not(kept):
    url, ids = kept
    status = run(url, "status").output
    assert "0 planned, 0 sending, 1 sent, 1 failed, 1 unsure" in status
    assert "hfstats deliveries --failed" in status
    assert run(url, "deliveries").output.count("T1/C") == 3
    failed = run(url, "deliveries", "--failed").output
    assert "failed (the channel was archived)" in failed
    assert "T1/C1" not in failed
    assert "secret" not in failed
    assert run(url, "deliveries", "--limit", "1").output.count("T1/C") == 1
    assert ids


def test_retrying_plans_what_failed_and_what_is_unsure_only_by_its_number(kept):
    url, ids = kept
    said = run(url, "deliveries", "retry", "--all").output
    assert said == f"{ids[1]}: will be retried\n"
    assert run(url, "deliveries", "retry", "--all").output == "No failed deliveries.\n"
    said = run(url, "deliveries", "retry", *map(str, ids), "99").output
    assert f"{ids[0]}: is sent, nothing to retry" in said
    assert f"{ids[2]}: will be retried" in said
    assert "99: no such delivery" in said
    assert "2 planned, 0 sending, 1 sent, 0 failed, 0 unsure" in run(url, "status").output


def test_an_empty_database_says_so(tmp_path):
    url = f"sqlite:///{tmp_path / 'new.db'}"
    assert "0 active, 0 paused" in run(url, "status").output
    assert "No deliveries yet." in run(url, "deliveries").output
    assert "No failed or unsure deliveries" in run(url, "deliveries", "--failed").output


# A worker beside serve


def alive(pid):
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "Z (zombie)" not in status.read_text(encoding="utf-8")


def children(pid):
    found = subprocess.run(["pgrep", "-P", str(pid), "-f", "worker"], capture_output=True, text=True, check=False)
    return [int(one) for one in found.stdout.split()]


def test_it_ends_with_the_block_and_is_replaced_when_it_dies(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'beside.db'}")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("bot.processes.embedded_worker._AGAIN", 0.1)
    with worker(Settings.read()):
        (first,) = until(lambda: children(os.getpid()))
        os.kill(first, signal.SIGKILL)
        (second,) = until(lambda: [one for one in children(os.getpid()) if one != first])
    assert not alive(second)


SERVING = (
    "import time, threading\nfrom bot.processes.embedded_worker import worker\nfrom bot.settings import Settings\n{first}"
    "with worker(Settings.read()):\n    print('up', flush=True)\n    time.sleep(60)\n"
)
ALONE = ""
WITH_A_THREAD = "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
"""Where a thread may hold a lock, nothing is forked."""


@pytest.mark.parametrize("first", [ALONE, WITH_A_THREAD], ids=["forked", "executed"])
def test_it_ends_with_a_parent_that_was_killed(tmp_path, first):
    script = SERVING.format(first=first)
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'beside.db'}", "HF_ENDPOINT": "http://127.0.0.1:9"}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=env) as parent:
        assert parent.stdout.readline() == "up\n"
        (child,) = until(lambda: children(parent.pid))
        if first:
            until(lambda: "--with-parent" in Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8"))
        else:
            time.sleep(1)  # one that is started anew would show it by now
            assert "--with-parent" not in Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8")
        parent.kill()
        parent.wait()
        until(lambda: not alive(child))


def test_one_that_was_forked_and_dies_is_replaced_by_one_from_the_beginning(tmp_path):
    script = "from bot.processes import embedded_worker\nembedded_worker._AGAIN = 0.1\n" + SERVING.format(first=ALONE)
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'beside.db'}", "HF_ENDPOINT": "http://127.0.0.1:9"}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=env) as parent:
        assert parent.stdout.readline() == "up\n"
        (first,) = until(lambda: children(parent.pid))
        os.kill(first, signal.SIGKILL)
        (second,) = until(lambda: [one for one in children(parent.pid) if one != first and alive(one)])
        until(lambda: "--with-parent" in Path(f"/proc/{second}/cmdline").read_text(encoding="utf-8"))
        parent.kill()
        parent.wait()
        until(lambda: not alive(second))


def test_serve_runs_one_on_sqlite_unless_told(tmp_path):
    url = f"sqlite:///{tmp_path / 'x.db'}"
    assert Settings(database_url=url).hfstats_with_worker is None
    assert Settings(database_url=url, hfstats_with_worker="false").hfstats_with_worker is False


def test_one_that_hangs_is_killed_and_replaced(tmp_path):
    patched = "from bot.processes import embedded_worker\nfrom bot.jobs.engine import local\n"
    patched += "embedded_worker._SILENT_AFTER = 15\nlocal.BEAT_SECONDS = 0.5\n"
    log = "from bot.observability import logs\nlogs.configure('INFO', 'json')\n"
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'beside.db'}", "HF_ENDPOINT": "http://127.0.0.1:9"}
    with (
        (tmp_path / "log").open("w", encoding="utf-8") as err,
        subprocess.Popen(
            [sys.executable, "-c", patched + log + SERVING.format(first=ALONE)],
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
            env=env,
        ) as parent,
    ):
        assert parent.stdout.readline() == "up\n"
        until(lambda: "running scheduled jobs" in (tmp_path / "log").read_text(encoding="utf-8"))
        (first,) = children(parent.pid)
        os.kill(first, signal.SIGSTOP)
        until(lambda: [one for one in children(parent.pid) if one != first and alive(one)])
        assert not alive(first)
        assert "is not responding" in (tmp_path / "log").read_text(encoding="utf-8")
        parent.kill()
        parent.wait()
        until(lambda: not children(parent.pid))
