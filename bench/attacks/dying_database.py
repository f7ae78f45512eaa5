"""A database that dies three times under ``hfstats worker``, in each form of docs/how-to/deploy.md: do deliveries go on?

The deployments are read from the docs: ``ExecStart`` and ``Restart`` of the systemd unit, the command and ``--restart`` of
``docker run``, the line of the Procfile. A small supervisor runs the command and restarts it accordingly: systemd and Docker by
their policies, a Procfile platform always. The stand-in for Slack runs in a separate process.

Run: python bench/attacks/dying_database.py [--quick] [--form unit|docker|Procfile|network] …
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the benches' shared pieces

from cryptography.fernet import Fernet
from kill import CLIENT, Crowd, classify_error
from postgres import PostgreSQL, Proxy
from serving import ROOT, free_port, process, table

from bot.domain.outbox import State

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parents[1]
WITHOUT_PROGRESS = 150.0
"""Seconds without a delivery after which a form is given up: longer than a lease and a rescue together."""
AGAIN = 2.0
"""Seconds before a supervisor starts a process again; systemd's RestartSec and Docker's first wait are of this order."""


@dataclass(frozen=True)
class Form:
    """How a deployment runs the worker."""

    name: str
    command: tuple[str, ...]
    restart: str
    """``no``, ``on-failure`` or ``always``."""


def forms() -> dict[str, Form]:
    """Read the forms from the documents that an operator copies them from."""
    deploy = (ROOT / "docs" / "how-to" / "deploy.md").read_text(encoding="utf-8")
    restart = re.search(r"^\s*Restart=(\S+)", deploy, re.MULTILINE)
    docker = next(
        line for line in deploy.splitlines() if "docker run" in line and line.split("#")[0].rstrip().endswith("hfstats worker")
    )
    policy = re.search(r"--restart[= ](\S+)", docker)
    procfile = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines())
    assert re.search(r"^\s*ExecStart=\S*hfstats (serve|worker)", deploy, re.MULTILINE)
    return {
        "unit": Form("unit", ("hfstats", "worker"), restart[1] if restart else "no"),
        "docker": Form("docker", ("hfstats", "worker"), _policy(policy[1] if policy else "no")),
        "Procfile": Form("Procfile", tuple(shlex.split(procfile["worker"])), "always"),
        "network": Form("network", ("hfstats", "worker"), "no"),
    }


def _policy(docker: str) -> str:
    return {"unless-stopped": "always"}.get(docker, docker.partition(":")[0])


@dataclass
class Supervisor:
    """Runs one form's command and, as its policy says, runs it again."""

    form: Form
    environment: dict[str, str]
    log: Path
    codes: list[int] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> float:
        """Ask the process to end; returns the seconds that took."""
        self._stopped.set()
        began = time.monotonic()
        if self._running and self._running.poll() is None:
            self._running.terminate()
            try:
                self._running.wait(40)
            except subprocess.TimeoutExpired:
                self._running.kill()
        self._thread.join()
        return time.monotonic() - began

    def _run(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "PORT", "DATABASE"))}
        command = [sys.executable, "-m", "bot", *self.form.command[1:]]
        while not self._stopped.is_set():
            with self.log.open("ab") as log:
                self._running = subprocess.Popen(command, env={**kept, **self.environment}, stdout=log, stderr=log, cwd=ROOT)
            code = self._running.wait()
            self.codes.append(code)
            again = self.form.restart == "always" or (self.form.restart == "on-failure" and code != 0)
            if not again:
                return
            self._stopped.wait(AGAIN)


def killed(server: PostgreSQL, _: Proxy) -> None:
    """Killed with everything in its hands, and started again after three seconds."""
    server.kill()
    time.sleep(3)
    server.start()


def refused(server: PostgreSQL, _: Proxy) -> None:
    """Shut down; for twenty seconds nothing listens."""
    server.shut_down()
    time.sleep(20)
    server.start()


def frozen(server: PostgreSQL, _: Proxy) -> None:
    """Stopped in the middle (SIGSTOP) for twenty-five seconds, then killed and started again."""
    server.freeze(on=True)
    time.sleep(25)
    server.kill()
    server.start()


def reset(_: PostgreSQL, proxy: Proxy) -> None:
    """Every connection is reset, new ones for five seconds."""
    proxy.refusing = True
    proxy.reset()
    time.sleep(5)
    proxy.refusing = False


def stopped_and_continued(server: PostgreSQL, _: Proxy) -> None:
    """Stopped for twenty-five seconds and continued, with the same connections."""
    server.freeze(on=True)
    time.sleep(25)
    server.freeze(on=False)


def mute(_: PostgreSQL, proxy: Proxy) -> None:
    """What is connected stays so and hears nothing more for a minute; then it is reset."""
    proxy.silent = True
    time.sleep(30)
    proxy.silent = False
    proxy.reset()


DEATHS: dict[str, tuple[Callable[[PostgreSQL, Proxy], None], ...]] = {"network": (reset, stopped_and_continued, mute)}
OTHERWISE = (killed, refused, frozen)


