"""The dates that the extract lacks, made up from the real ones, so that questions about days and months have something to ask.

Each source gets the dates that it really has. A real date keeps its rows, and only models that rank behind them are added.
On any other date, each count has moved away from the real date's by a fixed random walk: models pass each other, enter and leave.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

COLUMNS = (
    *("snapshot_date", "model_id", "downloads", "likes", "license", "license_recorded", "pipeline_tag", "library_name"),
    *("trending_score", "created_at", "gated", "tags"),
)
COUNTS = ("downloads", "likes", "trending_score")
BEHIND = 40
"""Made-up models behind the last real one."""
STALLED = {date(2026, 4, 12), date(2026, 6, 18), date(2026, 8, 8)}
"""On these dates the counts are those of the day before."""
RELICENSED = date(2026, 8, 15)
"""Every 30th model declares the license ``other`` before."""
LICENSES_FOUND = date(2026, 3, 20)
"""The licenses of some of the daily thirty are not recorded before."""

Row = dict[str, str]


def _days(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days) for days in range((last - first).days + 1))


@dataclass(frozen=True, slots=True)
class Source:
    """The dates of one source, its order, how many rows a date has (all, if 0), and how much a count moves in a day."""

    days: tuple[date, ...]
    measure: str = "downloads"
    size: int = 0
    step: float = 0.02


TOP = "top300_by_downloads_and_by_likes_2026-08_daily"
DAILY = "top30_by_downloads_2026_daily"
SOURCES = {
    "top1000_by_downloads_2022-07-02": Source((date(2022, 7, 2),)),
    "top3000_by_downloads_2024-09-20": Source((date(2024, 9, 20),)),
    "top100_by_likes_2025": Source((date(2025, 11, 29), date(2025, 12, 8)), "likes", 100),
    TOP: Source(_days(date(2026, 8, 7), date(2026, 8, 22))),
    "trending_2026-08_daily": Source(_days(date(2026, 8, 19), date(2026, 8, 22)), "trending_score", step=0.15),
}
MISSED = {date(2026, 4, 26), date(2026, 4, 27), date(2026, 4, 28)}
THIRTY = Source(tuple(day for day in _days(date(2026, 2, 28), date(2026, 8, 22)) if day not in MISSED), size=30)
"""No source of the extract: made from the first of the top list."""


def read(path: Path) -> list[Row]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(files: Iterable[Path], folder: Path) -> Sequence[Path]:
    """Write a file for each source; ``files`` are the extract's, of one date each."""
    real = {path.name.removesuffix(".csv.gz"): read(path) for path in files}
    made = {name: _all_days(rows + _behind(rows, SOURCES[name].measure), SOURCES[name]) for name, rows in real.items()}
    made[DAILY] = _all_days(real[TOP][: THIRTY.size + 10], THIRTY)
    return [_written(folder / f"{name}.csv.gz", made[name]) for name in sorted(made)]


def _written(path: Path, rows: Iterable[Row]) -> Path:
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, COLUMNS)
        out.writeheader()
        out.writerows(rows)
    return path


def _behind(rows: Sequence[Row], measure: str) -> list[Row]:
    """Return models that have less than any real one, and declare what real ones do."""
    least = min(float(row[measure]) for row in rows)
    return [
        rows[number * 7 % len(rows)] | {"model_id": f"made-up/model-{number}", measure: str(int(least * (0.998 - number / 400)))}
        for number in range(BEHIND)
    ]


def _all_days(rows: Sequence[Row], source: Source) -> list[Row]:
    walks = [_walk(row, source) for row in rows]
    found = []
    for day in source.days:
        listed = [_on(day, place, row, walk[day], source) for place, (row, walk) in enumerate(zip(rows, walks, strict=True))]
        listed.sort(key=lambda row: -int(row[source.measure]))
        found += sorted(listed[: source.size or None], key=lambda row: -int(row["downloads"]))
    return found


def _walk(row: Row, source: Source) -> dict[date, float]:
    """Return each date's counts as a multiple of the real date's; they grow slowly."""
    real = date.fromisoformat(row["snapshot_date"])
    chance = Random(row["model_id"])
    factors = {real: 1.0}
    for day in reversed(_days(min(source.days), real)[1:]):
        factors[day - timedelta(1)] = factors[day] * (1 if day in STALLED else exp(chance.gauss(-0.001, source.step)))
    for day in _days(real, max(source.days))[1:]:
        factors[day] = factors[day - timedelta(1)] * exp(chance.gauss(0.001, source.step))
    return factors


def _on(day: date, place: int, row: Row, factor: float, source: Source) -> Row:
    counts = {column: str(round(float(row[column]) * factor)) for column in COUNTS if row[column]}
    on_day = row | counts | {"snapshot_date": day.isoformat()}
    if source is THIRTY:
        if place % 4 == 1 and day < LICENSES_FOUND:
            on_day |= {"license": "", "license_recorded": "false"}
        if place % 7 == 3 and day < date(2026, 3, 29) + timedelta(4 * place):
            on_day |= {"pipeline_tag": ""}
    elif place % 30 == 7 and date(2026, 8, 1) < day < RELICENSED and row["license"]:
        on_day |= {"license": "other"}
    return on_day
