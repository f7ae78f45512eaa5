"""Compare answers over a long history with DuckDB on Parquet, and measure a day's size in the store.

    python bench/answers.py                  # 600 models on each of 1,095 days; about five minutes
    python bench/answers.py --days 120       # a smaller run

Each figure is a ratio within one run, and the compared programs run in turn. DuckDB reads the store's rows from one Parquet file,
sorted by day. The history is simulated.
"""

from __future__ import annotations

import argparse
import gc
import time
from datetime import date
from itertools import groupby
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.domain import ListName
from analytics.questions.registry import ask, parse
from analytics.sources import simulation
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


UNTIL = date(2026, 8, 31)
_LAST = "day = date '{last}' and list = 'top'"
_GROUPED = "select {name} as name, count(*), sum(downloads), sum(likes) from rows where {where} group by all order by 3 desc"
_LICENSES = """
    select day, coalesce(license, 'none declared') as name, sum(1.0 / greatest(n, 1)), sum(downloads / greatest(n, 1)) from (
        select day, downloads, len(licenses) as n, unnest(case when n = 0 then [null] else licenses end) as license
        from rows where {where}) group by all order by 1, 4 desc"""
_OWNER = "split_part(id, '/', 1)"
_TASK, _LIBRARY = "coalesce(pipeline_tag, 'none declared')", "coalesce(library_name, 'none declared')"
QUESTIONS = {
    "licenses": _LICENSES.format(where=_LAST),
    "creators by downloads": _GROUPED.format(name=_OWNER, where=_LAST),
    "tasks by models": _GROUPED.format(name=_TASK, where=_LAST),
    "libraries": _GROUPED.format(name=_LIBRARY, where=_LAST),
    "models top 10": "select id, downloads from rows where " + _LAST + " order by 2 desc limit 10",
    "creator google": _GROUPED.format(name="id", where=_LAST + f" and {_OWNER} like 'google%'"),
    "likes": "select corr(ln(downloads + 1), ln(likes + 1)), count(*) from rows where " + _LAST,
    "movers tasks since {since}": _GROUPED.format(
        name=f"{_TASK}, day", where="day in (date '{first}', date '{last}') and list = 'top'"
    ),
    "licenses since {since}": _LICENSES.format(where="list = 'top'"),
    "tasks since {since}": _GROUPED.format(name=f"{_TASK}, day", where="list = 'top'"),
    "creators since {since}": _GROUPED.format(name=f"{_OWNER}, day", where="list = 'top'"),
    "creator meta since {since}": _GROUPED.format(name=f"{_OWNER} = 'meta-llama', day", where="list = 'top'"),
}


def fill(url: str, days: int) -> pa.Table:
    """Store a simulated history; return all its rows."""
    engine = database.engine(url)
    database.upgrade(engine)
    columns: dict[str, list[object]] = {}
    for day, listings in groupby(simulation.listings(UNTIL, months=0, daily=days), key=lambda one: one.taken_on):
        both = list(listings)
        ingest.store(both, SqlHistory(engine))
        for listing in both:
            for model in listing.models:
                row = {"day": day, "list": listing.list.value, "id": model.id, "downloads": model.downloads, "likes": model.likes}
                row |= {"licenses": list(model.licenses or ()), "pipeline_tag": model.task, "library_name": model.library}
                for name, value in row.items():
                    columns.setdefault(name, []).append(value)
    engine.dispose()
    return pa.table(columns)


def seconds(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def against_duckdb(url: str, file: Path, first: date, rounds: int) -> None:
    history = SqlHistory(database.engine(url))
    connection = duckdb.connect()
    connection.execute(f"create view rows as select * from read_parquet('{file}')")
    print("| question | hfstats, ms | DuckDB, ms | times faster (target: 8) |\n| --- | ---: | ---: | ---: |")
    for words, sql in QUESTIONS.items():
        text, statement = words.format(since=f"{first:%Y-%m}"), sql.format(first=first, last=UNTIL)
        query = parse(text)
        ask(query, history)
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(seconds(lambda query=query: ask(query, history)) * 1e3)
            theirs.append(seconds(lambda statement=statement: connection.execute(statement).fetchall()) * 1e3)
        print(f"| `{text}` | {median(ours):.2f} | {median(theirs):.1f} | {median(theirs) / median(ours):.1f} |", flush=True)
    print()


def stored(folder: Path, file: Path, days: int) -> None:
    kept, packed = (folder / "hfstats.db").stat().st_size, file.stat().st_size
    print(f"A day of 600 models takes {kept / days / 1e3:.0f} KB in the store, {packed / days / 1e3:.1f} KB in Parquet.\n")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=1_095)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--keep", type=Path, help="a folder in which the history is kept, and found the next time")
    given = parser.parse_args(arguments)
    with TemporaryDirectory() as temporary:
        folder = given.save or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        url, file = f"sqlite:///{folder / 'hfstats.db'}", folder / "rows.parquet"
        if not file.exists():
            pq.write_table(fill(url, given.days), file, compression="zstd", row_group_size=65_536)
        gc.freeze()
        many = len(SqlHistory(database.engine(url)).snapshots(ListName.TOP))
        print(f"{many:,} days of 300 models by downloads and 300 by trending score\n")
        stored(folder, file, many)
        against_duckdb(url, file, date.fromordinal(UNTIL.toordinal() - given.days + 1), given.rounds)


if __name__ == "__main__":
    main()
