"""``hfstats backfill``: each past dump is counted once, with several processes, killed ones and missing files."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from databases import BOTH_DATABASES
from hub_repositories import Commit
from hub_standin import HubStandIn, says
from waiting import WAIT, until

from analytics.domain import ListName
from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot import composition, database_setup
from bot.cli.main import main
from bot.domain.dump import DumpRequest, State
from bot.domain.outbox import RetryAt
from bot.settings import Settings
from bot.storage.dumps import ATTEMPTS, LEASE, DumpStore
from bot.storage.migration_state import TABLES
from bot.storage.schema import DUMP

REPO = "cfahlgren1/hub-stats"
MONTHS = [date(2026, month, 28) for month in (8, 7, 6, 5, 4)]


def dump(path, rows=300, groups=1):
    content = pa.table(
        {
            "id": [f"org-{at % 7}/model-{at}" for at in range(rows)],
            "downloads": [at * 7 % 1_000 for at in range(rows)],
            "tags": pa.array([["license:mit" if at % 3 else "license:apache-2.0"] for at in range(rows)]),
        }
    )
    with pq.ParquetWriter(path, content.schema) as writer:
        for part in range(groups):
            ids = [f"{name}-{part}" for name in content["id"].to_pylist()]
            writer.write_table(content.set_column(0, "id", pa.array(ids)))
    return path


def commits(tmp_path, months=MONTHS, **how):
    made = [dump(tmp_path / f"{day}.parquet", rows=300 + place, **how) for place, day in enumerate(months)]
    at_five = [datetime(day.year, day.month, day.day, 5, tzinfo=UTC) for day in months]
    return [Commit(moment, {"models.parquet": path}) for moment, path in zip(at_five, made, strict=True)]


@pytest.fixture
def hub(tmp_path):
    with HubStandIn(datasets={REPO: commits(tmp_path)}) as standin:
        yield standin


@pytest.fixture(params=BOTH_DATABASES)
def url(request, tmp_path):
    return f"sqlite:///{tmp_path / 'hfstats.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def sqlite(tmp_path):
    return f"sqlite:///{tmp_path / 'hfstats.db'}"


def env(url, hub, tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "DATABASE"))}
    return {**kept, "DATABASE_URL": url, "HF_ENDPOINT": hub.endpoint, "XDG_CACHE_HOME": str(tmp_path / "cache")}


def run(url, hub, tmp_path, *words):
    return CliRunner().invoke(main, ["backfill", "--since", "2026-04", *words], env=env(url, hub, tmp_path))


def start(url, hub, tmp_path, *words):
    command = [sys.executable, "-m", "bot", *words]
    with (tmp_path / f"{random.getrandbits(32)}.log").open("w", encoding="utf-8") as log:
        return subprocess.Popen(command, env=env(url, hub, tmp_path), stdout=log, stderr=subprocess.STDOUT)


def stored(url):
    engine = database.engine(url)
    found = [(one.taken_on, one.size) for one in SqlHistory(engine).snapshots(ListName.HUB)]
    engine.dispose()
    return found


def states(url):
    engine = database.engine(url)
    found = {one.state for one in DumpStore(engine).find()}
    engine.dispose()
    return found


def as_they_are(months=MONTHS):
    return sorted((day, 300 + place) for place, day in enumerate(months))


def test_every_month_is_counted_once(url, hub, tmp_path):
    first = run(url, hub, tmp_path)
    assert first.exit_code == 0, first.output
    assert f"{REPO}: 5 revisions from 2026-04-28 to 2026-08-28, the last of each month." in first.output
    assert "2026-08-28: 300 models (1 of 5, about 0:00:" in first.output
    assert "5 of 5 days counted." in first.output
    assert stored(url) == as_they_are()
    asked = len(hub.asked)
    again = run(url, hub, tmp_path)
    assert "5 of them already planned" in again.output
    assert "5 of 5 days counted." in again.output
    assert len(hub.asked) == asked + 1
    assert "Backfill: 5 of 5 days counted" in CliRunner().invoke(main, ["status"], env=env(url, hub, tmp_path)).output


def test_what_was_imported_by_hand_is_not_counted_again(sqlite, hub, tmp_path):
    address = f"hf://datasets/{REPO}/models.parquet"
    imported = CliRunner().invoke(main, ["import", "--list", "hub", address], env=env(sqlite, hub, tmp_path))
    assert f"models.parquet of {REPO}: stored 1 snapshot of the hub list from 2026-08-28 of 300 models." in imported.output
    assert "2026-08-28: already imported (1 of 5" in run(sqlite, hub, tmp_path).output
    assert stored(sqlite) == as_they_are()


def test_a_day_that_fails_is_reported_and_does_not_stop_the_others(sqlite, hub, tmp_path):
    good = hub.datasets.repos[REPO][2]
    hub.datasets.repos[REPO][2] = Commit(good.made_at, {"models.parquet": b"PAR1 and no more"})
    hub.datasets.repos[REPO][3] = Commit(hub.datasets.repos[REPO][3].made_at, {"else.parquet": b""})
    said = run(sqlite, hub, tmp_path)
    assert said.exit_code == 1
    assert "3 of 5 days counted. These failed. Run the same command to retry them:" in said.output
    assert "  2026-06-28: models.parquet is no Parquet file" in said.output
    assert f"  2026-05-28: {REPO} has no file models.parquet at " in said.output
    assert [day.month for day, _ in stored(sqlite)] == [4, 7, 8]
    hub.datasets.repos[REPO][2] = good
    mended = run(sqlite, hub, tmp_path)
    assert "4 of 5 days counted." in mended.output
    assert [day.month for day, _ in stored(sqlite)] == [4, 6, 7, 8]
    assert "Failed: 2026-05-28" in CliRunner().invoke(main, ["status"], env=env(sqlite, hub, tmp_path)).output
    assert list((tmp_path / "cache").rglob("*.parquet")) == []


def test_another_repository_with_other_columns(sqlite, hub, tmp_path):
    path = tmp_path / "other.parquet"
    pq.write_table(pq.read_table(dump(path)).rename_columns(["id", "month", "tags"]), path)
    hub.datasets.repos["a/b"] = [Commit(datetime(2026, 5, 2, tzinfo=UTC), {"data/all.parquet": path})]
    where = ("--repo", "a/b", "--file", "data/all.parquet")
    assert "--columns downloads=NAME" in run(sqlite, hub, tmp_path, *where).output
    assert "1 of 1 day counted." in run(sqlite, hub, tmp_path, *where, "--columns", "downloads=month").output
    assert stored(sqlite) == [(date(2026, 5, 2), 300)]


@pytest.mark.parametrize(
    ("words", "says_"),
    [
        (["--since", "2027-01"], "has no revision since 2027-01-01; the latest is from 2026-08-28"),
        (["--repo", "x"], "Write it as owner/name"),
        (["--repo", "no/body"], "no such repository"),
        (["--columns", "x"], "isn't in the form FIELD=NAME"),
    ],
)
def test_a_mistake_is_reported_in_one_sentence(sqlite, hub, tmp_path, words, says_):
    said = run(sqlite, hub, tmp_path, *words)
    assert said.exit_code == 1
    assert says_ in said.output
    assert len(said.output.strip().splitlines()) == 1


def lease_over(url):
    """Let a minute pass for those who hold a dump."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(DUMP.update().values(until=datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)))
    engine.dispose()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kills", [2, pytest.param(5, marks=pytest.mark.slow)])
