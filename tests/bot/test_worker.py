"""``hfstats worker`` as a process: a snapshot a day, once; the Hub away; a clear end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hub_standin import HubStandIn
from leaks import TYPED, found_in

from analytics import database
from analytics.domain import ListName
from analytics.store import SqlHistory
from bot import jobs, wiring
from bot.settings import Settings
from bot.store.clock import now
from bot.store.seen import Seen

WAIT = 40.0


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'hfstats.db'}"


def until(condition):
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def run(url, hub, tmp_path, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "DATABASE"))}
    env = {**kept, "DATABASE_URL": url, "HF_ENDPOINT": hub, **more}
    with (tmp_path / "worker.log").open("w", encoding="utf-8") as log:
        return subprocess.Popen([sys.executable, "-m", "bot.cli", "worker"], env=env, stdout=log, stderr=subprocess.STDOUT)


def test_it_takes_todays_snapshot_and_ends_when_told(url, tmp_path):
    with HubStandIn() as hub:
        process = run(url, hub.endpoint, tmp_path)
        log = tmp_path / "worker.log"
        assert until(lambda: "took" in log.read_text(encoding="utf-8") or process.poll() is not None)
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 0
    history = SqlHistory(database.engine(url))
    assert [len(history.snapshots(name)) for name in (ListName.TOP, ListName.TRENDING)] == [1, 1]
    said = log.read_text(encoding="utf-8")
    assert "tidied" in said
    assert found_in(said, [TYPED]) == []


def test_a_day_has_one_snapshot_however_often_it_is_looked_for(url):
    with HubStandIn() as hub:
        settings = Settings(database_url=url, hf_endpoint=hub.endpoint)
        engine = wiring.store(settings)
        assert jobs.snapshot(settings, engine) is True
        assert jobs.snapshot(settings, engine) is False
        assert len(SqlHistory(engine).snapshots(ListName.TOP)) == 1


def test_the_hub_being_away_is_logged_and_made_up_for(url, caplog):
    settings = Settings(database_url=url, hf_endpoint="http://127.0.0.1:9")
    engine = wiring.store(settings)
    assert jobs.snapshot(settings, engine) is False
    assert "no snapshot of" in caplog.text
    with HubStandIn() as hub:
        assert jobs.snapshot(settings.model_copy(update={"hf_endpoint": hub.endpoint}), engine) is True


def test_what_is_old_goes(url, caplog):
    caplog.set_level("INFO")
    settings = Settings(database_url=url, hfstats_keys="key", hfstats_picture_days=30)
    engine = wiring.store(settings)
    gallery, seen = wiring.gallery(settings, engine), Seen(engine)
    old, new = gallery.keep("T1", b"old"), gallery.keep("T1", b"new")
    seen.first("old")
    aged = sa.text("UPDATE link SET made_at = :at WHERE name = :name")
    with engine.begin() as connection:
        connection.execute(aged, {"at": now() - timedelta(31), "name": old.partition(".")[0]})
        connection.execute(sa.text("UPDATE seen SET seen_at = :at"), {"at": now() - timedelta(2)})
    seen.first("new")
    jobs.tidy(settings, engine)
    assert gallery.find(old) is None
    assert gallery.find(new) == b"new"
    assert seen.first("old")
    assert not seen.first("new")
    assert "tidied: 1 addresses of pictures, 1 marks of requests" in caplog.text
