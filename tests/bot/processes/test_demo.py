"""``hfstats demo`` where the Hub can be reached: a snapshot, then past months in the background; simulated data elsewhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from dump_rows import rows, written
from hub_repositories import Commit
from hub_standin import HubStandIn
from waiting import until

from analytics.domain import LIVE, ListName
from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot.cli.main import main
from bot.jobs.history import month_ends

TODAY = datetime.now(UTC).date()
ENDS = month_ends(3, TODAY)
WAIT = 240.0


@pytest.fixture
def hub(tmp_path):
    commits = [
        Commit(
            datetime(day.year, day.month, day.day, 5, tzinfo=UTC),
            {"models.parquet": written(tmp_path / f"{day}.parquet", rows(900, seed=place))},
        )
        for place, day in enumerate(ENDS)
    ]
    with HubStandIn(datasets={"cfahlgren1/hub-stats": commits}) as standin:
        yield standin


@pytest.fixture
def demo(tmp_path):
    """Start ``hfstats demo`` against a Hub; what still runs at the end is killed."""
    started = []

    def start(endpoint):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "DATABASE"))}
        env = {**kept, "HF_ENDPOINT": endpoint, "XDG_DATA_HOME": str(tmp_path), "HFSTATS_HISTORY_MONTHS": "3"}
        command = [sys.executable, "-u", "-m", "bot", "demo", "--port", "0"]
        with (tmp_path / "demo.log").open("w", encoding="utf-8") as log:
            started.append(subprocess.Popen(command, env=env, stdout=log, stderr=log))
        return started[-1], tmp_path / "demo.log"

    yield start
    for process in started:
        process.kill()
        process.wait()


def snapshots(tmp_path):
    path = tmp_path / "hfstats" / "demo-live.db"
    if not path.exists():
        return []
    engine = database.engine(f"sqlite:///{path}")
    found = [(snapshot.taken_on, snapshot.source) for snapshot in SqlHistory(engine).snapshots(ListName.TOP)]
    engine.dispose()
    return found


@pytest.mark.timeout(600)
def test_with_the_hub_the_past_is_fetched_in_the_background(hub, demo, tmp_path):
    process, log = demo(hub.endpoint)
    until(lambda: "hfstats playground: http" in log.read_text(encoding="utf-8") or process.poll() is not None, WAIT)
    assert snapshots(tmp_path)[-1] == (TODAY, LIVE)
    until(lambda: len(snapshots(tmp_path)) == 4 or process.poll() is not None, WAIT)
    assert [day for day, _ in snapshots(tmp_path)] == [*reversed(ENDS), TODAY]
    process.send_signal(signal.SIGINT)
    process.wait(WAIT)
    said = log.read_text(encoding="utf-8")
    assert "Taking a snapshot of the Hub …" in said
    assert "Fetching the past 3 months from the Hub in the background. App Home shows the progress." in said
    assert "WARNING" not in said
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'hfstats' / 'demo-live.db'}"}
    asked = CliRunner().invoke(main, ["ask", f"licenses since {ENDS[-1]}"], env=env)
    assert asked.exit_code == 0, asked.output


@pytest.mark.timeout(600)
def test_without_the_hub_the_data_are_simulated(demo, tmp_path):
    process, log = demo("http://127.0.0.1:9")
    until(lambda: "hfstats playground: http" in log.read_text(encoding="utf-8") or process.poll() is not None, WAIT)
    said = log.read_text(encoding="utf-8")
    assert "The Hub can't be reached. Using simulated data." in said
    assert "Fetching the past" not in said
    assert snapshots(tmp_path) == []
