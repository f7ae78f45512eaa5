"""Compare importing a dump of the whole Hub with polars, and answers with DuckDB on the same files.

    python bench/hub.py --models 2500000 --months 12     # about fifteen minutes, most of them for generating and importing dumps
    python bench/hub.py --models 250000 --months 3       # a smaller run

Each figure is a ratio within one run, and the compared programs run in turn, in separate processes where memory is measured.
The dumps are synthetic (``bench/dump.py``).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import duckdb

from analytics.charts.drawing import draw
from analytics.questions.registry import ask, parse
from analytics.sources.dumps.reader import day_of, read_dump
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
QUESTIONS = {
    "licenses in hub": """
        select coalesce(license, 'none declared') as name, sum(1.0 / greatest(n, 1)), sum(downloads * 1.0 / greatest(n, 1)) from (
            select downloads, len(own) as n, unnest(case when len(own) = 0 then [null] else own end) as license from (
                select downloads, list_filter(tags, lambda tag: starts_with(tag, 'license:')) as own from read_parquet('{last}')))
        group by all order by 3 desc""",
    "creators by downloads in hub": """
        select split_part(id, '/', 1) as name, count(*), sum(downloads) from read_parquet('{last}')
        group by all order by 3 desc limit 5000""",
    "tasks in hub": """
        select coalesce(pipeline_tag, 'none declared') as name, count(*), sum(downloads) from read_parquet('{last}')
        group by all order by 3 desc""",
    "libraries in hub task text-generation": """
        select coalesce(library_name, 'none declared') as name, count(*), sum(downloads) from read_parquet('{last}')
        where pipeline_tag = 'text-generation' group by all order by 3 desc""",
    "creator meta in hub": """
        select split_part(id, '/', 1) as name, count(*), sum(downloads) from read_parquet('{last}')
        group by all order by 3 desc limit 5000""",
    "tasks in hub since {since}": """
        select filename, coalesce(pipeline_tag, 'none declared') as name, count(*), sum(downloads)
        from read_parquet({all}, filename = true) group by all""",
    "creators in hub since {since}": """
        select filename, split_part(id, '/', 1) as name, count(*), sum(downloads) from read_parquet({all}, filename = true)
        group by 1, 2 qualify row_number() over (partition by filename order by sum(downloads) desc) <= 5000""",
}
PEAK = """
def PEAK():
    return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) / 1024  # what the parent had does not count
"""
COUNT = (
    PEAK
    + """
import json, sys, time
from datetime import date
from pathlib import Path
from analytics.sources.dumps.reader import read_dump
start = time.perf_counter()
listing, counts = read_dump(Path(sys.argv[1]), date(2026, 8, 31), "bench")
print(json.dumps([time.perf_counter() - start, PEAK(), len(counts)]))
"""
)
POLARS = (
    PEAK
    + """
import json, sys, time
import polars as pl
start = time.perf_counter()
rows = pl.scan_parquet(sys.argv[1]).select(
    pl.col("id").str.split("/").list.first().alias("namespace"),
    pl.col("pipeline_tag").fill_null("none declared").alias("task"),
    pl.col("library_name").fill_null("none declared").alias("library"), "gated", "tags", "downloads", "likes")
sums = [pl.len().alias("models"), pl.col("downloads").sum(), pl.col("likes").sum()]
own = pl.element().filter(pl.element().str.starts_with("license:")).str.strip_prefix("license:")
licenses = (rows.with_columns(pl.col("tags").list.eval(own).alias("license"))
    .with_columns(pl.col("license").list.len().alias("n")).explode("license")
    .with_columns(pl.col("license").fill_null("none declared"), (1 / pl.max_horizontal("n", 1)).alias("weight")))
