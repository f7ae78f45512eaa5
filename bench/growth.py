"""What grows with what: pictures of an answer's time against models and snapshots, and of counting a dump against its models.

    python bench/growth.py --into docs      # some eight minutes

Models are those of made-up dumps of the whole Hub, snapshots those of a simulated list of 600. Each point of an answer is the
median of several questions asked several times; counting runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
from answers import UNTIL
from hub import COUNT, alone, store

from analytics import database, demo, ingest
from analytics.questions import ask, parse
from analytics.store import SqlHistory

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
MODELS = (600, 6_000, 60_000, 600_000, 2_500_000)
COUNTED = (100_000, 500_000, 1_000_000, 1_750_000, 2_500_000)
DAYS = (1, 10, 100, 365, 1_095)
OF_HUB = ("licenses in hub", "tasks in hub", "creators by downloads in hub", "libraries in hub", "creator google in hub")
OF_LIST = ("licenses", "tasks", "creators by downloads", "libraries", "creator google", "models top 10", "likes")
INK, ACCENT, MUTED = "#1f2933", "#0b6e99", "#7b8794"


def times(url: str, questions: Sequence[str], rounds: int = 9) -> float:
    """Milliseconds of an answer without its chart, warm: the median over questions of their medians."""
    engine = database.engine(url)
    history, found = SqlHistory(engine), []
    for words in questions:
        query = parse(words)
        ask(query, history)
        taken = []
        for _ in range(rounds):
            start = perf_counter()
            ask(query, history)
            taken.append((perf_counter() - start) * 1e3)
        found.append(median(taken))
    engine.dispose()
    return median(found)


def dump(folder: Path, models: int) -> Path:
    path = folder / str(models) / f"{UNTIL}.parquet"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        make = [sys.executable, str(HERE / "dump.py"), str(path), "--models", str(models), "--day", f"{UNTIL}"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    return path


def against_models(folder: Path) -> list[tuple[int, float]]:
    found = []
    for models in MODELS:
        url = f"sqlite:///{folder / f'{models}.db'}"
        if not (folder / f"{models}.db").exists():
            store([dump(folder, models)], url)
        found.append((models, times(url, OF_HUB)))
    return found


def against_snapshots(folder: Path) -> list[tuple[int, float]]:
    """Ask after 1, 10, … and 1,095 days are stored."""
    url = f"sqlite:///{folder / 'days.db'}"
    engine = database.engine(url)
    database.upgrade(engine)
    found, days = [], {}
    for listing in demo.listings(UNTIL, months=0, daily=max(DAYS)):
        days.setdefault(listing.taken_on, []).append(listing)
    for many, (_, listings) in enumerate(sorted(days.items(), reverse=True), start=1):
        ingest.store(listings, SqlHistory(engine))
        if many in DAYS:
            found.append((many, times(url, OF_LIST)))
    engine.dispose()
    return found


def counting(folder: Path) -> list[tuple[int, float, float]]:
    found = []
    for models in COUNTED:
        runs = [alone(COUNT, dump(folder, models)) for _ in range(3)]
        found.append((models, median(run[0] for run in runs), median(run[1] for run in runs)))
    return found


def picture(
    path: Path, title: str, under: str, points: Sequence[tuple[float, float]], *, xlabel: str, ylabel: str, log: bool
) -> None:
    figure, axes = plt.subplots(figsize=(12, 6.75), dpi=100, facecolor="white")
    xs, ys = zip(*points, strict=True)
    axes.plot(xs, ys, color=ACCENT, marker="o", markersize=9, linewidth=2.5)
    for x, y in points:
        label = f"{y:,.1f}" if y < 20 else f"{y:,.0f}"
        axes.annotate(label, (x, y), (0, 12), textcoords="offset points", ha="center", fontsize=16, color=INK)
    if log:
        axes.set_xscale("log")
    axes.set_ylim(0, max(ys) * 1.35)
    axes.set_xticks(xs, [f"{x / 1e6:g} M" if x >= 1e6 else f"{x:,.0f}" for x in xs], fontsize=15, color=INK)
    axes.minorticks_off()
    axes.tick_params(axis="y", labelsize=15, labelcolor=MUTED, length=0)
    axes.set_xlabel(xlabel, fontsize=16, color=INK, labelpad=10)
    axes.set_ylabel(ylabel, fontsize=16, color=INK, labelpad=10)
    axes.grid(axis="y", color="#e4e7eb")
    axes.spines[["top", "right", "left"]].set_visible(False)
    figure.text(0.045, 0.93, title, fontsize=22, weight="bold", color=INK)
    figure.text(0.045, 0.885, under, fontsize=15, color=MUTED)
    figure.subplots_adjust(left=0.1, right=0.96, top=0.83, bottom=0.15)
    figure.savefig(path)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=Path(), help="the folder for the pictures")
    parser.add_argument("--keep", type=Path, help="a folder in which dumps and stores are kept, and found the next time")
    given = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        models, snapshots, counted = against_models(folder), against_snapshots(Path(temporary)), counting(folder)
    print(json.dumps({"answer, ms, by models": models, "by snapshots": snapshots, "counting, s and MB": counted}, indent=1))
    simulated = "Simulated data. Two shared cores; the time of one answer, warm, without its chart."
    how = {"ylabel": "milliseconds", "log": True}
    title = "An answer takes as long for 2.5 million models as for thousands"
    picture(given.into / "growth-models.png", title, simulated, models, xlabel="models in the snapshot", **how)
    title = "An answer takes as long with three years of snapshots as with one day"
    picture(given.into / "growth-snapshots.png", title, simulated, snapshots, xlabel="daily snapshots of 600 models", **how)
    seconds, memory = ([(one[0], one[place]) for one in counted] for place in (1, 2))
    simulated = "Simulated dumps. Two shared cores; a process of its own, median of three."
    how = {"xlabel": "models in the dump", "log": False}
    title = "Counting a dump takes time in step with its models"
    picture(given.into / "growth-counting.png", title, simulated, seconds, ylabel="seconds", **how)
    title = "Its memory grows with the names of creators, and not with the file"
    picture(given.into / "growth-memory.png", title, simulated, memory, ylabel="peak memory, MB", **how)


if __name__ == "__main__":
    main()
