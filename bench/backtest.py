"""Backtest forecasts: from every earlier month's data, compared with the actual values.

python bench/backtest.py                      five simulated histories of 60 months, seeds 1 to 5
python bench/backtest.py sqlite:///store.db   a store of real listings, in steps of ten days where months are too few
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections import defaultdict
from datetime import date
from itertools import groupby
from pathlib import Path

from analytics.domain import Dimension, ListName, Measure
from analytics.query import Query
from analytics.questions.question import View
from analytics.sources import simulation
from analytics.statistics import forecasting
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory

RANKINGS = [
    (dimension, by)
    for dimension in (Dimension.CREATOR, Dimension.LICENSE, Dimension.TASK)
    for by in (Measure.DOWNLOADS, Measure.MODELS)
]
HORIZONS = (1, 3, 6, 12)
STEP = 10
"""Days, where there are too few months."""


def simulated(folder: Path, seed: int) -> SqlHistory:
    engine = database.engine(f"sqlite:///{folder / f'{seed}.db'}")
    database.upgrade(engine)
    history = SqlHistory(engine)
    days = simulation.listings(date(2026, 8, 31), months=60, seed=seed)
    for day, listings in groupby(days, key=lambda one: one.taken_on):
        if _last_of_month(day):
            ingest.store([one for one in listings if one.list is ListName.TOP], history)
    return history


def _last_of_month(day: date) -> bool:
    return date.fromordinal(day.toordinal() + 1).month != day.month


def courses(history: SqlHistory, dimension: Dimension, by: Measure, *, days: int = 0) -> dict[str, tuple[float | None, ...]]:
    """Portions of every name by months, or by steps of some days."""
    view = View(Query(dimension.plural), history, dimension)
    key = (lambda one: one.taken_on.toordinal() // days) if days else (lambda one: one.taken_on.year * 12 + one.taken_on.month)
    last = {key(one): one for one in view.scope.comparable}
    recorded = view.recording(tuple(last.values()))
    moments = view.moments(recorded, by)
    portions = {key(one): {share.name: share.portion for share in one.ranking.shares} for one in moments}
    every = {name for own in portions.values() for name in own}
    span = range(min(portions), max(portions) + 1)
    return {name: tuple(portions[at].get(name, 0.0) if at in portions else None for at in span) for name in every}


def table(title: str, found: dict[tuple[Dimension, Measure, int], list[forecasting.Check]], unit: str) -> None:
    print(f"\n{title}\n")
    print(f"| ranking | {unit} ahead | forecasts | 80% intervals held | mean error | error if unmoved |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    totals: dict[int, list[forecasting.Check]] = defaultdict(list)
    for (dimension, by, ahead), checks in found.items():
        made = [check for check in checks if check.tested]
        if made:
            totals[ahead] += made
            print(row(f"{dimension.plural} by {by}", ahead, made))
    for ahead, checks in totals.items():
        print(row("all", ahead, checks))


def row(name: str, ahead: int, checks: list[forecasting.Check]) -> str:
    made = sum(check.tested for check in checks)
    held = sum(check.held for check in checks)
    error, unmoved = (math.fsum(getattr(check, one) * check.tested for check in checks) / made for one in ("error", "unmoved"))
    return f"| {name} | {ahead} | {made:,} | {held / made:.0%} | {error * 100:.2f} points | {unmoved * 100:.2f} points |"


def checked(histories: list[SqlHistory], *, days: int = 0) -> dict[tuple[Dimension, Measure, int], list[forecasting.Check]]:
    found: dict[tuple[Dimension, Measure, int], list[forecasting.Check]] = defaultdict(list)
    for history in histories:
        for dimension, by in RANKINGS:
            for check in forecasting.check(courses(history, dimension, by, days=days), HORIZONS):
                found[dimension, by, check.months].append(check)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", nargs="?", help="a store; simulated histories where none is named")
    url = parser.parse_args().url
    if url:
        history = SqlHistory(database.engine(url))
        table("By months", checked([history]), "months")
        table(f"In steps of {STEP} days", checked([history], days=STEP), "steps")
        return
    with tempfile.TemporaryDirectory() as folder:
        table("Simulated: 5 histories of 60 months", checked([simulated(Path(folder), seed) for seed in range(1, 6)]), "months")


if __name__ == "__main__":
    main()
