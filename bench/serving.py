"""Shared code of the benchmarks: processes to measure, a simulated history, signed requests and printed tables."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.sources import simulation
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN = 60.0


def simulated(folder: Path, months: int = 4) -> str:
    """Fill a database with a simulated history and return its address."""
    url = f"sqlite:///{folder / 'hfstats.db'}"
    engine = database.engine(url)
    database.upgrade(engine)
    for _, day in groupby(simulation.listings(date(2026, 8, 22), months=months), key=lambda listing: listing.taken_on):
        ingest.store(list(day), SqlHistory(engine))
    engine.dispose()
    return url


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def process(command: Sequence[str], url: str, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command until the block ends; begins when ``url`` answers."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "PORT", "DATABASE"))}
    with log.open("wb") as out:
        running = subprocess.Popen(command, env={**kept, **environment}, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT)
        try:
            _wait(url, running, log)
            yield running
        finally:
            running.terminate()
            try:
                running.wait(40)
            except subprocess.TimeoutExpired:
                running.kill()


def serve(url: str, log: Path, **environment: str) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    """Run ``hfstats serve`` as its own process."""
    return process([sys.executable, "-m", "bot", "serve"], f"{url}/healthz", log, HFSTATS_WITH_WORKER="false", **environment)


def _wait(url: str, running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and running.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} did not come up:\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}")


def signed(secret: str, body: bytes) -> dict[str, str]:
    """Sign a request as Slack does, now."""
    stamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table, numbers to the right."""
    cells = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    print(f"\n{title}\n")
    for number, row in enumerate(cells):
        first, *others = zip(row, widths, strict=True)
        print("  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]))
        if number == 0:
            print("  ".join("-" * width for width in widths))
