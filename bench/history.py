"""Measure how a fresh ``hfstats serve`` fetches the lists of past months, from a stand-in Hub that counts the bytes it serves.

    python bench/history.py      # 24 revisions of 2.5 million models; half an hour, mostly for writing 13 GB of dumps
    python bench/history.py --models 200000 --months 4      # a smaller run

The dumps are synthetic (``dump_revisions.py``). Processes of ``serve`` are killed at random: all of them at once, the first one
or the worker. Then it runs until all months are stored. Every list is compared, row by row and field by field, with one that
pandas sorts from all rows of the same file.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import sqlalchemy as sa
from dump_revisions import dumps
from serving import ROOT, free_port

from analytics.domain import ListName, Model
from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot.jobs.history import month_ends
from playground import SlackStandIn

sys.path.insert(0, str(ROOT / "tests"))
from hub_repositories import Commit
from hub_standin import HubStandIn

if TYPE_CHECKING:
    from collections.abc import Mapping

_FETCHED = re.compile(r"fetched the lists of [-0-9]+: ([0-9]+) of ([0-9]+) bytes")
"""In the log of serve."""
DATASET = "cfahlgren1/hub-stats"
LISTS = (ListName.TOP, ListName.TRENDING, ListName.BOTH)


def expected(path: Path) -> dict[ListName, list[Model]]:
    """Return the lists of a dump by sorting all of its rows; the union is in no order."""
    file = pq.ParquetFile(path)
    names = file.schema_arrow.names
    measures = [name for name in ("downloads", "trendingScore") if name in names]
    frame = file.read(columns=["id", *measures]).to_pandas()
    frame["row"] = np.arange(len(frame))
    frame["downloads"] = frame["downloads"].fillna(0)
    frame = frame.sort_values(["downloads", "row"], ascending=[False, True]).drop_duplicates("id")
    ranked = {ListName.TOP: frame.head(300)["row"].tolist()}
    if "trendingScore" in names:
        trending = frame[frame["trendingScore"] > 0]
        ranked[ListName.TRENDING] = (
            trending.sort_values(["trendingScore", "row"], ascending=[False, True]).head(300)["row"].tolist()
        )
        ranked[ListName.BOTH] = sorted({*ranked[ListName.TOP], *ranked[ListName.TRENDING]})
    models = _models(file, {row for rows in ranked.values() for row in rows})
    return {name: [models[row] for row in rows] for name, rows in ranked.items()}


def _models(file: pq.ParquetFile, wanted: set[int]) -> dict[int, Model]:
    found, start = {}, 0
    names = ["id", "downloads", "likes", "tags", "pipeline_tag", "library_name", "trendingScore", "createdAt", "gated", "_id"]
    names += ["downloadsAllTime", "cardData"]
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        rows = sorted(row for row in wanted if start <= row < start + size)
        if rows:
            table = file.read_row_group(group, [name for name in names if name in file.schema_arrow.names])
            chosen = table.take([row - start for row in rows]).to_pylist()
            found |= {row: _model(cells) for row, cells in zip(rows, chosen, strict=True)}
        start += size
    return found


def _model(cells: Mapping[str, object]) -> Model:
    tags, gated = cells["tags"], cells["gated"]
    licenses = None if tags is None else tuple(tag.removeprefix("license:") for tag in tags if tag.startswith("license:"))
    if licenses == ("other",):
        with suppress(ValueError, TypeError):
            licenses = (json.loads(cells["cardData"]).get("license_name", "other"),)
    trending = cells.get("trendingScore")
    return Model(
        cells["id"],
        cells["downloads"] or 0,
        cells["likes"],
        licenses,
        cells["pipeline_tag"] or "",
        cells["library_name"] or "",
        None if trending is None else float(trending),
        cells["createdAt"],
        {"perhaps": None}.get(gated, str(gated).lower()),
        tuple(tags or ()),
        cells["_id"],
        cells.get("downloadsAllTime"),
    )


def differing(history: SqlHistory, days: list[date], paths: list[Path]) -> tuple[int, int, int]:
    """Return how many lists there should be, how many differ from those, and how many rows were compared."""
    stored = {(name, snapshot.taken_on): snapshot for name in LISTS for snapshot in history.snapshots(name)}
    many = wrong = rows = 0
    for day, path in zip(days, paths, strict=True):
        lists = expected(path)
        for name in LISTS:
            snapshot, wanted = stored.get((name, day)), lists.get(name, [])
            own = list(history.models(snapshot.id)) if snapshot else []
            if name is ListName.BOTH:
                own, wanted = (sorted(models, key=lambda model: model.id) for models in (own, wanted))
            many, rows, wrong = many + bool(wanted), rows + len(wanted), wrong + (own != wanted)
    return many, wrong, rows


@dataclass
class Memory:
    """The most memory (PSS in MB) that processes had, by what they are for."""

    largest: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    together: float = 0.0

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        """Look until the process ends."""
        while process.poll() is None:
            now: dict[str, float] = defaultdict(float)
            for pid in session(process.pid):
                with suppress(OSError, IndexError):  # it ended meanwhile
                    size = int(Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").split("Pss:")[1].split()[0]) / 1000
                    role = _role(pid, process.pid)
                    now["all"] += size
                    self.largest[role] = max(self.largest[role], size)
            self.together = max(self.together, now["all"])
            time.sleep(0.2)


def session(leader: int) -> list[int]:
    """Return the processes of a session, its leader first."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, IndexError):
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(int(path.parent.name))
    return sorted(found, key=lambda pid: (pid != leader, pid))


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])


