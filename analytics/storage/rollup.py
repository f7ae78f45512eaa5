"""Computes a listing's rollups in one pass; memory grows with the number of names only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import Count, Dimension
from analytics.names.grouping import STORED, names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analytics.domain import Model

_Key = tuple[Dimension | None, str, str]


def roll_up(models: Iterable[Model]) -> list[Count]:
    """Count models, downloads and likes under every name of every dimension, over all tasks and for each task.

    Creators are counted by namespace and license families by license; they're summed up when a question is asked, so that a
    correction also applies to the past. The dimension ``None`` counts the whole list, including models whose names the source
    doesn't record.

    ``likes`` is ``None`` where no model under a name has a recorded number of likes.
    """
    sums: dict[_Key, list[float]] = {}
    likes: dict[_Key, float] = {}
    for model in models:
        tasks = ("", *names_of(model, Dimension.TASK))
        for dimension, name, weight in _names(model):
            for task in tasks if dimension is not Dimension.TASK else ("",):
                key = (dimension, name, task)
                cell = sums.setdefault(key, [0.0, 0.0])
                cell[0] += weight
                cell[1] += weight * model.downloads
                if model.likes is not None:
                    likes[key] = likes.get(key, 0.0) + weight * model.likes
    return [Count(*key, models=cell[0], downloads=cell[1], likes=likes.get(key)) for key, cell in sums.items()]


def _names(model: Model) -> Iterator[tuple[Dimension | None, str, float]]:
    """Yield every name of a model with its weight; several licenses share it equally."""
    yield None, "", 1.0
    for dimension in STORED:
        names = names_of(model, dimension)
        for name in names:
            yield dimension, name, 1.0 / len(names)
