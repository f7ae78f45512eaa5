"""Answers of a long history: against DuckDB on Parquet, against the plainest chart that matplotlib saves, and asked again.

    python bench/answers.py                  # 600 models on each of 1,095 days; some five minutes
    python bench/answers.py --days 120       # the same in small

Each figure is a ratio of one run; what is compared runs in turn. DuckDB reads one Parquet file, sorted by day, of the rows that
the store was filled with. The history is simulated: nothing in it is measured of the Hub.
"""

from __future__ import annotations

import argparse
import gc
import time
from datetime import date
from io import BytesIO
from itertools import groupby
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb
import matplotlib as mpl
import pyarrow as pa
import pyarrow.parquet as pq

mpl.use("agg")

import matplotlib.pyplot as plt
from serving import quantile

from analytics import database, demo, ingest
from analytics.charts import build, draw
from analytics.domain import ListName
from analytics.questions import ask, parse
from analytics.store import SqlHistory
from bot.pool import Pool
from bot.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.answer import Answer

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
CHARTS = ["licenses", "creators by downloads", "tasks by models", "libraries", "models top 10", "license mit", "creator google"]


def fill(url: str, days: int) -> pa.Table:
    """Store a simulated history; return all its rows."""
    engine = database.engine(url)
    database.upgrade(engine)
    columns: dict[str, list[object]] = {}
    for day, listings in groupby(demo.listings(UNTIL, months=0, daily=days), key=lambda one: one.taken_on):
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


def plainest(answer: Answer) -> bytes:
    """The same values as matplotlib's own bar chart, or scatter, of the same size."""
    figure, axes = plt.subplots(figsize=(12, 6.75), dpi=100)
    chart = answer.chart
    if chart.dots:
        axes.scatter([dot.x for dot in chart.dots], [dot.y for dot in chart.dots])
        axes.set_xscale("log")
        axes.set_yscale("log")
    else:
        axes.barh(chart.categories, chart.series[0].values)
    file = BytesIO()
    figure.savefig(file, format="png")
    plt.close(figure)
    return file.getvalue()


def against_matplotlib(url: str, rounds: int) -> None:
    """Through the pool, as the bot asks: the question there, the answer and its picture back."""
    pool, history = Pool(url), SqlHistory(database.engine(url))
    pool.warm()
    print("| answer with its chart | hfstats, ms | plainest chart, ms | ratio | p95 / p50 |\n| --- | ---: | ---: | ---: | ---: |")
    try:
        for title, words, target in (("bars", CHARTS, 1.15), ("scatter", ["likes"], 1.35)):
            answers = {one: ask(parse(one), history) for one in words}
            ours, theirs = [], []
            for number in range(rounds * (1 if title == "bars" else 5)):
                for one in words:
                    mine = seconds(lambda one=one: pool.answer(one)) * 1e3
                    other = seconds(lambda one=one, answers=answers: plainest(answers[one])) * 1e3
                    if number > 1:
                        ours.append(mine)
                        theirs.append(other)
            spread = quantile(ours, 0.95) / median(ours)
            ratio = f"{median(ours) / median(theirs):.2f} (target: {target})"
            print(f"| {title} | {median(ours):.1f} | {median(theirs):.1f} | {ratio} | {spread:.2f} (target: 1.6) |", flush=True)
        print()
        again(pool, history)
    finally:
        pool.close()


def again(pool: Pool, history: SqlHistory) -> None:
    forms = [entry.form for entry in pool.entries()]
    first, second = [], []
    for _ in range(5):
        recent = Recent(pool, forms, history.version)
        for one in CHARTS:
            first.append(seconds(lambda one=one, recent=recent: recent.answer(one)) * 1e3)
            second.append(seconds(lambda one=one, recent=recent: recent.answer(one)) * 1e3)
    print("| the same answer | first, ms | again, ms | ratio (target: 0.1) |\n| --- | ---: | ---: | ---: |")
    print(f"| of {len(CHARTS)} questions | {median(first):.1f} | {median(second):.2f} | {median(second) / median(first):.3f} |\n")


def sizes(url: str) -> None:
    history = SqlHistory(database.engine(url))
    shares = []
    for one in [*CHARTS, "likes", "licenses since 2026-06", "tasks since 2026-06"]:
        chart = ask(parse(one), history).chart
        file = BytesIO()
        build(chart).figure.savefig(file, format="png", dpi=100)
        shares.append((len(draw(chart)), len(file.getvalue())))
    ours, theirs = (sum(column) / len(shares) / 1e3 for column in zip(*shares, strict=True))
    print("| a picture's bytes | hfstats, KB | savefig of the same figure, KB | ratio (target: 0.33) | worst |")
    print("| --- | ---: | ---: | ---: | ---: |")
    worst = max(mine / other for mine, other in shares)
    print(f"| mean of {len(shares)} charts | {ours:.1f} | {theirs:.1f} | {ours / theirs:.2f} | {worst:.2f} |\n")


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
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        url, file = f"sqlite:///{folder / 'hfstats.db'}", folder / "rows.parquet"
        if not file.exists():
            pq.write_table(fill(url, given.days), file, compression="zstd", row_group_size=65_536)
        gc.freeze()
        many = len(SqlHistory(database.engine(url)).snapshots(ListName.TOP))
        print(f"{many:,} days of 300 models by downloads and 300 by trending score\n")
        stored(folder, file, many)
        against_duckdb(url, file, date.fromordinal(UNTIL.toordinal() - given.days + 1), given.rounds)
        against_matplotlib(url, given.rounds)
        sizes(url)


if __name__ == "__main__":
    main()