def _role(pid: int, leader: int) -> str:
    if pid == leader:
        return "serve"
    line = Path(f"/proc/{pid}/cmdline").read_bytes()
    if b"resource_tracker" in line:
        return "resource tracker"
    if b"spawn_main" not in line:
        return "worker"
    # Only those that read Parquet files have Arrow.
    return "process that reads a dump" if b"libparquet" in Path(f"/proc/{pid}/maps").read_bytes() else "process that answers"


def kill_some(process: subprocess.Popen[bytes], luck: random.Random) -> str:
    """Kill all processes, the first or the worker; returns which."""
    what = luck.choice(["all processes", "serve", "the worker"])
    pids = session(process.pid)
    workers = [pid for pid in pids if pid != process.pid and _role(pid, process.pid) == "worker"]
    for pid in {"all processes": pids, "serve": pids[:1], "the worker": workers}[what]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return what


def fetch(env: dict[str, str], log: Path, kills: int, months: int, memory: Memory) -> tuple[float, list[str]]:
    """Run ``serve`` until all is stored; return for how many seconds it ran, and what was killed.

    Something is killed as soon as so many months are stored, and some seconds.
    """
    luck = random.Random(8)
    coming = sorted(luck.sample(range(months - 1), kills))
    seconds, killed, command = 0.0, [], [sys.executable, "-m", "bot", "serve"]
    while (stored := count(env["DATABASE_URL"])) < months:
        start = time.perf_counter()
        with log.open("ab") as out:
            process = subprocess.Popen(command, env=env, cwd=ROOT, stdout=out, stderr=out, start_new_session=True)
        threading.Thread(target=memory.watch, args=(process,), daemon=True).start()
        while process.poll() is None and stored < months:
            if coming and stored >= coming[0]:
                time.sleep(luck.uniform(0.0, 15.0))
                killed.append(f"{kill_some(process, luck)} at {count(env['DATABASE_URL'])}")
                coming.pop(0)
            time.sleep(0.2)
            stored = count(env["DATABASE_URL"])
        seconds += time.perf_counter() - start
        if process.poll() is None:
            process.terminate()
        process.wait()
    return seconds, killed


def count(url: str) -> int:
    """Return how many top lists of the dataset are stored."""
    engine = sa.create_engine(url)
    try:
        if not sa.inspect(engine).has_table("snapshot"):
            return 0
        return sum(snapshot.source == DATASET for snapshot in SqlHistory(engine).snapshots(ListName.TOP))
    finally:
        engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=2_500_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--keep", type=Path, help="a folder in which the dumps are kept, and found the next time")
    given = parser.parse_args()
    days = month_ends(given.months, datetime.now(UTC).date())
    with TemporaryDirectory() as temporary:
        paths = dumps(given.keep or Path(temporary) / "dumps", days, given.models)
        commits = [
            Commit(datetime(day.year, day.month, day.day, 5, tzinfo=UTC), {"models.parquet": path})
            for day, path in zip(days, paths, strict=True)
        ]
        url, log, memory = f"sqlite:///{temporary}/hfstats.db", Path(temporary) / "serve.log", Memory()
        with HubStandIn(datasets={DATASET: commits}) as hub, SlackStandIn() as slack:
            kept = {
                name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "PORT", "DATABASE"))
            }
            env = kept | {"DATABASE_URL": url, "HF_ENDPOINT": hub.endpoint, "HFSTATS_HISTORY_MONTHS": str(given.months)}
            env |= {"PORT": str(free_port()), "SLACK_API_URL": slack.api_url}
            env |= {"SLACK_BOT_TOKEN": slack.bot_token(), "SLACK_SIGNING_SECRET": slack.signing_secret}
            seconds, killed = fetch(env, log, given.kills, given.months, memory)
            served, size = sum(hub.datasets.served.values()), sum(path.stat().st_size for path in paths)
        finished = [tuple(map(int, sizes)) for sizes in _FETCHED.findall(log.read_text(encoding="utf-8"))]
        many, wrong, rows = differing(SqlHistory(database.engine(url)), days, paths)
    print(
        f"{given.months} revisions of {given.models:,} models, {size / 1e6:,.0f} MB. Killed: {', '.join(killed) or 'nothing'}.\n"
    )
    print("| what | result |\n| --- | ---: |")
    shares = [part / whole for part, whole in finished]
    print(f"| fetched of a revision: least, median, most | {min(shares):.3f}, {median(shares):.3f}, {max(shares):.3f} |")
    print(f"| fetched of all, again where a process was killed | {served / 1e6:,.0f} MB, {served / size:.3f} |")
    print(f"| time until all months were stored | {seconds:.0f} s |")
    for role, largest in sorted(memory.largest.items(), key=lambda item: -item[1]):
        print(f"| peak memory of one {role} | {largest:,.0f} MB |")
    print(f"| peak memory of all processes together | {memory.together:,.0f} MB |")
    print(f"| lists that differ ({rows:,} rows compared) | {wrong} of {many} |")


if __name__ == "__main__":
    main()
