"""How long short commands take, as ratios to what they can't do without.

    python bench/startup.py              # 15 rounds; about a minute
    python bench/startup.py --rounds 31

Each round runs every command once, in turn, so that a busy machine slows all of them down alike. The history is simulated.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from analytics.sources import simulation
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory

TODAY = date(2026, 8, 22)
HFSTATS = str(Path(sys.executable).with_name("hfstats"))
LIMIT = 3.0
"""Times the import that a command may take."""


def make_store(file: Path, months: int) -> str:
    """Fill a database with the last day of a simulated history, or with months of it, and return its address."""
    url = f"sqlite:///{file}"
    engine = database.engine(url)
    database.upgrade(engine)
    listings = simulation.listings(TODAY, months=max(months, 1))
    ingest.store_days([listing for listing in listings if months or listing.taken_on == TODAY], SqlHistory(engine))
    engine.dispose()
    return url


def run(command: list[str], url: str) -> tuple[float, float]:
    """Run a command and return its CPU time (user and system) and its wall time, in seconds."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "DATABASE_URL": url})
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} failed")
    return usage.ru_utime + usage.ru_stime, wall


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with TemporaryDirectory() as folder:
        single, months = (make_store(Path(folder) / f"{many}.db", many) for many in (0, 12))
        click, alchemy = ([sys.executable, "-c", f"import {name}"] for name in ("click", "sqlalchemy"))
        runs = {
            "import click": (click, single),
            "hfstats --help": ([HFSTATS, "--help"], single),
            "import sqlalchemy": (alchemy, single),
            "hfstats ask licenses, one snapshot": ([HFSTATS, "ask", "licenses"], single),
            "hfstats ask licenses, 12 months": ([HFSTATS, "ask", "licenses"], months),
        }
        for command, url in runs.values():  # also makes the tables of the bot and the caches of the bytecode
            run(command, url)
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
        for _ in range(rounds):
            for name, (command, url) in runs.items():
                taken[name].append(run(command, url))
    print(f"| median of {rounds} | CPU ms | wall ms | CPU ratio | wall ratio |\n| --- | ---: | ---: | ---: | ---: |")
    base, slow = (0.0, 0.0), False
    for name, times in taken.items():
        cpu, wall = (median(column) for column in zip(*times, strict=True))
        if name.startswith("import"):
            base = cpu, wall
            print(f'| `python -c "{name}"` | {1000 * cpu:.0f} | {1000 * wall:.0f} | 1 | 1 |')
            continue
        slow = slow or cpu / base[0] > LIMIT
        print(f"| {name} | {1000 * cpu:.0f} | {1000 * wall:.0f} | {cpu / base[0]:.2f} | {wall / base[1]:.2f} |")
    sys.exit(int(slow))


if __name__ == "__main__":
    main()
