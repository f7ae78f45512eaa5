"""``hfstats history``: lists of past month ends, each fetched once, by parts, also after processes were killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from hub_repositories import Commit
from hub_standin import HubStandIn, status

from analytics.domain import LIVE, Listing, ListName, Model
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory
from bot import composition
from bot.cli.main import main
from bot.jobs.history import month_ends
from bot.settings import Settings

REPO = "cfahlgren1/hub-stats"
TODAY = datetime.now(UTC).date()
ENDS = month_ends(4, TODAY)


def dump(path, seed, rows=3_000, **without):
    luck = random.Random(seed)
    content = {
        "id": [f"org-{at % 7}/model-{at}" for at in range(rows)],
        "downloads": [luck.randrange(10**6) for _ in range(rows)],
        "trendingScore": [luck.randrange(10**4) for _ in range(rows)],
        "tags": pa.array([["license:mit" if at % 3 else "license:apache-2.0"] for at in range(rows)]),
        "sha": [f"{luck.getrandbits(160):040x}" for _ in range(rows)],
    }
    pq.write_table(pa.table({name: content[name] for name in content if name not in without}), path, row_group_size=500)
    return path


def commit(day, path):
    return Commit(datetime(day.year, day.month, day.day, 5, tzinfo=UTC), {"models.parquet": path})


@pytest.fixture
def hub(tmp_path):
    days = [TODAY, *ENDS]
    history = [commit(day, dump(tmp_path / f"{day}.parquet", place)) for place, day in enumerate(days)]
    history.insert(2, commit(ENDS[0].replace(day=3), dump(tmp_path / "early.parquet", 99)))
    with HubStandIn(datasets={REPO: history}) as standin:
        yield standin


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'hfstats.db'}"


def env(url, hub):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "DATABASE"))}
    return {**kept, "DATABASE_URL": url, "HF_ENDPOINT": hub.endpoint}


def run(url, hub, *words):
    return CliRunner().invoke(main, ["history", "--months", "4", *words], env=env(url, hub))


def stored(url, name=ListName.TOP):
    engine = database.engine(url)
    history = SqlHistory(engine)
    found = {(s.taken_on, s.source): history.models(s.id) for s in history.snapshots(name)}
    engine.dispose()
    return found


def expected(path, column):
    content = pq.read_table(path).to_pydict()
    order = sorted(range(len(content["id"])), key=lambda at: -content[column][at])[:300]
    return [(content["id"][at], content["downloads"][at], float(content["trendingScore"][at])) for at in order]


def assert_complete(url, tmp_path):
    for name, column in ((ListName.TOP, "downloads"), (ListName.TRENDING, "trendingScore")):
        found = stored(url, name)
        assert sorted(found) == sorted((day, REPO) for day in ENDS)
        for day in ENDS:
            rows = [(model.id, model.downloads, model.trending) for model in found[day, REPO]]
            assert rows == expected(tmp_path / f"{day}.parquet", column)
    assert len(stored(url, ListName.BOTH)) == len(ENDS)


def test_the_last_revision_of_each_month_is_fetched_once(url, hub, tmp_path):
    first = run(url, hub)
    assert first.exit_code == 0, first.output
    assert f"Stored the lists of 4 month ends from {ENDS[-1]} to {ENDS[0]}; fetched " in first.output
    assert "4 of the last 4 month ends are stored." in first.output
    assert_complete(url, tmp_path)
    served = dict(hub.datasets.served)
    assert len(served) == 4
    assert all(bytes_ < (tmp_path / f"{ENDS[0]}.parquet").stat().st_size for bytes_ in served.values())
    asked = len(hub.asked)
    assert run(url, hub).output.strip() == "4 of the last 4 month ends are stored."
    assert (len(hub.asked), hub.datasets.served) == (asked + 1, served)


def test_a_month_with_a_live_list_is_not_fetched(url, hub):
    CliRunner().invoke(main, ["db", "upgrade"], env=env(url, hub))
    engine = database.engine(url)
    ingest.store([Listing(ENDS[1], ListName.TOP, LIVE, (Model("a/b", 1),))], SqlHistory(engine))
    engine.dispose()
    assert "Stored the lists of 3 month ends" in run(url, hub).output
    assert sorted(stored(url)) == sorted((day, LIVE if day == ENDS[1] else REPO) for day in ENDS)


def test_a_month_that_fails_is_reported_and_does_not_stop_the_others(url, hub, tmp_path):
    history = hub.datasets.repos[REPO]
    places = [next(at for at, one in enumerate(history) if one.made_at.date() == day) for day in ENDS[:2]]
    whole = (tmp_path / f"{ENDS[0]}.parquet").read_bytes()
    history[places[0]] = commit(ENDS[0], whole[:-100])
    history[places[1]] = commit(ENDS[1], dump(tmp_path / "odd.parquet", 1, downloads=True))
    said = run(url, hub)
    assert said.exit_code == 1
    assert "Stored the lists of 2 month ends" in said.output
    assert "These failed. Run the same command to retry them:" in said.output
    assert f"  {ENDS[0]}: models.parquet of {REPO} at " in said.output
    assert "is no Parquet file or is damaged" in said.output
    assert "lacks the column downloads (it has id, trendingScore" in said.output
    assert "2 of the last 4 month ends are stored." in said.output


def test_a_hub_that_cannot_be_reached_is_told_in_one_sentence(url, hub):
    said = CliRunner().invoke(main, ["history"], env={**env(url, hub), "HF_ENDPOINT": "http://127.0.0.1:9"})
    assert said.exit_code == 1
    assert "cannot be reached" in said.output
    assert len(said.output.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("history", "--months", "1"), 0, "1 of the last 1 month end are stored."),
        (("backfill", "--since", str(ENDS[0])[:7], "--later"), 0, "the last of each month"),
        (("import", "--list", "hub", f"hf://datasets/{REPO}/models.parquet"), 1, "answered 503"),
        (("snapshot",), 0, "Stored 300 models from the top list"),
        (("history", "--repo", "nobody/nothing"), 1, "there is no such repository, or not for us"),
    ],
    ids=lambda words: words[0] if isinstance(words, tuple) else "",
)
def test_retries_of_the_hubs_client_are_not_printed(url, hub, words, code, says):
    """In a process of its own: what a library logs goes to standard error where nothing else is set up."""
    hub.fail_next(status(503), times=1)
    said = subprocess.run([sys.executable, "-m", "bot", *words], env=env(url, hub), capture_output=True, text=True, check=False)
    assert said.returncode == code, said.stderr
    assert says in said.stdout + said.stderr
    assert "Retrying" not in said.stderr
    assert len(said.stderr.splitlines()) == code


def worker_of(url, hub, months, **more):
    settings = Settings(database_url=url, hf_endpoint=hub.endpoint, hfstats_history_months=months, **more)
    return composition.jobs(settings, composition.store(settings), None)


def on_day(worker, day):
    """The same worker, on another day."""
    clock = lambda: datetime(day.year, day.month, day.day, 9, tzinfo=UTC)  # noqa: E731
    return replace(worker, delivery_context=replace(worker.delivery_context, clock=clock))


def status_of(url, hub, months, **more):
    named = {name.upper(): str(value) for name, value in {"hfstats_history_months": months, **more}.items()}
    said = CliRunner().invoke(main, ["status"], env={**env(url, hub), **named})
    return [line for line in said.output.splitlines() if line.startswith("History")]


def progress_of(url, hub, months, **more):
    settings = Settings(database_url=url, hf_endpoint=hub.endpoint, hfstats_history_months=months, **more)
    return composition.history_progress(settings, composition.store(settings))


def test_a_worker_fetches_the_past_of_a_fresh_store_and_asks_no_more(url, hub, tmp_path):
    worker = worker_of(url, hub, 4)
    before = status_of(url, hub, 4)
    worker.run("history")
    assert_complete(url, tmp_path)
    assert before == ["History: 0 of the last 4 month ends stored"]
    assert status_of(url, hub, 4) == ["History: 4 of the last 4 month ends stored"]
    asked = len(hub.asked)
    worker.run("history")
    worker_of(url, hub, 4).run("history")
    assert len(hub.asked) == asked


def test_a_dataset_that_lacks_months_is_asked_once_a_day(url, hub):
    worker_of(url, hub, 6).run("history")
    assert status_of(url, hub, 6) == ["History: 4 of the last 6 month ends stored"]
    asked = len(hub.asked)
    worker_of(url, hub, 6).run("history")
    assert len(hub.asked) == asked


def test_a_missing_dataset_is_reported_once_and_looked_for_once_a_day(url, hub, caplog):
    missing = {"hfstats_dump_dataset": "nobody/nothing"}
    worker = worker_of(url, hub, 4, **missing)
    for day, times in ((TODAY, 1), (TODAY, 1), (TODAY + timedelta(days=1), 2), (TODAY + timedelta(days=1), 2)):
        on_day(worker, day).run("history")
        assert len(hub.asked) == times
    reports = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(reports) == 1
    assert "answered 401" in reports[0]
    sentences = (
        "There is no dataset nobody/nothing on the Hub, or the bot may not read it. The worker looks for it again once a day. "
        "To use another dataset, set HFSTATS_DUMP_DATASET."
    )
    assert sentences in reports[0]
    assert status_of(url, hub, 4, **missing) == [f"History: 0 of the last 4 month ends stored. {sentences}"]
    assert not progress_of(url, hub, 4, **missing).is_fetching
    assert progress_of(url, hub, 4).is_fetching


def test_another_dataset_is_tried_at_once_and_used_by_all_commands(url, hub, tmp_path):
    hub.datasets.repos["someone/dumps"] = [commit(day, tmp_path / f"{day}.parquet") for day in ENDS]
    other = {"hfstats_dump_dataset": "someone/dumps"}
    worker_of(url, hub, 4, hfstats_dump_dataset="nobody/nothing").run("history")
    worker_of(url, hub, 4, **other).run("history")
    assert {source for _, source in stored(url)} == {"someone/dumps"}
    assert status_of(url, hub, 4, **other) == ["History: 4 of the last 4 month ends stored"]
    named = {**env(url, hub), "HFSTATS_DUMP_DATASET": "someone/dumps"}
    assert "4 of the last 4 month ends are stored." in CliRunner().invoke(main, ["history", "--months", "4"], env=named).output
    planned = CliRunner().invoke(main, ["backfill", "--since", str(ENDS[0])[:7], "--later"], env=named)
    assert planned.output.startswith("someone/dumps: 1 revision")


def test_a_dump_that_stays_unreadable_is_tried_once_a_day(url, hub, tmp_path):
    history, place = hub.datasets.repos[REPO], 1
    whole = history[place]
    history[place] = commit(ENDS[0], (tmp_path / f"{ENDS[0]}.parquet").read_bytes()[:-100])
    worker_of(url, hub, 4).run("history")
    asked = len(hub.asked)
    worker_of(url, hub, 4).run("history")
    assert len(hub.asked) == asked
    assert not progress_of(url, hub, 4).is_fetching
    history[place] = whole
    on_day(worker_of(url, hub, 4), TODAY + timedelta(days=1)).run("history")
    assert_complete(url, tmp_path)


def test_it_can_be_turned_off(url, hub):
    worker_of(url, hub, 0).run("history")
    assert hub.asked == []
    assert status_of(url, hub, 0) == []


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kills", [2, pytest.param(6, marks=pytest.mark.slow)])
def test_what_is_killed_leaves_nothing_half_written_and_is_gone_on_with(url, hub, tmp_path, kills):
    luck = random.Random(5)
    for _ in range(kills):
        command = [sys.executable, "-m", "bot", "history", "--months", "4"]
        with subprocess.Popen(command, env=env(url, hub), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(luck.uniform(1.0, 4.0))
            process.send_signal(signal.SIGKILL)
        engine = sa.create_engine(url)
        if sa.inspect(engine).has_table("snapshot"):
            with engine.connect() as connection:
                half = "SELECT count(*) FROM snapshot WHERE id NOT IN (SELECT snapshot FROM {0})"
                assert [connection.scalar(sa.text(half.format(table))) for table in ("listing", "rollup")] == [0, 0]
        engine.dispose()
    assert run(url, hub).exit_code == 0
    assert_complete(url, tmp_path)


def test_month_ends_are_those_of_complete_months():
    assert month_ends(3, date(2026, 3, 31)) == [date(2026, 2, 28), date(2026, 1, 31), date(2025, 12, 31)]
    assert month_ends(0, date(2026, 3, 31)) == []