def test_what_is_killed_leaves_nothing_half_written_and_is_gone_on_with(sqlite, tmp_path, kills):
    """kill -9 at any moment: of each day there is everything or nothing, and in the end each is there once."""
    history = commits(tmp_path, groups=40)
    luck = random.Random(5)
    with HubStandIn(datasets={REPO: history}) as hub:
        for _ in range(kills):
            process = start(sqlite, hub, tmp_path, "backfill", "--since", "2026-04")
            time.sleep(luck.uniform(1.0, 3.5))
            process.send_signal(signal.SIGKILL)
            process.wait()
            engine = sa.create_engine(sqlite)
            if sa.inspect(engine).has_table("dump"):
                with engine.connect() as connection:
                    half = "SELECT count(*) FROM snapshot WHERE id NOT IN (SELECT snapshot FROM {0})"
                    assert connection.scalar(sa.text(half.format("rollup"))) == 0
                    assert connection.scalar(sa.text(half.format("listing"))) == 0
                lease_over(sqlite)
            engine.dispose()
        said = run(sqlite, hub, tmp_path)
    assert said.exit_code == 0, said.output
    assert [day for day, _ in stored(sqlite)] == sorted(MONTHS)
    assert {size for _, size in stored(sqlite)} == {40 * (300 + place) for place in range(5)}
    # Those who counted for a process that was killed have ended with it.
    assert list((tmp_path / "cache").rglob("*.parquet")) == []


def test_a_command_that_is_told_to_end_leaves_the_rest_for_later(sqlite, tmp_path):
    with HubStandIn(datasets={REPO: commits(tmp_path, groups=200)}) as hub:
        process = start(sqlite, hub, tmp_path, "backfill", "--since", "2026-04")
        until(lambda: any("resolve" in one.query.get("url", [""])[0] for one in hub.asked))
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 1
    dumps = DumpStore(database.engine(sqlite)).find()
    assert State.COUNTING not in {one.state for one in dumps}
    assert all(one.attempts == 0 for one in dumps if one.state is State.WAITING)
    log = next(path.read_text(encoding="utf-8") for path in tmp_path.glob("*.log"))
    assert "Run the same command to continue" in log


