"""Measure how slow and silent connections affect commands and health checks.

500 connections of every kind at once (a client that says nothing, sends a header byte a second, headers and then nothing, a body
byte a second, reads no response, keeps its connection idle, closes its side), then 990 that say nothing. What the server closes
is opened again, up to 100 connections a second. Meanwhile commands arrive 50 times a second, and a health check every quarter of
a second. A command counts as lost if it isn't acknowledged within Slack's 3 seconds. Attacks and quiet rounds alternate, so that
other load on the machine affects all of them.

Run: python bench/attacks/slow_connections.py
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the benches' shared pieces
from ack import HERE, NO_WORK, SECRET, bodies
from memory import sizes, tree
from serving import free_port, process, quantile, serve, simulated, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_rounds = count()
_HEAD = b"POST /slack/events HTTP/1.1\r\nHost: hfstats\r\nContent-Type: application/x-www-form-urlencoded\r\n"
_GET = b"GET /%s HTTP/1.1\r\nHost: hfstats\r\n\r\n"
SLACK_WAITS = 3.0
STEPS = 50
REOPENED = 100


@dataclass
class Kind:
    """What a slow client sends when it has connected, and what it does each second after that."""

    first: bytes = b""
    each_second: Callable[[socket.socket], object] = lambda _: None
    half_closed: bool = False


def sending(data: bytes) -> Callable[[socket.socket], object]:
    return lambda connection: connection.send(data)


KINDS = {
    "says nothing": Kind(),
    "a header byte a second": Kind(_HEAD + b"X-Slow: ", sending(b"a")),
    "headers and then nothing": Kind(_HEAD + b"Content-Length: 500\r\n\r\n"),
    "a body byte a second": Kind(_HEAD + b"Content-Length: 500\r\n\r\n", sending(b"a")),
    "reads no response": Kind(_GET % b"metrics", sending(_GET % b"healthz")),
    "keeps its connection idle": Kind(_GET % b"healthz"),
    "closes its side": Kind(_HEAD + b"Content-Length: 500\r\n\r\n", half_closed=True),
}


@dataclass
class Attack:
    """Keeps so many slow connections open, whatever the server does."""

    port: int
    kinds: list[Kind]
    many: int
    opened: int = 0
    _open: dict[socket.socket, Kind] = field(default_factory=dict)

    def fill(self) -> None:
        while len(self._open) < self.many and self._connect():
            pass

    def run(self, ended: threading.Event) -> None:
        """Go on for each connection once a second, not for all at one moment; open another for each that was closed."""
        while not ended.is_set():
            again = REOPENED
            for number, (connection, kind) in enumerate(list(self._open.items())):
                if number % (1 + self.many // STEPS) == 0 and ended.wait(1 / STEPS):
                    return
                if not _is_closed(connection):
                    with suppress(OSError):
                        kind.each_second(connection)
                elif again and self._connect():
                    self._drop(connection)
                    again -= 1

    def _connect(self) -> bool:
        kind = self.kinds[self.opened % len(self.kinds)]
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(1.0)
        try:
            connection.connect(("127.0.0.1", self.port))
            connection.send(kind.first)
            if kind.half_closed:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            connection.close()
            return False
        connection.settimeout(0)
        self.opened += 1
        self._open[connection] = kind
        return True

    def _drop(self, connection: socket.socket) -> None:
        del self._open[connection]
        connection.close()

    def end(self) -> None:
        for connection in list(self._open):
            self._drop(connection)


def _is_closed(connection: socket.socket) -> bool:
    """Whether the server closed it; reads at most one byte of what it sent."""
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


@contextmanager
def running(attack: Attack | None) -> Iterator[None]:
    """Attack until the block ends."""
    if attack is None:
        yield
        return
    ended = threading.Event()
    attack.fill()
    thread = threading.Thread(target=attack.run, args=(ended,))
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        attack.end()


@dataclass
class Figures:
    """What was seen of the server, in all rounds."""

    taken: list[float] = field(default_factory=list)
    refused: int = 0
    health: list[float] = field(default_factory=list)
    files: int = 0
    megabytes: float = 0.0

    def probe(self, url: str, pid: int, ended: threading.Event) -> None:
        """Ask for the health every quarter of a second, and note the descriptors and the memory of the server."""
        while not ended.wait(0.25):
            began = time.perf_counter()
            with suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=5) as response:
                response.read()
            self.health.append(time.perf_counter() - began)
            processes = tree(pid)
            self.files = max(self.files, *(len(list(Path(f"/proc/{one}/fd").iterdir())) for one in processes))
            self.megabytes = max(self.megabytes, sum(sizes(one)[1] for one in processes))

    def row(self) -> list[object]:
        p50, p99 = (f"{quantile(self.taken, share) * 1000:.1f}" for share in (0.5, 0.99))
        commands = f"{len(self.taken) - self.refused} of {len(self.taken)}"
        return [commands, p50, p99, f"{max(self.health):.2f}", self.files, f"{self.megabytes:.0f}"]


def measure(figures: Figures, url: str, pid: int, load: dict[str, object], attack: Attack | None) -> None:
    """Send commands while the attack goes on."""
    given = {**load, "url": f"{url}/slack/events", "secret": SECRET, "salt": f"slow{next(_rounds)}", "timeout": SLACK_WAITS}
    ended = threading.Event()
    with running(attack):
        thread = threading.Thread(target=figures.probe, args=(url, pid, ended))
        thread.start()
        done = subprocess.run(
            [sys.executable, HERE / "load.py"], input=json.dumps(given).encode(), capture_output=True, check=True
        )
        ended.set()
        thread.join()
    found = json.loads(done.stdout)
    figures.taken += found["taken"]
    figures.refused += len(found["refused"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=2, help="of each attack, and without")
    parser.add_argument("--rate", type=float, default=50.0, help="commands a second")
    parser.add_argument("--slow", type=int, default=500)
    parser.add_argument("--silent", type=int, default=990)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url, slack = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        facts = folder / "facts.json"
        stand_in = [sys.executable, str(HERE / "stand_in.py"), slack.rpartition(":")[2], SECRET, str(facts)]
        port = url.rpartition(":")[2]
        settings = {"SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": f"{slack}/api/", "HFSTATS_PER_MINUTE": "10000"}
        settings |= {"DATABASE_URL": simulated(folder), "HFSTATS_LOG_LEVEL": "WARNING", "PORT": port}
        with process(stand_in, slack, folder / "slack.log"):
            team = json.loads(facts.read_text(encoding="utf-8"))[0]
            settings["SLACK_BOT_TOKEN"] = team["token"]
            with serve(url, folder / "serve.log", **settings) as server:
                load: dict[str, object] = {"rate": options.rate, "bodies": bodies(NO_WORK, team, f"{slack}/nowhere")}
                measure(Figures(), url, server.pid, load | {"seconds": 3}, None)  # warm
                attacks = {
                    "none": None,
                    f"{options.slow} slow, of every kind": Attack(int(port), list(KINDS.values()), options.slow),
                    f"{options.silent} silent": Attack(int(port), [Kind()], options.silent),
                }
                found = {what: Figures() for what in attacks}
                for _ in range(options.rounds):
                    for what, attack in attacks.items():
                        measure(found[what], url, server.pid, load | {"seconds": options.seconds}, attack)
    rows = [[what, attack.opened if attack else 0, *found[what].row()] for what, attack in attacks.items()]
    header = ["connections", "opened", "commands acknowledged", "p50 ms", "p99 ms", "slowest health s", "descriptors", "PSS MB"]
    table("Commands beside slow connections (target: p99 at most 3 times that without, health within 1 s)", header, rows)


if __name__ == "__main__":
    main()