weighed = [pl.col("weight").sum().alias("models")]
weighed += [(pl.col(one) * pl.col("weight")).sum() for one in ("downloads", "likes")]
way = pl.element().str.extract(r"^base_model:(finetune|quantized|adapter|merge):", 1).drop_nulls()
made = rows.with_columns(pl.col("tags").list.eval(way).list.first().fill_null("original").alias("way"))
asked = [rows.group_by(one, "task").agg(sums) for one in ("namespace", "library", "gated")]
asked += [rows.group_by("task").agg(sums), made.group_by("way", "task").agg(sums)]
asked += [licenses.group_by("license", "task").agg(weighed)]
found = [one.collect(engine="streaming") for one in asked]
print(json.dumps([time.perf_counter() - start, PEAK(), sum(map(len, found))]))
"""
)


def alone(code: str, path: Path) -> list[float]:
    """Seconds, peak MB and number of sums of a process that does one thing."""
    ran = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, cwd=HERE.parent)
    return json.loads(ran.stdout)


def counting(path: Path, rounds: int) -> None:
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(alone(COUNT, path))
        theirs.append(alone(POLARS, path))
    (seconds, memory, sums), (other, more, others) = (
        [median(column) for column in zip(*runs, strict=True)] for runs in (ours, theirs)
    )
    print("| counting one dump | hfstats | polars | ratio | target |")
    print("| --- | ---: | ---: | ---: | ---: |")
    print(f"| seconds | {seconds:.1f} | {other:.1f} | {seconds / other:.2f} | ≤ 3 |")
    print(f"| peak memory, MB | {memory:.0f} | {more:.0f} | {memory / more:.2f} | ≤ 512 MB |")
    print(f"| sums kept | {sums:,.0f} | {others:,.0f} | | |\n")


def months(many: int) -> list[date]:
    last = 2026 * 12 + 7
    return [
        date.fromordinal(date((at + 1) // 12, (at + 1) % 12 + 1, 1).toordinal() - 1) for at in range(last - many + 1, last + 1)
    ]


def store(paths: list[Path], url: str) -> None:
    engine = database.engine(url)
    database.upgrade(engine)
    for path in paths:
        ingest.store_whole(*read_dump(path, day_of(path), path.stem), SqlHistory(engine))
    engine.dispose()


def asking(paths: list[Path], url: str, rounds: int) -> None:
    history = SqlHistory(database.engine(url))
    since = f"{paths[0].stem[:7]}"
    files = str([str(path) for path in paths])
    print("| question | hfstats, ms | DuckDB, ms | times faster | its chart, ms | of its chart |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for words, sql in QUESTIONS.items():
        text, statement = words.format(since=since), sql.format(last=paths[-1], all=files)
        query = parse(text)
        answer = ask(query, history)
        draw(answer.chart)
        ours, theirs, drawn = [], [], []
        for _ in range(rounds):
            ours.append(timed(lambda query=query: ask(query, history)))
            drawn.append(timed(lambda answer=answer: draw(answer.chart)))
            theirs.append(timed(lambda statement=statement: duckdb.sql(statement).fetchall()))
        mine, other, picture = (median(times) * 1e3 for times in (ours, theirs, drawn))
        print(f"| `{text}` | {mine:.1f} | {other:.0f} | {other / mine:.0f} | {picture:.0f} | {mine / picture:.2f} |", flush=True)


def timed(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=2_500_000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="a folder in which dumps and store are kept, and found the next time")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{day}.parquet" for day in months(given.months)]
        for path in paths:
            if not path.exists():
                make = [sys.executable, str(HERE / "dump.py"), str(path), "--models", str(given.models), "--day", path.stem]
                subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
        print(f"{given.models:,} models a dump, {given.months} dumps of {paths[0].stat().st_size / 1e6:.0f} MB\n")
        counting(paths[-1], given.rounds)
        kept = folder / "store.db"
        if not kept.exists():
            store(paths, f"sqlite:///{kept}")
        print(f"The store takes {kept.stat().st_size / given.months / 1e6:.1f} MB a snapshot.\n")
        asking(paths, f"sqlite:///{kept}", given.rounds * 3)


if __name__ == "__main__":
    main()