def attack(form: Form, deaths: tuple[Callable[[PostgreSQL, Proxy], None], ...], channels: int) -> dict[str, Any]:
    """Let the database die under the worker while digests are delivered; returns what was seen."""
    folder = Path(tempfile.mkdtemp(prefix="hfstats-dying-"))
    facts, port = folder / "facts.json", free_port()
    wanted = {"teams": 4, "channels": channels // 4, "blind": False, "seed": 7, "limited": 0.0, "failed": 0.0, "lost": 0.0}
    (folder / "wanted.json").write_text(json.dumps(wanted), encoding="utf-8")
    command = f"exec {sys.executable} {HERE / 'crowd.py'} {port} {facts} < {folder / 'wanted.json'}"
    slack = process(["sh", "-c", command], f"http://127.0.0.1:{port}/api/api.test", folder / "slack.log")
    try:
        with PostgreSQL() as server, slack:
            proxy = Proxy(server.port)
            crowd = Crowd(server.url, Fernet.generate_key().decode(), json.loads(facts.read_text(encoding="utf-8")))
            environment = {
                "DATABASE_URL": server.url.replace(f":{server.port}", f":{proxy.port}") if form.name == "network" else server.url,
                "SLACK_API_URL": f"http://127.0.0.1:{port}/api/",
                "SLACK_CLIENT_ID": CLIENT,
                "SLACK_CLIENT_SECRET": "bench",
                "HFSTATS_KEYS": crowd.key,
                "HF_ENDPOINT": "http://127.0.0.1:9",
                "HFSTATS_DELIVERIES": "1",
                "HFSTATS_LOG_LEVEL": "WARNING",
            }
            supervisor = Supervisor(form, environment, folder / "worker.log")
            supervisor.start()
            try:
                seconds = suffer(crowd, supervisor, deaths, server, proxy)
            finally:
                ended = supervisor.stop()
            lines = crowd.lines()
            crowd.engine.dispose()
            proxy.close()
        said = json.loads(facts.read_text(encoding="utf-8"))
        log = (folder / "worker.log").read_text(encoding="utf-8", errors="replace")
        (Path(tempfile.gettempdir()) / f"hfstats-dying-{form.name}.log").write_text(log, encoding="utf-8")
        return {**classify_error(lines, said), "seconds": seconds, "codes": supervisor.codes, "ended": ended, "log": log}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def suffer(
    crowd: Crowd,
    supervisor: Supervisor,
    deaths: tuple[Callable[[PostgreSQL, Proxy], None], ...],
    server: PostgreSQL,
    proxy: Proxy,
) -> list[float | None]:
    """Let the database die at quarters of the work; returns the seconds from its return to the next delivery, each time."""
    total = sum(len(team["channels"]) for team in crowd.teams)
    seconds: list[float | None] = []
    for place, death in enumerate(deaths, start=1):
        if settled(crowd, total * place // (len(deaths) + 1), supervisor) is None:
            return seconds + [None] * (len(deaths) - len(seconds))
        death(server, proxy)
        crowd.engine.dispose()
        seconds.append(settled(crowd, sent(crowd) + 1, supervisor))
        print(f"{supervisor.form.name}: {death.__name__}, deliveries went on after {seconds[-1]} s", file=sys.stderr)
    settled(crowd, total, supervisor)
    return seconds


def sent(crowd: Crowd) -> int:
    counts = crowd.counts()
    return sum(counts.values()) - counts[State.PLANNED] - counts[State.SENDING]


def settled(crowd: Crowd, many: int, supervisor: Supervisor) -> float | None:
    """Wait until so many are settled; returns the seconds, or ``None`` when nothing moves any more."""
    began = moved = time.monotonic()
    before = 0
    while time.monotonic() - moved < WITHOUT_PROGRESS:
        now = sent(crowd)
        if now >= many:
            return time.monotonic() - began
        if now != before:
            before, moved = now, time.monotonic()
        if not supervisor._thread.is_alive():  # noqa: SLF001 - its own
            return None  # nobody will start it again
        time.sleep(0.05)
    return None


def about_the_database(log: str) -> int:
    """Count the lines that tell of the database, tracebacks line by line."""
    return sum(bool(re.search(r"database|connection|psycopg|procrastinate|Traceback|^ ", line)) for line in log.splitlines())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--form", choices=[*forms()], action="append")
    parser.add_argument("--channels", type=int, default=240)
    parser.add_argument("--quick", action="store_true", help="two deaths of a few seconds each, for a test")
    options = parser.parse_args()
    rows, bad = [], False
    for name in options.form or forms():
        form = forms()[name]
        deaths = (
            (killed, reset)
            if options.quick and name == "network"
            else (killed,) * 2
            if options.quick
            else DEATHS.get(name, OTHERWISE)
        )
        found = attack(form, deaths, options.channels)
        went_on = [f"{one:.1f}" if one is not None else "never" for one in found["seconds"]]
        codes = Counter(found["codes"])
        rows.append(
            (
                f"{name} ({form.restart})",
                ", ".join(death.__name__ for death in deaths),
                ", ".join(went_on),
                ", ".join(f"{code} × {many}" if many > 1 else str(code) for code, many in codes.items()),  # noqa: RUF001
                f"{found['ended']:.1f}",
                about_the_database(found["log"]),
                f"{found['sent'] - found['lost']} of {found['owed']}",
                found["twice"],
            )
        )
        bad = bad or "never" in went_on or bool(found["lost"] or found["twice"] or found["open"] or found["failed"])
    header = ("form", "deaths", "goes on after, s", "exit codes", "SIGTERM, s", "log lines", "delivered", "twice")
    table("A database that dies under the worker", header, rows)
    if bad:
        raise SystemExit("deliveries stopped, were lost or were shown twice")


if __name__ == "__main__":
    main()
