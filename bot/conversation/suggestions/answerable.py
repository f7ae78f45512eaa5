"""Whether the store can answer a query, by its summary alone. What the summary can't tell counts as no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import Dimension, ListName, Measure
from analytics.names.grouping import grouped_name, stored
from analytics.names.resolve import dimension_named, lookup
from analytics.query import Period

if TYPE_CHECKING:
    from analytics.query import Query
    from bot.domain.store_summary import Holding, StoreSummary

_RANKINGS = {dimension.plural: dimension for dimension in Dimension}
_NAMED = {dimension.value: dimension for dimension in Dimension}
_COMPARED = (Dimension.CREATOR, Dimension.LICENSE, Dimension.TASK, Dimension.LIBRARY)
_OF_DIMENSION = frozenset({"movers", "forecast", "concentration"})
"""Questions whose name is a dimension."""
_WITH_PAST = frozenset({"movers", "entries"})
"""Questions that compare with an earlier snapshot."""
_NEED_ROWS = frozenset({"ages", "entries", "likes", "models", "model", "concentration"})
"""Questions that need each model's row, which the whole Hub doesn't have."""
_FORECAST_MONTHS = 12
"""Twice what a forecast needs, since some snapshots may not record its dimension."""


def is_answerable(query: Query, summary: StoreSummary) -> bool:
    """Return whether the latest snapshots surely have an answer to ``query``."""
    holding = next((held for held in summary.holdings if held.list is query.within), None)
    if holding is None or (query.within is ListName.HUB and query.word in _NEED_ROWS):
        return False
    return (
        _has_dates(query, holding)
        and _has_measure(query, holding)
        and _has_task(query, summary)
        and _has_subject(query, holding, summary)
    )


def _has_dates(query: Query, holding: Holding) -> bool:
    if query.at and (query.since or query.at.day or query.names or query.task or query.by is Measure.LIKES):
        return False  # nothing tells what an earlier snapshot records
    if query.at and query.at not in (holding.months[1:] if query.word in _WITH_PAST else holding.months):
        return False
    if query.since or query.word in _WITH_PAST:
        return holding.previous is not None and (query.since is None or query.since.start <= holding.previous)
    return query.word != "forecast" or len(holding.months) >= _FORECAST_MONTHS


def _has_measure(query: Query, holding: Holding) -> bool:
    needs_likes = query.by is Measure.LIKES or query.word == "likes"
    counts_itself = query.by is Measure.MODELS and query.word in {"models", "model", "concentration"}
    return not counts_itself and (not needs_likes or Measure.LIKES in holding.recorded)


def _has_task(query: Query, summary: StoreSummary) -> bool:
    if query.task is None:
        return True
    return not query.names and query.since is None and _resolved(query.task, Dimension.TASK, query.within, summary) is not None


def _has_subject(query: Query, holding: Holding, summary: StoreSummary) -> bool:
    if query.word in _RANKINGS:
        return stored(_RANKINGS[query.word]) in holding.recorded
    if query.word in _OF_DIMENSION:
        dimension = dimension_named(query.names[0]) if query.names else Dimension.CREATOR
        return dimension is not None and not query.task and stored(dimension) in holding.recorded
    if query.word in _NAMED:
        return _resolved(query.names[0], _NAMED[query.word], query.within, summary) is not None
    if query.word == "model":
        return any(query.names[0] in {name.name, *name.also} and query.within in name.lists for name in summary.names["model"])
    if query.word == "compare":
        return _can_compare(query, holding, summary)
    return query.word != "ages" or "created" in holding.recorded


def _can_compare(query: Query, holding: Holding, summary: StoreSummary) -> bool:
    months = [Period.read(name) for name in query.names]
    if any(months):
        plain = not (query.at or query.since)
        return plain and len(months) == 2 and months[0] != months[1] and all(month in holding.months for month in months)
    for dimension in _COMPARED:
        names = {_resolved(name, dimension, query.within, summary) for name in query.names}
        if None not in names and len(names) == len(query.names):
            return True
    return False


def _resolved(typed: str, dimension: Dimension, within: ListName, summary: StoreSummary) -> str | None:
    """Return the name in the latest snapshot of the list; ``None`` if it has none of that name."""
    if dimension in {Dimension.FAMILY, Dimension.KIND, Dimension.COUNTRY}:
        of = summary.names["license" if dimension is Dimension.FAMILY else "creator"]
        members = [member for name in of if within in name.lists for member in (name.name, *name.also)]
        names = {grouped_name(dimension, member) for member in members}
    else:
        listed = [name for name in summary.names.get(dimension.value, ()) if within in name.lists]
        names = {name.name for name in listed}
    name = lookup(typed, dimension, names)
    return name if name in names else None
