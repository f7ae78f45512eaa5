"""Whether the store can answer a query, by its summary alone. What the summary can't tell counts as no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import Dimension, ListName, Measure
from analytics.names.grouping import grouped_name, stored
from analytics.names.resolve import dimension_named, lookup
from analytics.query import About, Period, Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.query import Form, Query
    from bot.domain.store_summary import Holding, StoreSummary

_COMPARED = (Dimension.CREATOR, Dimension.LICENSE, Dimension.TASK, Dimension.LIBRARY)
_MONTHS = 2
"""How many times the months of history that a question needs, since some snapshots may not record its dimension."""


def is_answerable(query: Query, forms: Sequence[Form], summary: StoreSummary) -> bool:
    """Return whether the latest snapshots surely have an answer to ``query``, a question of one of ``forms``."""
    form = next(form for form in forms if form.word == query.word)
    holding = next((held for held in summary.holdings if held.list is query.within), None)
    if holding is None or (query.within is ListName.HUB and form.needs.rows is not Rows.NONE):
        return False
    return (
        _has_dates(query, form, holding)
        and _has_measure(query, form, holding)
        and _has_task(query, summary)
        and form.needs.records <= holding.recorded
        and _has_subject(query, form, holding, summary)
    )


def _has_dates(query: Query, form: Form, holding: Holding) -> bool:
    if query.at and (query.since or query.at.day or query.names or query.task or query.by is Measure.LIKES):
        return False  # nothing tells what an earlier snapshot records
    if query.at and query.at not in (holding.months[1:] if form.needs.earlier else holding.months):
        return False
    if query.since or form.needs.earlier:
        return holding.previous is not None and (query.since is None or query.since.start <= holding.previous)
    return len(holding.months) >= _MONTHS * form.needs.months


def _has_measure(query: Query, form: Form, holding: Holding) -> bool:
    counts_itself = query.by is Measure.MODELS and form.about is About.MODELS
    return not counts_itself and (query.by is not Measure.LIKES or Measure.LIKES in holding.recorded)


def _has_task(query: Query, summary: StoreSummary) -> bool:
    if query.task is None:
        return True
    return not query.names and query.since is None and _resolved(query.task, Dimension.TASK, query.within, summary) is not None


def _has_subject(query: Query, form: Form, holding: Holding, summary: StoreSummary) -> bool:
    match form.about:
        case About.LIST | About.MODELS:
            return True
        case About.MODEL:
            named = query.names[0]
            return any(named in {name.name, *name.also} and query.within in name.lists for name in summary.names["model"])
        case About.SEVERAL:
            return _can_compare(query, holding, summary)
        case About.CHOICE:
            dimension = dimension_named(query.names[0]) if query.names else Dimension.CREATOR
            return dimension is not None and not query.task and stored(dimension) in holding.recorded
        case About.NAME:
            return form.dimension is not None and _resolved(query.names[0], form.dimension, query.within, summary) is not None
        case About.DIMENSION:
            return form.dimension is not None and stored(form.dimension) in holding.recorded


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
