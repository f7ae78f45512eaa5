"""``hfstats worker`` as a process: a snapshot a day, once; the Hub away; a clear end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hub_standin import HubStandIn, html
from leaks import TYPED, found_in
from simulation import filled
from waiting import WAIT, until

from analytics.domain import ListName
from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot import composition
from bot.analytics_pool.process import AnalyticsProcess
from bot.settings import Settings
from bot.storage.clock import now
from bot.storage.messages.outbox import OutboxStore
from bot.storage.messages.received_events import ReceivedEvents


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'hfstats.db'}"


def run(url, hub, tmp_path, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "DATABASE"))}
    env = {**kept, "DATABASE_URL": url, "HF_ENDPOINT": hub, **more}
    with (tmp_path / "worker.log").open("w", encoding="utf-8") as log:
        return subprocess.Popen([sys.executable, "-m", "bot.cli.main", "worker"], env=env, stdout=log, stderr=subprocess.STDOUT)


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
    assert "picture links" in said
    assert found_in(said, [TYPED]) == []


def jobs_of(settings, engine, clock=None):
    made = composition.jobs(settings, engine, AnalyticsProcess(SqlHistory(engine)))
    if clock is None:
        return made
    return replace(made, delivery_context=replace(made.delivery_context, clock=clock, outbox=OutboxStore(engine, clock)))


def test_a_day_has_one_snapshot_however_often_it_is_looked_for(url):
    with HubStandIn() as hub:
        settings = Settings(database_url=url, hf_endpoint=hub.endpoint)
        engine = composition.store(settings)
        jobs = jobs_of(settings, engine)
        assert jobs.snapshot() is True
        assert jobs.snapshot() is False
        assert len(SqlHistory(engine).snapshots(ListName.TOP)) == 1


def test_the_hub_being_away_is_logged_and_made_up_for(url, caplog):
    settings = Settings(database_url=url, hf_endpoint="http://127.0.0.1:9")
    engine = composition.store(settings)
    assert jobs_of(settings, engine).snapshot() is False
    assert "no snapshot for" in caplog.text
    with HubStandIn() as hub:
        assert jobs_of(settings.model_copy(update={"hf_endpoint": hub.endpoint}), engine).snapshot() is True


@pytest.fixture
def broken_hub():
    """A Hub that answers with a page instead of data: nothing that trying again at once would mend."""
    with HubStandIn() as hub:
        hub.fail_next(html(), times=1000)
        yield hub


def test_a_day_without_the_hub_is_tried_to_the_end_then_told_once_and_in_the_digest(url, caplog, broken_hub):
    """The last hours of 12 August: every half hour, as the clock has it."""
    moment = [datetime(2026, 8, 12, 21, 37, tzinfo=UTC)]
    settings = Settings(
        database_url=filled(Path(url.removeprefix("sqlite:///"))),
        hf_endpoint=broken_hub.endpoint,
        slack_bot_token="xoxb" + "-test",
        hfstats_operator_channel="C0OPS",
    )
    engine = composition.store(settings)
    with engine.begin() as connection:  # the simulated history has that day as well
        connection.execute(sa.text("DELETE FROM snapshot WHERE taken_on = '2026-08-12'"))
    jobs = jobs_of(settings, engine, lambda: moment[0])
    for told in (0, 1, 1):
        assert jobs.snapshot() is False
        assert caplog.text.count("no snapshot for 2026-08-12: ") == len(jobs.delivery_context.outbox.find()) == told
        moment[0] += timedelta(minutes=30)
    assert caplog.text.count("no snapshot for 2026-08-12 yet") == 3
    (line,) = jobs.delivery_context.outbox.find()
    assert (line.kind, line.channel) == ("note", "C0OPS")
    assert "There is still no snapshot for 2026-08-12" in line.content
    moment[0] = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
    jobs.delivery_context.subscriptions.subscribe(
        "T1",
        "C1",
        schedule="monthly at 09:00 UTC",
        within="top",
        sections=("license",),
        by="U1",
        next_due=moment[0],
        private=False,
    )
    jobs.plan()
    content, _ = jobs.delivery_context.built_digests.get(jobs.delivery_context.outbox.find()[0].edition)
    assert "No snapshot could be taken on August 12, 2026." in content.text


def test_what_is_old_goes(url, caplog):
    caplog.set_level("INFO")
    settings = Settings(database_url=url, hfstats_keys="key", hfstats_picture_days=30)
    engine = composition.store(settings)
    picture_store, seen = composition.picture_store(settings, engine), ReceivedEvents(engine)
    old, new = picture_store.save("T1", b"old"), picture_store.save("T1", b"new")
    seen.first("old")
    aged = sa.text("UPDATE link SET made_at = :at WHERE name = :name")
    with engine.begin() as connection:
        connection.execute(aged, {"at": now() - timedelta(31), "name": old.partition(".")[0]})
        connection.execute(sa.text("UPDATE seen SET seen_at = :at"), {"at": now() - timedelta(2)})
    seen.first("new")
    jobs_of(settings, engine).tidy()
    assert picture_store.find(old) is None
    assert picture_store.find(new) == b"new"
    assert seen.first("old")
    assert not seen.first("new")
    assert "deleted 1 picture links, 1 markers" in caplog.text
