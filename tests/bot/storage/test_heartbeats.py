"""Heartbeats of workers: writing, pruning, status, and warnings when they stop."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from databases import BOTH_DATABASES, migrated

from analytics.errors import StoreError
from analytics.storage import database
from bot import composition
from bot.cli.main import main
from bot.server.worker_watch import LOOKS, WorkerWatch
from bot.settings import Settings
from bot.storage.heartbeats import Heartbeat, HeartbeatStore, describe, duration
from bot.storage.job_slots import JobSlots
from bot.storage.schema import WORKER_HEARTBEAT
from playground import SlackStandIn
from playground.faults import Fault


class Clock:
    def __init__(self):
        self.now = datetime.now(UTC)

    def __call__(self):
        return self.now

    def on(self, **time):
        self.now += timedelta(**time)


@pytest.fixture(params=BOTH_DATABASES)
def url(request, tmp_path):
    return migrated(tmp_path / "bot.db") if request.param == "sqlite" else request.getfixturevalue("migrated_postgres_url")


@pytest.fixture
def engine(url):
    made = database.engine(url)
    yield made
    made.dispose()


def test_each_worker_has_a_row_that_its_heartbeats_renew(engine):
    clock = Clock()
    one, other = HeartbeatStore(engine, clock), HeartbeatStore(engine, clock)
    assert one.age() is None
    one.beat()
    clock.on(seconds=30)
    other.beat()
    clock.on(seconds=5)
    one.beat()
    first, second = one.find()
    assert (first.beat_at - first.started_at, second.beat_at - second.started_at) == (
        timedelta(seconds=35),
        timedelta(seconds=30),
    )
    assert first.ended_at is None
    assert one.age() == 0
    one.end()
    assert one.find()[0].ended_at == clock.now.replace(tzinfo=UTC)


def test_rows_older_than_a_day_go_but_the_last_stays(engine):
    clock = Clock()
    HeartbeatStore(engine, clock).beat()
    clock.on(hours=2)
    HeartbeatStore(engine, clock).beat()
    assert len(HeartbeatStore(engine).find()) == 2
    clock.on(hours=23)
    living = HeartbeatStore(engine, clock)
    living.beat()
    assert len(living.find()) == 2
    clock.on(days=3)
    assert living.age() == timedelta(days=3).total_seconds()
    assert len(living.find()) == 2, "who looks forgets nothing"


NOW = datetime(2026, 8, 22, 12, tzinfo=UTC)


def worker(pid, seconds_ago, *, ended=False):
    heard = NOW - timedelta(seconds=seconds_ago)
    return Heartbeat(f"w{pid}", "web-1", pid, heard - timedelta(hours=1), heard, heard if ended else None)


@pytest.mark.parametrize(
    ("workers", "says", "says_without_names"),
    [
        ([], "none has run yet. Digests, alerts and snapshots won't run until one starts", "none has run yet"),
        ([worker(1, 4)], "1 running (web-1:1)", "1 running"),
        ([worker(1, 4), worker(2, 600)], "1 running (web-1:1); not responding: web-1:2 for 10 minutes", "1 running, 1 not resp"),
        ([worker(1, 4), worker(2, 600, ended=True)], "1 running (web-1:1)", "1 running"),
        (
            [worker(1, 600)],
            "none running. Last heartbeat (web-1:1): 10 minutes ago.",
            "none running. Last heartbeat: ",
        ),
        ([worker(1, 600, ended=True)], "none running. Last heartbeat (web-1:1)", "none running. Last heartbeat: "),
    ],
)
def test_how_workers_are_reported(workers, says, says_without_names):
    assert describe(workers, NOW, names=True).startswith(says)
    told = describe(workers, NOW, names=False)
    assert told.startswith(says_without_names)
    assert "web-1" not in told


@pytest.mark.parametrize(
    ("seconds", "said"), [(1, "1 second"), (119, "119 seconds"), (120, "2 minutes"), (7200, "2 hours"), (2e5, "2 days")]
)
def test_durations(seconds, said):
    assert duration(seconds) == said


def run(url, *words):
    return CliRunner().invoke(main, list(words), env={"DATABASE_URL": url, "SLACK_CLIENT_ID": None})


def test_the_command_line_shows_them_and_checks_for_a_container(url, engine):
    assert "Workers: none has run yet" in run(url, "status").output
    checked = run(url, "worker", "--check")
    assert checked.exit_code == 1
    assert "No worker on this host" in checked.output
    HeartbeatStore(engine).beat()
    assert "Workers: 1 running (" in run(url, "status").output
    assert run(url, "worker", "--check").exit_code == 0


# What serve does about it.


@pytest.fixture
def told():
    return []


@pytest.fixture
def silent(engine):
    """A database whose last worker was heard from an hour ago."""
    clock = Clock()
    clock.on(hours=-1)
    HeartbeatStore(engine, clock).beat()
    return engine


def test_where_no_worker_has_ever_run_nobody_is_notified(engine, told):
    watch = WorkerWatch(HeartbeatStore(engine), JobSlots(engine), told.append)
    for _ in range(LOOKS + 1):
        watch.look()
    assert (watch.state, told) == ("never", [])


def test_a_silence_is_reported_once_however_many_look_and_again_the_next_time(silent, told, caplog):
    watches = [WorkerWatch(HeartbeatStore(silent), JobSlots(silent), told.append) for _ in range(2)]
    for number in range(LOOKS + 3):
        for watch in watches:
            watch.look()
        assert len(told) == int(number >= LOOKS - 1)
    assert {watch.state for watch in watches} == {"stale"}
    assert "No worker has sent a heartbeat for 60 minutes" in told[0]
    errors = [record for record in caplog.records if record.name == WorkerWatch.__module__ and record.levelno == logging.ERROR]
    assert len(errors) == 2, "one line in each process"
    HeartbeatStore(silent).beat()
    watches[0].look()
    assert watches[0].state == "ok"
    with silent.begin() as connection:
        connection.execute(WORKER_HEARTBEAT.update().values(beat_at=datetime(2026, 1, 1)))  # noqa: DTZ001 - as the table holds it
    for _ in range(LOOKS):
        watches[0].look()
    assert len(told) == 2


def test_a_database_that_was_away_is_no_silence(silent, told):
    class Away(HeartbeatStore):
        away = False

        def find(self):
            if self.away:
                raise StoreError("The database cannot be used: away")
            return super().find()

    away = Away(silent)
    watch = WorkerWatch(away, JobSlots(silent), told.append)
    for _ in range(LOOKS):
        away.away = False
        watch.look()
        away.away = True
        with pytest.raises(StoreError):
            watch.look()
    assert (watch.state, told) == ("unknown", [])


def test_the_operator_is_notified_in_slack_though_it_fails_at_first(silent, url):
    with SlackStandIn() as slack:
        channel = slack.channel("general")
        settings = Settings(
            database_url=url, slack_bot_token=slack.bot_token(), slack_api_url=slack.api_url, hfstats_operator_channel=channel.id
        )
        watch = composition.worker_watch(settings, silent)
        slack.faults.plan("chat.postMessage", Fault(status=500))
        for _ in range(LOOKS + 3):
            watch.look()
        (message,) = [one for one in slack.messages("general") if "No worker has sent a heartbeat" in one.text]
    assert "on hold" in message.text


def test_the_next_worker_tells_the_operator_of_the_silence_before_it(silent, url, told):
    settings = Settings(database_url=url, slack_bot_token="xoxb" + "-test", hfstats_operator_channel="C0OPS")
    jobs = composition.jobs(settings, silent, told)
    for _ in range(2):
        jobs.report_silence()
    (line,) = jobs.delivery_context.outbox.find()
    assert line.channel == "C0OPS"
    assert "stopped responding 60 minutes ago" in json.loads(line.content)["text"]


def test_a_worker_that_ended_as_it_was_told_is_no_silence(engine, url, told):
    clock = Clock()
    clock.on(hours=-1)
    ended = HeartbeatStore(engine, clock)
    ended.beat()
    ended.end()
    jobs = composition.jobs(Settings(database_url=url, hfstats_operator_channel="C0OPS"), engine, told)
    jobs.report_silence()
    assert jobs.delivery_context.outbox.find() == []
