"""A fresh ``hfstats serve`` fetches past months in the background, tells how far it is, and goes on after it was killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from dump_rows import LISTS, by_id, lists, rows, without, written
from hub_repositories import Commit
from hub_standin import HubStandIn
from waiting import until

from analytics.domain import LIVE, Listing, ListName, Model
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory
from bot.cli.main import main
from bot.jobs.history import month_ends
from playground import SlackStandIn

REPO = "cfahlgren1/hub-stats"
TODAY = datetime.now(UTC).date()
ENDS = month_ends(6, TODAY)
LIVE_ON = ENDS[1]
"""A day with a list taken live."""
WAIT = 240.0
"""Seconds: reading a dump starts a process, which may take long on a busy machine."""


@pytest.fixture
def contents():
    """The rows of each month's dump; the oldest ones lack columns."""
    found = {day: rows(900, seed=place) for place, day in enumerate([TODAY, *ENDS])}
    found[ENDS[-1]] = without(found[ENDS[-1]], "trendingScore", "downloadsAllTime")
    found[ENDS[-2]] = without(found[ENDS[-2]], "downloadsAllTime")
    return found


@pytest.fixture
def hub(contents, tmp_path):
    commits = [
        Commit(
            datetime(day.year, day.month, day.day, 5, tzinfo=UTC),
            {"models.parquet": written(tmp_path / f"{day}.parquet", content)},
        )
        for day, content in contents.items()
    ]
    with HubStandIn(datasets={REPO: commits}) as standin:
        yield standin


@pytest.fixture
def env(hub, tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "PORT", "DATABASE"))}
    url = f"sqlite:///{tmp_path / 'hfstats.db'}"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    return {**kept, "DATABASE_URL": url, "HF_ENDPOINT": hub.endpoint, "HFSTATS_HISTORY_MONTHS": str(len(ENDS)), "PORT": port}


@pytest.fixture
def serve(env, tmp_path):
    """Start ``hfstats serve`` with a worker; what still runs at the end is killed with all its processes."""
    started = []

    def start():
        with (tmp_path / "serve.log").open("a", encoding="utf-8") as log:
            command = [sys.executable, "-m", "bot", "serve"]
            started.append(subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True))
        return started[-1]

    yield start
    for process in started:
        kill(process)


def kill(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def status(env):
    said = CliRunner().invoke(main, ["status"], env=env)
    return next((line for line in said.output.splitlines() if line.startswith("History")), said.output)


def home(slack):
    """Open App Home and return its small print; empty while the bot can't be reached."""
    if not slack.open_home().ok:
        return ""
    view = slack.home()
    contexts = [block for block in view.content["blocks"] if block["type"] == "context"] if view else []
    return "\n".join(text["text"] for block in contexts for text in block["elements"])


def stored(env):
    engine = database.engine(env["DATABASE_URL"])
    history = SqlHistory(engine)
    found = {(s.list, s.taken_on, s.source): list(history.models(s.id)) for name in LISTS for s in history.snapshots(name)}
    engine.dispose()
    return found


@pytest.mark.timeout(900)
def test_a_fresh_serve_fetches_the_past_and_goes_on_where_it_was_killed(hub, env, serve, contents):
    assert CliRunner().invoke(main, ["db", "upgrade"], env=env).exit_code == 0
    engine = database.engine(env["DATABASE_URL"])
    live = Listing(LIVE_ON, ListName.TOP, LIVE, (Model("a/b", 1),))
    ingest.store([live], SqlHistory(engine))
    engine.dispose()
    by_day = {commit.made_at.date(): commit.id for commit in hub.datasets.repos[REPO]}
    hub.datasets.held |= {by_day[day] for day in ENDS[3:]}
    with SlackStandIn(request_url=f"http://127.0.0.1:{env['PORT']}/slack/events") as slack:
        env |= {"SLACK_API_URL": slack.api_url, "SLACK_BOT_TOKEN": slack.bot_token()}
        env["SLACK_SIGNING_SECRET"] = slack.signing_secret
        process = serve()
        so_far = "3 of the last 6 month ends stored"
        until(lambda: status(env) == f"History: {so_far}", WAIT)
        until(lambda: f"Fetching past months: {so_far}" in home(slack), WAIT)
        until(lambda: len(hub.datasets.asked_of_held) >= 1, WAIT)  # it is in the middle of one
        kill(process)
        fetched = {day: hub.datasets.served[by_day[day]] for day in (ENDS[0], ENDS[2])}
        hub.datasets.released.set()
        serve()
        until(lambda: status(env) == "History: 6 of the last 6 month ends stored", WAIT)
        until(lambda: "top list: 300 models" in (shown := home(slack)) and "Fetching past months" not in shown, WAIT)
    assert {day: hub.datasets.served[by_day[day]] for day in fetched} == fetched
    assert by_day[LIVE_ON] not in hub.datasets.served
    found = stored(env)
    for day in ENDS:
        own = {name: models for (name, on, source), models in found.items() if (on, source) == (day, REPO)}
        if ListName.BOTH in own:
            own[ListName.BOTH] = by_id(own[ListName.BOTH])
        assert own == ({} if day == LIVE_ON else lists(contents[day])), day
    assert found[ListName.TOP, LIVE_ON, LIVE] == list(live.models)
    assert [source for name, day, source in found if (name, day) == (ListName.TOP, TODAY)] == [LIVE]
