"""Spellings of one license, task or library under one name; models keep what they declare."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from analytics.domain import REST, Count, Dimension
from analytics.names import libraries, licenses, tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_OFFICIAL: Mapping[Dimension, Callable[[str], str]] = {
    Dimension.LICENSE: licenses.official,
    Dimension.TASK: tasks.official,
    Dimension.LIBRARY: libraries.official,
}
FOLDED = frozenset(_OFFICIAL)
"""The dimensions with names that models spell differently."""


@lru_cache(maxsize=1 << 14)
def official(dimension: Dimension, name: str) -> str:
    """Return the name that a spelling counts under: "apache-2.0" for "apache-license-2.0"; an unknown one as it is."""
    return _OFFICIAL[dimension](name) if dimension in _OFFICIAL and name not in REST else name


def folded(counts: Iterable[tuple[int, Count]]) -> list[tuple[int, Count]]:
    """Add up the rollups of one snapshot whose names and tasks are spellings of each other; each comes with its snapshot's id."""
    sums: dict[tuple[int, Dimension | None, str, str], Count] = {}
    for snapshot, count in counts:
        name = official(count.dimension, count.name) if count.dimension in FOLDED else count.name
        task = official(Dimension.TASK, count.task)
        place = snapshot, count.dimension, name, task
        if place in sums:
            sums[place] = _sum(sums[place], count)
        else:
            sums[place] = count if (name, task) == (count.name, count.task) else replace(count, name=name, task=task)
    return [(snapshot, count) for (snapshot, *_), count in sums.items()]


def _sum(first: Count, second: Count) -> Count:
    likes = None if first.likes is None and second.likes is None else (first.likes or 0.0) + (second.likes or 0.0)
    return replace(first, models=first.models + second.models, downloads=first.downloads + second.downloads, likes=likes)
