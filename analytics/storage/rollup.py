"""One pass over a listing's models gives its rollups. Streaming: no database, no clock, memory grows with the names alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import NONE_DECLARED, Count, Dimension
from analytics.names.grouping import STORED, names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analytics.domain import Model

_Key = tuple[Dimension | None, str, str]


def roll_up(models: Iterable[Model]) -> list[Count]:
    """Count models, downloads and likes under every name of every dimension, over all tasks and for each task.

    Creators are counted by namespace and families of licenses by license: what makes a family is applied when a question
    is asked, so that a family mended today is right for every past day. The dimension ``None`` counts the whole list.
    Names that the source does not record are in no dimension but that one.

    ``likes`` is ``None`` where no model under a name has a recorded number of likes.
    """
    sums: dict[_Key, list[float]] = {}
    liked: dict[_Key, float] = {}
    for model in models:
        tasks = ("", model.task or NONE_DECLARED) if model.task is not None else ("",)
        for dimension, name, weight in _names(model):
            for task in tasks if dimension is not Dimension.TASK else ("",):
                key = (dimension, name, task)
                cell = sums.setdefault(key, [0.0, 0.0])
                cell[0] += weight
                cell[1] += weight * model.downloads
                if model.likes is not None:
                    liked[key] = liked.get(key, 0.0) + weight * model.likes
    return [Count(*key, models=cell[0], downloads=cell[1], likes=liked.get(key)) for key, cell in sums.items()]


def _names(model: Model) -> Iterator[tuple[Dimension | None, str, float]]:
    """Yield every name that a model stands under, with its weight: the licenses of one model share it equally."""
    yield None, "", 1.0
    for dimension in STORED:
        names = names_of(model, dimension)
        for name in names:
            yield dimension, name, 1.0 / len(names)
