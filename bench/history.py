"""Measure fetching the lists of past months from a stand-in Hub that counts the bytes it serves.

    python bench/history.py      # 24 revisions of 2.5 million models; an hour, mostly for the dumps
    python bench/history.py --models 250000 --months 3      # a smaller run

The dumps are synthetic (``bench/dump.py --every-column --shuffled``). ``hfstats history`` is killed at random first, then runs to
its end; each list is then compared with one that is sorted from all rows of the same file. With ``--same``, every revision is
one and the same file.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow.parquet as pq
from serving import ROOT

from analytics.domain import ListName
from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot.domain.dump import DEFAULT_FILE, DEFAULT_REPOSITORY
from bot.jobs.history import month_ends

sys.path.insert(0, str(ROOT / "tests"))
from hub_repositories import Commit
from hub_standin import HubStandIn

HERE = Path(__file__).parent


def leading(path: Path, column: str) -> list[str]:
    """Return the ids of the 300 leading rows, from all of them."""
    table = pq.read_table(path, columns=["id", column])
    values = np.nan_to_num(table[column].to_numpy().astype(float))
    order = np.lexsort((np.arange(len(values)), -values))[:300]
    return table["id"].take(order[values[order] > 0] if column == "trendingScore" else order).to_pylist()


def peak(process: subprocess.Popen[str], largest: list[int]) -> None:
    """Note the most memory (kB) that a process and its children have had together, until it ends."""
    while process.poll() is None:
        try:
            threads = Path(f"/proc/{process.pid}/task").glob("*/children")  # each thread has children of its own
            children = [child for thread in threads for child in thread.read_text(encoding="utf-8").split()]
            sizes = [Path(f"/proc/{one}/smaps_rollup").read_text(encoding="utf-8") for one in (process.pid, *children)]
            largest.append(sum(int(size.split("Pss:")[1].split()[0]) for size in sizes))
        except (OSError, IndexError):
            pass  # a child ended meanwhile
        time.sleep(0.2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=2_500_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="a folder in which the dumps are kept, and found the next time")
    parser.add_argument("--same", action="store_true", help="use the latest dump for every month")
    given = parser.parse_args()
    days = month_ends(given.months, datetime.now(UTC).date())
    with TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{days[0] if given.same else day}.parquet" for day in days]
        for path in dict.fromkeys(paths):
            if not path.exists():
                make = [sys.executable, str(HERE / "dump.py"), str(path), "--models", str(given.models), "--day", path.stem]
                subprocess.run([*make, "--every-column", "--shuffled"], check=True, stdout=subprocess.DEVNULL)
        commits = [
            Commit(datetime(day.year, day.month, day.day, 5, tzinfo=UTC), {DEFAULT_FILE: path})
            for day, path in zip(days, paths, strict=True)
        ]
        with HubStandIn(datasets={DEFAULT_REPOSITORY: commits}) as hub:
            url = f"sqlite:///{temporary}/hfstats.db"
            kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "DATABASE"))}
            env = {**kept, "DATABASE_URL": url, "HF_ENDPOINT": hub.endpoint}
            command = [sys.executable, "-m", "bot", "history", "--months", str(given.months)]
            largest: list[int] = [0]
            seconds = 0.0
            for kills_left in range(given.kills, -1, -1):
                start = time.perf_counter()
                with subprocess.Popen(command, env=env, cwd=ROOT, text=True, stdout=subprocess.PIPE) as process:
                    threading.Thread(target=peak, args=(process, largest), daemon=True).start()
                    if kills_left:
                        time.sleep(random.uniform(2.0, 12.0))
                        process.kill()
                    said = process.stdout.read() if process.stdout else ""
                seconds += time.perf_counter() - start
            served, size = sum(hub.datasets.served.values()), sum(path.stat().st_size for path in paths)
        history = SqlHistory(database.engine(url))
        wrong = 0
        for name, column in ((ListName.TOP, "downloads"), (ListName.TRENDING, "trendingScore")):
            stored = {snapshot.taken_on: snapshot for snapshot in history.snapshots(name)}
            wrong += sum(
                [model.id for model in history.models(stored[day].id)] != leading(path, column)
                for day, path in zip(days, paths, strict=True)
            )
        print(said.strip())
        print("\n| months | models | killed | bytes fetched | of the files | seconds | peak memory | lists that differ |")
        print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        print(
            f"| {given.months} | {given.models:,} | {given.kills} times | {served / 1e6:,.0f} MB | {served / size:.2f} "
            f"| {seconds:.0f} | {max(largest) / 1000:,.0f} MB | {wrong} of {2 * given.months} |"
        )


if __name__ == "__main__":
    main()
