"""Compare the time for an answer and its chart with matplotlib's simplest bar chart; measure repeated questions and chart sizes.

    python bench/pictures.py                 # two years of simulated history; about a minute

Each figure is a ratio within one run, and the compared programs run in turn. Answers come from the analytics pool, as in the bot.
The simplest chart is drawn in this process.
"""

from __future__ import annotations

# isort: off
from bot.analytics_pool import imports  # noqa: F401 - first, as in the analytics processes, which load this module too

import argparse
import time
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
from serving import quantile, simulated

from analytics.storage import database
from analytics.charts.drawing import build, draw
from analytics.questions.registry import ask, parse
from analytics.storage.sql_history import SqlHistory
from bot.analytics_pool.pool import Pool
from bot.conversation.answer_cache import AnswerCache

# isort: on

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.answer import Answer

CHARTS = ["licenses", "creators by downloads", "tasks by models", "libraries", "models top 10", "license mit", "creator google"]


def seconds(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


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
                    mine = seconds(lambda one=one: pool.answer(parse(one))) * 1e3
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
    first, second = [], []
    for _ in range(5):
        recent = AnswerCache(pool, history.version)
        for one in CHARTS:
            first.append(seconds(lambda one=one, recent=recent: recent.answer(parse(one))) * 1e3)
            second.append(seconds(lambda one=one, recent=recent: recent.answer(parse(one))) * 1e3)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        url = simulated(Path(folder), months=24)
        against_matplotlib(url, given.rounds)
        sizes(url)


if __name__ == "__main__":
    main()
