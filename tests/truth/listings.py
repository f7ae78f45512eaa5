"""The CSV files as their README describes them, read with the standard library alone; and which of them a question is about."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

MOST = 300
NONE = "none declared"
MOST_MOMENTS = 62

LISTS = {
    "top1000_by_downloads_2022-07-02": "top",
    "top3000_by_downloads_2024-09-20": "top",
    "top30_by_downloads_2026_daily": "top",
    "top300_by_downloads_and_by_likes_2026-08_daily": "top",
    "top100_by_likes_2025": "liked",
    "trending_2026-08_daily": "trending",
}
"""What each file is, by its name."""

ORDER = {"top": "downloads", "trending": "trending_score", "liked": "likes"}


@dataclass(frozen=True, slots=True)
class Row:
    """One model. ``None`` is not recorded."""

    id: str
    downloads: int
    likes: int | None
    licenses: tuple[str, ...] | None
    task: str | None
    library: str | None
    tagged: tuple[str, ...] = ()
    """The licenses among its tags."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One list of one day. Two are equal only if they are the same one, so that what was counted of it can be remembered."""

    day: str
    list: str
    origin: str
    rows: tuple[Row, ...]


def read(path: Path, within: str) -> list[Snapshot]:
    """Return the first 300 of each date; ``sorted`` is stable, so equal ones stay in the file's order."""
    dates: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            dates[cells["snapshot_date"]].append(cells)
    origin = path.name.removesuffix(".csv.gz")
    return [Snapshot(day, within, origin, _first(dates[day], ORDER[within])) for day in sorted(dates)]


def _first(rows: list[dict[str, str]], measure: str) -> tuple[Row, ...]:
    filled = {column for column in rows[0] if any(row[column] for row in rows)}
    first = sorted(rows, key=lambda row: -float(row[measure]))[:MOST]
    return tuple(
        Row(
            row["model_id"],
            int(row["downloads"]),
            int(row["likes"]) if row["likes"] else None,
            _licenses(row),
            (row["pipeline_tag"] or NONE) if "pipeline_tag" in filled else None,
            (row["library_name"] or NONE) if "library_name" in filled else None,
            tuple(tag[8:] for tag in row["tags"].split(";") if tag.startswith("license:")),
        )
        for row in first
    )


def _licenses(row: dict[str, str]) -> tuple[str, ...] | None:
    if row["license_recorded"] == "false":
        return None
    return tuple(row["license"].split(";")) if row["license"] else (NONE,)


def with_unions(found: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
    """Add ``both`` where a day has a top and a trending list: one of each, and of a model in both the top list's row."""
    snapshots = tuple(found)
    unions = []
    for day in sorted({one.day for one in snapshots}):
        top, trending = (_largest([s for s in snapshots if s.day == day and s.list == which]) for which in ("top", "trending"))
        if top and trending:
            known = {row.id for row in top.rows}
            rows = (*top.rows, *(row for row in trending.rows if row.id not in known))
            ranked = tuple(sorted(rows, key=lambda row: -row.downloads))
            unions.append(Snapshot(day, "both", f"{top.origin} + {trending.origin}", ranked))
    return (*snapshots, *unions)


FACTS = ("licenses", "task", "library")
NEAR = 92


def filled(
    snapshots: Iterable[Snapshot], today: Callable[[str], str], within: str = "", until: str = "9"
) -> tuple[Snapshot, ...]:
    """Fill in what a row lacks: from its tags, else from the nearest day that records it of its model, on any list.

    ``within`` and ``until``: the only list, and the last day, that fill anything in.
    """
    snapshots = tuple(snapshots)
    known: dict[tuple[str, str], dict[date, set[Any]]] = defaultdict(lambda: defaultdict(set))
    for one in snapshots:
        if one.day <= until and one.list == (within or one.list):
            for row in one.rows:
                for fact in FACTS:
                    value = _own(row, fact)
                    if value is not None:
                        known[fact, today(row.id)][date.fromisoformat(one.day)].add(value)
    return tuple(_filled(one, known, today) for one in snapshots)


def _own(row: Row, fact: str) -> Any:
    value = getattr(row, fact)
    return row.tagged or None if value is None and fact == "licenses" else value


def _filled(one: Snapshot, known: Mapping[Any, Any], today: Callable[[str], str]) -> Snapshot:
    rows, day = list(one.rows), date.fromisoformat(one.day)
    for fact in FACTS:
        values: dict[int, Any] = {}
        for place, row in enumerate(rows):
            if getattr(row, fact) is None:
                near = {d: v for d, v in known[fact, today(row.id)].items() if abs((d - day).days) <= NEAR}
                first = sorted(near, key=lambda d: (abs((d - day).days), d))[:1]
                value = (
                    own
                    if (own := _own(row, fact))
                    else (next(iter(near[first[0]])) if first and len(near[first[0]]) == 1 else None)
                )
                if value is not None:
                    values[place] = value
        if all(getattr(row, fact) is None for row in rows) and len(values) * 3 < 2 * len(rows):
            continue
        for place, value in values.items():
            rows[place] = replace(rows[place], **{fact: value})
    return replace(one, rows=tuple(rows))


def _largest(snapshots: list[Snapshot]) -> Snapshot | None:
    return max(snapshots, key=lambda one: len(one.rows), default=None)


def asked_at(snapshots: Iterable[Snapshot], within: str, at: str) -> Snapshot | None:
    """Return the last snapshot of a list in a month or on a day (``""`` is always), of one day's the largest."""
    found = [one for one in snapshots if one.list == within and one.day.startswith(at)]
    last = max((one.day for one in found), default="")
    return _largest([one for one in found if one.day == last])


def comparable(snapshots: Iterable[Snapshot], now: Snapshot) -> list[Snapshot]:
    """Return one snapshot a day up to ``now``, oldest first: of the same list, a size at most 10 % of the larger apart."""
    days: dict[str, list[Snapshot]] = defaultdict(list)
    for one in snapshots:
        alike = abs(len(one.rows) - len(now.rows)) * 10 <= max(len(one.rows), len(now.rows))
        if one.list == now.list and one.day < now.day and alike:
            days[one.day].append(one)
    return [max(days[day], key=lambda one: len(one.rows)) for day in sorted(days)] + [now]


def thinned(chosen: list[Snapshot]) -> list[Snapshot]:
    """Return at most 62: all, else the last of each week, else of each month; always the first and the last."""
    if len(chosen) <= MOST_MOMENTS:
        return chosen
    weeks = {date.fromisoformat(one.day).isocalendar()[:2]: one for one in chosen}
    kept = weeks if len(weeks) <= MOST_MOMENTS else {one.day[:7]: one for one in chosen}
    days = {one.day: one for one in (chosen[0], *kept.values(), chosen[-1])}
    return [days[day] for day in sorted(days)]
