"""``hfstats worker`` as a process whose database goes away: it waits, says so once, goes on, and ends well only when told."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
import sqlalchemy as sa
from databases import BOTH_DATABASES
from hub_standin import HubStandIn
from simulation import filled
from waiting import WAIT, until

from analytics.storage import database
from bot import composition
from bot.jobs.engine.outage import Outage, waits
from bot.settings import Settings
from bot.storage.heartbeats import HeartbeatStore


def last_heartbeat(url):
    engine = database.engine(url)
    try:
        return HeartbeatStore(engine).find()[0]
    finally:
        engine.dispose()


GONE, BACK = "on hold until it is back", "The database is back"


@pytest.fixture
def start(tmp_path):
    """Start a worker; what still runs at the end is killed."""
    with HubStandIn() as hub:
        yield from starting(tmp_path, hub.endpoint)


def starting(tmp_path, hub):
    started = []

    def run(url, before=""):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "DATABASE"))}
        env = {**kept, "DATABASE_URL": url, "HF_ENDPOINT": hub}
        command = [sys.executable, "-c", f"{before}\nfrom bot.cli.main import main; main(['worker'])"]
        log = (tmp_path / "worker.log").open("w", encoding="utf-8")
        started.append((subprocess.Popen(command, env=env, stderr=log), log))
        return started[-1][0], Log(tmp_path / "worker.log")

    yield run
    for process, log in started:
        process.kill()
        process.wait()
        log.close()


class Log:
    def __init__(self, path):
        self.path = path

    def count(self, words):
        lines = [json.loads(line)["event"] for line in self.path.read_text(encoding="utf-8").splitlines()]
        return sum(words in line for line in lines)


FAST = "import bot.jobs.engine.{engine} as e; e.BEAT_SECONDS = 0.5"


def test_waits_grow_and_are_bounded():
    pauses = waits()
    assert [next(pauses) for _ in range(7)] == [1, 2, 4, 8, 10, 10, 10]


def test_an_outage_is_reported_once_and_its_end_when_all_that_failed_works(caplog):
    outage = Outage()
    began = time.monotonic()
    for what in ("plan", "beat", "plan"):
        outage.failed(what, "The database cannot be used: refused")
    outage.worked("beat")
    outage.worked("snapshot")
    assert BACK not in caplog.text
    outage.worked("plan")
    outage.failed("queue", "late", since=began)
    assert [record.message[:20] for record in caplog.records] == ["The database cannot ", "The database is back"]
    outage.failed("queue", "anew", since=time.monotonic())
    assert outage.failing == ("queue",)


@pytest.mark.postgres
def test_on_postgresql_it_outlives_three_deaths(start, postgres_url, postgres_server):
    name = sa.make_url(postgres_url).database
    admin = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)

    def run(words):
        with admin.connect() as connection:
            connection.execute(sa.text(words))

    process, log = start(postgres_url, FAST.format(engine="postgres"))
    until(lambda: log.count("working by the clock"))
    for death in range(1, 4):
        run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        until(lambda death=death: log.count(GONE) == death)
        run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        until(lambda death=death: log.count(BACK) == death)
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(WAIT) == 0
    assert log.count(GONE) == log.count(BACK) == 3
    assert last_heartbeat(postgres_url).ended_at


def test_on_sqlite_it_goes_on_when_the_file_is_back(start, tmp_path):
    url = filled(tmp_path / "x.db", months=2)
    composition.store(Settings(database_url=url)).dispose()
    shutil.copy(tmp_path / "x.db", tmp_path / "backup.db")
    process, log = start(url, FAST.format(engine="local"))
    until(lambda: log.count("running scheduled jobs"))
    for death in range(1, 4):
        for one in tmp_path.glob("x.db*"):
            one.unlink()
        until(lambda death=death: log.count(GONE) == death)
        for one in tmp_path.glob("x.db*"):
            one.unlink(missing_ok=True)
        shutil.copy(tmp_path / "backup.db", tmp_path / "restored.db")
        (tmp_path / "restored.db").rename(tmp_path / "x.db")
        until(lambda death=death: log.count(BACK) == death)
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(WAIT) == 0
    assert last_heartbeat(url).ended_at


@pytest.mark.parametrize("url", ["postgresql://me@127.0.0.1:9/x", "sqlite:////proc/nowhere.db"])
def test_without_a_database_it_waits_and_ends_well_at_once_when_told(start, url):
    process, log = start(url)
    until(lambda: log.count(GONE) or process.poll() is not None)
    time.sleep(1.5)  # another attempt
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(WAIT) == 0
    assert log.count(GONE) == 1


@pytest.mark.parametrize("kind", BOTH_DATABASES)
def test_what_waiting_does_not_mend_ends_it_with_a_sentence(start, tmp_path, kind, request):
    url = f"sqlite:///{tmp_path / 'x.db'}" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    engine = composition.store(Settings(database_url=url))
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE bot_version SET version_num = '9999'"))
    engine.dispose()
    process, log = start(url)
    assert process.wait(WAIT) == 1
    assert log.count("is at version 9999")


def test_an_error_that_nobody_foresaw_ends_it_badly(start, tmp_path):
    crash = "import bot.composition as w\ndef engine(*_): raise ZeroDivisionError\nw.engine = engine"
    process, log = start(f"sqlite:///{tmp_path / 'x.db'}", crash)
    assert process.wait(WAIT) == 1
    assert log.count("failure ")
