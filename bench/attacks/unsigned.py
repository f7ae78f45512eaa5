"""Send 20,000 unsigned requests to every route of ``hfstats serve``. Is anything called, stored or logged?

The bot is set up for many workspaces, so that the OAuth pages exist; one workspace has installed it. The stand-in for Slack and
a listener for all other addresses count the requests they receive; there should be none.

Run: python bench/attacks/unsigned.py
"""

from __future__ import annotations

import argparse
import http.client
import json
import queue
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the benches' shared pieces

from cryptography.fernet import Fernet
from forgeries import Forger, Forgery
from serving import free_port, quantile, serve, simulated, table
from soak import CLIENT, SECRET, install

from analytics.storage import database
from playground import SlackStandIn

ROUTES = ("/slack/events", "/slack/install", "/slack/oauth_redirect", "/charts/name.signature.png", "/metrics")
ROUTES += ("/healthz", "/healthz/live", "/healthz/ready")
SENDERS = 8
PATIENCE = 20.0


class Elsewhere:
    def __init__(self) -> None:
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            self.connections += 1
            connection.settimeout(1)
            try:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            except OSError:
                pass
            connection.close()


class Sender(threading.Thread):
    """Sends what is due over a connection that it keeps as long as the server does."""

    def __init__(self, port: int, due: queue.SimpleQueue[Forgery | None]) -> None:
        super().__init__(daemon=True)
        self._port, self._due = port, due
        self._connection: socket.socket | None = None
        self.taken: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.wrong: Counter[str] = Counter()

    def run(self) -> None:
        while (forgery := self._due.get()) is not None:
            began = time.perf_counter()
            status = self._send(forgery)
            self.taken.append(time.perf_counter() - began)
            self.statuses[status] += 1
            # A server may close on what is no HTTP without a word.
            if status and not forgery.may_be(status):
                self.wrong[f"{forgery.method} {forgery.target.partition('?')[0][:24]} {status}"] += 1

    def _send(self, forgery: Forgery) -> int:
        for attempt in (1, 2):  # a kept connection may have been closed meanwhile
            fresh = self._connection is None
            link = self._connection or socket.create_connection(("127.0.0.1", self._port), PATIENCE)
            self._connection = None
            try:
                link.sendall(forgery.wire(f"127.0.0.1:{self._port}"))
                if not forgery.whole:
                    link.shutdown(socket.SHUT_WR)
                response = http.client.HTTPResponse(link, method=forgery.method)
                response.begin()
                response.read()
            except (OSError, http.client.HTTPException):
                link.close()
                if fresh or attempt == 2:
                    return 0
                continue
            if forgery.whole and not response.will_close and response.status < 500:
                self._connection = link
            else:
                link.close()
            return response.status
        return 0


def memory(pid: int) -> float:
    """Return the megabytes of a process and of all that it started."""
    found = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            facts = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines() if ":" in line)
        except OSError:
            continue
        if int(status.parent.name) == pid or int(facts["PPid"]) == pid:
            found += int(facts.get("VmRSS", "0 kB").split()[0]) / 1024
    return found


def logger(line: str) -> str:
    try:
        return str(json.loads(line)["logger"])
    except (ValueError, KeyError, TypeError):
        return "no JSON"


def rows(url: str) -> int:
    engine = database.engine(url)
    with engine.connect() as connection:
        names = [row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
        many = sum(connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in names)
    engine.dispose()
    return many


def attack(port: int, forger: Forger, many: int) -> tuple[list[Sender], float]:
    due: queue.SimpleQueue[Forgery | None] = queue.SimpleQueue()
    senders = [Sender(port, due) for _ in range(SENDERS)]
    began = time.perf_counter()
    for sender in senders:
        sender.start()
    for forgery in forger.make(many):
        while due.qsize() > 100:
            time.sleep(0.002)
        due.put(forgery)
    for _ in senders:
        due.put(None)
    for sender in senders:
        sender.join()
    return senders, time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=22)
    options = parser.parse_args()
    elsewhere = Elsewhere()
    with tempfile.TemporaryDirectory() as name, SlackStandIn(signing_secret=SECRET) as slack:
        folder = Path(name)
        url, port, key = simulated(folder, months=2), free_port(), Fernet.generate_key().decode()
        workspace = slack.workspace()
        install(url, [{"id": workspace.id, "token": slack.bot_token()}], key)
        settings = {
            "DATABASE_URL": url,
            "PORT": str(port),
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_CLIENT_ID": CLIENT,
            "SLACK_CLIENT_SECRET": "bench",
            "SLACK_API_URL": slack.api_url,
            "HFSTATS_KEYS": key,
            "HFSTATS_PUBLIC_URL": f"http://127.0.0.1:{port}",
        }
        who = {"team": workspace.id, "channel": slack.channel("general").id, "user": workspace.user("ada").id}
        log = folder / "serve.log"
        with serve(f"http://127.0.0.1:{port}", log, **settings) as process:
            forger = Forger(ROUTES, elsewhere.url, slack.base_url, who, options.seed)
            attack(port, forger, 200)  # warm
            kept, written, resident, called = rows(url), log.stat().st_size, memory(process.pid), len(slack.calls)
            reached = elsewhere.connections
            senders, took = attack(port, forger, options.requests)
            time.sleep(1)  # for what goes on behind an answer
            grown = memory(process.pid) - resident
            lines = log.read_bytes()[written:].decode("utf-8", "replace").splitlines()
            kept, written = rows(url) - kept, log.stat().st_size - written
        called, reached = len(slack.calls) - called, elsewhere.connections - reached
    taken = [one for sender in senders for one in sender.taken]
    statuses = sum((sender.statuses for sender in senders), Counter[int]())
    wrong = sum((sender.wrong for sender in senders), Counter[str]())
    held = not (called or reached or kept or wrong)
    table(
        f"{options.requests} requests that Slack did not sign: {'held' if held else 'NOT held'}",
        ["what", "figure"],
        [
            ["requests a second", f"{len(taken) / took:.0f}"],
            ["p50 ms", f"{quantile(taken, 0.5) * 1000:.1f}"],
            ["p99 ms", f"{quantile(taken, 0.99) * 1000:.1f}"],
            ["answers", ", ".join(f"{status or 'closed'}: {many}" for status, many in sorted(statuses.items()))],
            ["answers that were no refusal (target: 0)", sum(wrong.values())],
            ["calls to Slack (target: 0)", called],
            ["connections to anywhere else (target: 0)", reached],
            ["rows kept (target: 0)", kept],
            ["bytes logged", written],
            ["lines logged, by whom", ", ".join(f"{who}: {many}" for who, many in Counter(map(logger, lines)).most_common())],
            ["memory, MB more", f"{grown:.1f}"],
        ],
    )
    for what, many in wrong.most_common(10):
        print(f"  {many} times {what}")
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
