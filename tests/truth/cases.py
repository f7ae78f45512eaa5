"""Which lists, dates and names the questions are asked about."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from truth.listings import asked_at
from truth.reference import names, parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from truth.listings import Snapshot

MEASURES = ("models", "downloads", "likes")
SIDE_BY_SIDE = ("", "likes")
"""Without ``by``, models and downloads stand side by side: with likes, these are all measures."""

TOP = {"within": "top", "at": "2026-08-22"}
TOP_30 = {"within": "top", "at": "2026-06-15"}
TRENDING = {"within": "trending", "at": "2026-08-22"}
BOTH = {"within": "both", "at": "2026-08"}
LIKED = {"within": "liked", "at": "2025-12-08"}
MOMENTS = (
    {"within": "top", "at": "2022-07-02"},
    {"within": "top", "at": "2024-09-20"},
    {"within": "top", "at": "2026-02"},
    TOP_30,
    {"within": "top", "at": "2026-08-07"},
    TOP,
    {"within": "trending", "at": "2026-08-19"},
    {"within": "trending", "at": "2026-08-20"},
    {"within": "trending", "at": "2026-08-21"},
    TRENDING,
    BOTH,
    LIKED,
)
"""Every file, on one or more of its days: lists of 30, 100, 300 and 560 models."""

SPANS = (
    {"within": "top", "at": "2026-08-22", "since": "2022-07"},
    {"within": "top", "at": "2026-08-22", "since": "2024-09-20"},
    {"within": "top", "at": "2026-08-12", "since": "2026-08-07"},
    {"within": "top", "at": "2026-08-06", "since": "2026-03"},
    {"within": "trending", "at": "", "since": "2026-08"},
    {"within": "both", "at": "2026-08-21", "since": "2026-08-19"},
    {"within": "liked", "at": "2025-12", "since": "2025-11"},
)
"""Years with dates that record less than the last one, days, and half a year of days that is thinned to weeks."""


def in_words(case: dict[str, str]) -> str:
    return "-".join(filter(None, case.values()))


def every_name(snapshots: Sequence[Snapshot], dimension: str, within: str, at: str) -> list[str]:
    rows = asked_at(snapshots, within, at).rows
    return sorted({name for row in rows for name in names(row, dimension) or ()})


def leading(snapshots: Sequence[Snapshot], dimension: str, within: str, at: str, count: int) -> list[str]:
    """Return the names with most downloads; none where the dimension is not recorded."""
    brought = parts(asked_at(snapshots, within, at).rows, dimension, "downloads")
    carried: Counter[str] = Counter()
    for _, name, value in brought:
        carried[name] += value
    return sorted(carried, key=lambda name: (-carried[name], name))[:count]