@pytest.mark.timeout(180)
def test_workers_on_the_same_database_take_part(url, hub, tmp_path):
    planned = run(url, hub, tmp_path, "--later")
    assert "The workers will start within a minute" in planned.output
    assert stored(url) == []
    workers = [start(url, hub, tmp_path, "worker") for _ in range(2 if url.startswith("postgres") else 1)]
    if not url.startswith("postgres"):  # one process looks each minute; a command on the same database goes on at once
        assert run(url, hub, tmp_path).exit_code == 0
    try:
        until(lambda: len(stored(url)) == 5, 90)
        until(lambda: states(url) == {State.DONE})
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            assert worker.wait(WAIT) == 0
    assert stored(url) == as_they_are()


@pytest.mark.postgres
@pytest.mark.timeout(180)
def test_a_worker_that_is_stopped_in_the_middle_leaves_its_dump_to_another(postgres_url, tmp_path):
    with HubStandIn(datasets={REPO: commits(tmp_path, MONTHS[:1], groups=400)}) as hub:
        run(postgres_url, hub, tmp_path, "--later")
        first = start(postgres_url, hub, tmp_path, "worker")
        until(lambda: any("resolve" in one.query.get("url", [""])[0] for one in hub.asked))
        first.terminate()
        assert first.wait(WAIT) == 0
        assert stored(postgres_url) == []
        assert run(postgres_url, hub, tmp_path).exit_code == 0
    assert len(stored(postgres_url)) == 1


class Clock:
    def __init__(self):
        self.at = datetime(2026, 9, 1, tzinfo=UTC)

    def __call__(self):
        return self.at


@pytest.fixture
def dumps(url):
    engine = database.engine(url)
    database.upgrade(engine)
    database.upgrade(engine, TABLES)
    database_setup.upgrade(engine)
    made = DumpStore(engine, Clock())
    made.plan(DumpRequest(REPO, "models.parquet", f"{number:040x}", day) for number, day in enumerate(MONTHS))
    yield made
    engine.dispose()


def test_of_many_who_want_a_dump_one_has_it(dumps):
    first = dumps.next()
    mine = dumps.claim(first, "me")
    assert mine.taken_on == MONTHS[0]
    assert isinstance(dumps.claim(first, "you"), RetryAt)
    assert dumps.next() != first
    assert not dumps.done(first, "you", 1)
    dumps._clock.at += LEASE / 2
    assert dumps.renew(first, "me")
    dumps._clock.at += LEASE / 2
    assert isinstance(dumps.claim(first, "you"), RetryAt)
    dumps._clock.at += LEASE
    assert dumps.next() == first
    assert dumps.claim(first, "you").attempts == 2
    assert not dumps.renew(first, "me")
    assert dumps.done(first, "you", 300)
    assert dumps.claim(first, "me") is None


def test_one_that_has_to_wait_is_nobodys_until_then(dumps):
    id_ = dumps.next()
    dumps.claim(id_, "me")
    later = dumps._clock.at + timedelta(minutes=5)
    assert dumps.reschedule(id_, "me", later, "x" * 600).at == later
    assert dumps.claim(id_, "me").at == later
    assert dumps.next() != id_
    dumps._clock.at = later
    assert dumps.claim(id_, "me").error == "x" * 499 + "…"


def test_engines_are_notified_of_each_once(dumps):
    assert len(dumps.take_unqueued(3)) == 3
    assert len(dumps.take_unqueued(30)) == 2
    assert dumps.take_unqueued(30) == []
    id_ = dumps.next()
    dumps.claim(id_, "me")
    dumps.failed(id_, "me", "No.")
    assert dumps.plan([DumpRequest(REPO, "else.parquet", "f" * 40, MONTHS[0])]) == 1
    assert dumps.take_unqueued(30) == [id_]
    assert dumps.claim(id_, "me").path == "else.parquet"


@pytest.mark.timeout(120)
def test_what_never_comes_to_an_end_is_given_up(sqlite, hub, tmp_path):
    """A dump that kills whoever counts it does so a few times and not for ever."""
    run(sqlite, hub, tmp_path, "--later")
    dumps = DumpStore(database.engine(sqlite))
    for _ in range(ATTEMPTS):
        assert dumps.claim(1, "somebody who dies").id == 1
        lease_over(sqlite)
    said = run(sqlite, hub, tmp_path)
    assert f"2026-08-28: failed: counting was started {ATTEMPTS} times and never finished" in said.output
    assert "4 of 5 days counted." in said.output


def test_what_is_out_of_reach_is_tried_again(sqlite, hub, tmp_path):
    run(sqlite, hub, tmp_path, "--later")
    hub.datasets.repos[REPO] = hub.datasets.repos[REPO][:1]
    hub.fail_next(says("no", ETag='"x"'), times=60)
    engine = database.engine(sqlite)
    made = composition.backfill(Settings(database_url=sqlite, hf_endpoint=hub.endpoint), engine)
    again = made.count(1)
    assert isinstance(again, RetryAt)
    (row,) = [one for one in made.dumps.find() if one.id == 1]
    assert row.state is State.WAITING
    assert row.attempts == 1
    assert "try again" in row.error
