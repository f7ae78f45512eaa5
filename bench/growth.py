"""Plot how the time of an answer grows with models and snapshots, and the time of an import with models.

    python bench/growth.py --into docs/images      # some eight minutes

The models are from synthetic dumps of the whole Hub, the snapshots from a simulated list of 600. Each point for answers is the
median of several questions, each asked several times. Imports run in a separate process, to measure their memory.
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

from analytics.questions.registry import ask, parse
from analytics.sources import simulation
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
MODELS = (600, 6_000, 60_000, 600_000, 2_500_000)
COUNTED = (100_000, 500_000, 1_000_000, 1_750_000, 2_500_000)
DAYS = (1, 10, 100, 365, 1_095)
OF_HUB = ("licenses in hub", "tasks in hub", "creators by downloads in hub", "libraries in hub", "creator google in hub")
OF_LIST = ("licenses", "tasks", "creators by downloads", "libraries", "creator google", "models top 10", "likes")
INK, ACCENT, MUTED = "#1f2933", "#0b6e99", "#7b8794"


def times(url: str, questions: Sequence[str], rounds: int = 9) -> tuple[float, float]:
    """Milliseconds of an answer without its chart, warm: of all questions' medians the median, and the longest."""
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
    return median(found), max(found)


def dump(folder: Path, models: int) -> Path:
    path = folder / str(models) / f"{UNTIL}.parquet"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        make = [sys.executable, str(HERE / "dump.py"), str(path), "--models", str(models), "--day", f"{UNTIL}"]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    return path


def against_models(folder: Path) -> list[tuple[int, float, float]]:
    found = []
    for models in MODELS:
        url = f"sqlite:///{folder / f'{models}.db'}"
        if not (folder / f"{models}.db").exists():
            store([dump(folder, models)], url)
        found.append((models, *times(url, OF_HUB)))
    return found


def against_snapshots(folder: Path) -> list[tuple[int, float, float]]:
    """Ask after 1, 10, … and 1,095 days are stored."""
    url = f"sqlite:///{folder / 'days.db'}"
    engine = database.engine(url)
    database.upgrade(engine)
    found, days = [], {}
    for listing in simulation.listings(UNTIL, months=0, daily=max(DAYS)):
        days.setdefault(listing.taken_on, []).append(listing)
    for many, (_, listings) in enumerate(sorted(days.items(), reverse=True), start=1):
        ingest.store(listings, SqlHistory(engine))
        if many in DAYS:
            found.append((many, *times(url, OF_LIST)))
    engine.dispose()
    return found


def counting(folder: Path) -> list[tuple[int, float, float]]:
    found = []
    for models in COUNTED:
        runs = [alone(COUNT, dump(folder, models)) for _ in range(3)]
        found.append((models, median(run[0] for run in runs), median(run[1] for run in runs)))
    return found


def picture(
    path: Path, title: str, under: str, lines: Sequence[tuple[str, Sequence[tuple[float, float]]]], *, xlabel: str, ylabel: str
) -> None:
    """Draw one line or two, each with its name at its end; points over more than two magnitudes stand at even distances."""
    figure, axes = plt.subplots(figsize=(12, 6.75), dpi=100, facecolor="white")
    for (name, points), hue in zip(lines, (ACCENT, MUTED), strict=False):
        xs, ys = zip(*points, strict=True)
        even = xs[-1] / xs[0] > 100
        at = range(len(xs)) if even else xs
        axes.plot(at, ys, color=hue, marker="o", markersize=9, linewidth=2.5)
        for x, y in zip(at, ys, strict=True):
            label = f"{y:,.1f}" if y < 20 else f"{y:,.0f}"
            axes.annotate(label, (x, y), (0, 12), textcoords="offset points", ha="center", fontsize=16, color=hue)
        axes.annotate(name, (at[-1], ys[-1]), (16, -6), textcoords="offset points", fontsize=16, color=hue)
        axes.set_xticks(at, [f"{x / 1e6:g} M" if x >= 1e6 else f"{x:,.0f}" for x in xs], fontsize=15, color=INK)
    axes.set_ylim(0, max(y for _, points in lines for _, y in points) * 1.3)
    axes.minorticks_off()
    axes.tick_params(axis="y", labelsize=15, labelcolor=MUTED, length=0)
    axes.set_xlabel(xlabel, fontsize=16, color=INK, labelpad=10)
    axes.set_ylabel(ylabel, fontsize=16, color=INK, labelpad=10)
    axes.grid(axis="y", color="#e4e7eb")
    axes.spines[["top", "right", "left"]].set_visible(False)
    figure.text(0.045, 0.93, title, fontsize=20, weight="bold", color=INK)
    figure.text(0.045, 0.885, under, fontsize=15, color=MUTED)
    figure.subplots_adjust(left=0.1, right=0.87 if lines[0][0] else 0.96, top=0.83, bottom=0.15)
    figure.savefig(path, pil_kwargs={"optimize": True})
    plt.close(figure)


def both(found: Sequence[tuple[int, float, float]]) -> list[tuple[str, list[tuple[float, float]]]]:
    names = "the median", "the slowest"
    return [(name, [(one[0], one[place]) for one in found]) for place, name in enumerate(names, start=1)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=Path(), help="the folder for the pictures")
    parser.add_argument("--keep", type=Path, help="a folder in which dumps and stores are kept, and found the next time")
    given = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = given.save or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        counted, models, snapshots = counting(folder), against_models(folder), against_snapshots(Path(temporary))
    print(json.dumps({"answer, ms, by models": models, "by snapshots": snapshots, "counting, s and MB": counted}, indent=1))
    under = "Simulated data. Two shared cores; answers without their charts, warm, of some questions."
    title = "The median answer takes as long for 2.5 million models as for 600"
    how = {"xlabel": "models in the snapshot", "ylabel": "milliseconds"}
    picture(given.into / "growth-models.png", title, under, both(models), **how)
    title = "Three years of daily snapshots add a millisecond to an answer"
    how = {"xlabel": "daily snapshots of 600 models", "ylabel": "milliseconds"}
    picture(given.into / "growth-snapshots.png", title, under, both(snapshots), **how)
    under = "Simulated dumps. Two shared cores; a process of its own, median of three."
    for place, name, title, unit in (
        (1, "growth-counting.png", "Counting a dump takes time in step with its models", "seconds"),
        (2, "growth-memory.png", "Its memory grows with the names of creators, and not with the file", "peak memory, MB"),
    ):
        line = ("", [(one[0], one[place]) for one in counted])
        picture(given.into / name, title, under, [line], xlabel="models in the dump", ylabel=unit)


if __name__ == "__main__":
    main()
