"""Rankings and shifts, computed from rollups and listings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analytics.answer import Ranking, Share, Shift
from analytics.domain import REST, Count, Dimension, Measure, Model
from analytics.names import grouping, renames

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_OF_ANY_SIZE = {Dimension.KIND, Dimension.COUNTRY}
"""Dimensions in which small creators count as *not known*, like many others."""


def ranking(counts: Sequence[Count], whole: Count, by: Measure, dimension: Dimension) -> Ranking:
    """Rank the names of one dimension by one measure.

    ``counts`` are the rollups of that dimension (of namespaces, for creators), ``whole`` that of the list. A portion is a name's
    value over all recorded values, so portions sum to 1, together with the ranking's ``rest``. Equal values share the better rank
    and are in alphabetical order. *None declared* and *not known* come last and have no rank.
    """
    rest = [count for count in counts if count.name in REST and dimension not in _OF_ANY_SIZE]
    if rest:
        counts = [count for count in counts if count.name not in REST]
    values: dict[str, float] = {}
    parts: dict[str, dict[str, float]] = {}
    summed = grouping.is_grouped(dimension)
    for count in counts:
        value = measured(count, by)
        name = grouping.grouped_name(dimension, count.name) if summed else count.name
        values[name] = values.get(name, 0.0) + value
        if summed:
            own, member = parts.setdefault(name, {}), grouping.member(dimension, count.name)
            own[member] = own.get(member, 0.0) + value
    # Rounded, so that three thirds of a model tie with a whole one.
    even = {name: round(value, 6) for name, value in values.items()}
    ordered = sorted(values, key=lambda name: (name in grouping.UNRANKED, -even[name], name))
    unnamed = sum(measured(count, by) for count in rest)
    recorded = sum(values.values()) + unnamed
    shares, rank = [], 0
    for place, name in enumerate(ordered, start=1):
        if place == 1 or even[name] != even[ordered[place - 2]]:
            rank = place
        members = tuple(sorted(parts.get(name, {}).items(), key=lambda part: (-part[1], part[0])))
        portion = values[name] / recorded if recorded else 0.0
        shares.append(Share(name, values[name], portion, None if name in grouping.UNRANKED else rank, members))
    return Ranking(by, dimension.value, float(measured(whole, by)), recorded, tuple(shares), unnamed)


def ranking_of(models: Sequence[Model], by: Measure, dimension: Dimension) -> Ranking:
    """Rank the names of some models by one measure, as :func:`ranking` does from their rollups."""
    stored = grouping.stored(dimension)
    values: dict[str, float] = {}
    for model in models:
        names = grouping.names_of(model, stored)
        for name in names:
            values[name] = values.get(name, 0.0) + value_of(model, by) / len(names)
    counts = [Count(stored, name, "", value, value, value) for name, value in values.items()]
    total = math.fsum(value_of(model, by) for model in models)
    return ranking(counts, Count(None, "", "", total, total, total), by, dimension)


def present_ids(listings: Sequence[Sequence[Model]]) -> tuple[tuple[str, ...], ...]:
    """Return the ids that the models of some listings have at the last date, also those renamed in between, in their order.

    ``listings``: by date, the earliest first.
    """
    current = {model.hub_id: model.id for models in listings for model in models if model.hub_id}
    return tuple(tuple(renames.successor(current.get(model.hub_id or "", model.id)) for model in models) for models in listings)


def model_ranking(models: Sequence[tuple[Model, float]], by: Measure, total: float) -> Ranking:
    """Rank single models by downloads or likes. Each comes with its weight; a portion is of ``total``."""
    values = [(m.id, weight * float((m.likes or 0) if by is Measure.LIKES else m.downloads)) for m, weight in models]
    ordered = sorted(values, key=lambda row: (-row[1], row[0]))
    shares, rank = [], 0
    for place, (name, value) in enumerate(ordered, start=1):
        if place == 1 or value != ordered[place - 2][1]:
            rank = place
        shares.append(Share(name, value, value / total if total else 0.0, rank))
    return Ranking(by, "model", total, math.fsum(value for _, value in values), tuple(shares))


def creator_ranking(models: Sequence[tuple[Model, float]], by: Measure) -> Ranking:
    """Rank the creators of some models by one measure. Each model comes with its weight; a portion is of what they add up to."""
    namespaces: dict[str, float] = {}
    for model, weight in models:
        namespaces[model.namespace] = namespaces.get(model.namespace, 0.0) + weight * value_of(model, by)
    counts = [Count(Dimension.NAMESPACE, name, "", value, value, value) for name, value in namespaces.items()]
    total = sum(namespaces.values())
    return ranking(counts, Count(None, "", "", total, total, total), by, Dimension.CREATOR)


def find(shares: Ranking, name: str) -> Share | None:
    """Return the share of a name; ``None`` if the ranking doesn't have it."""
    return next((share for share in shares.shares if share.name == name), None)


def shifts(before: Ranking, after: Ranking, most: int | None = None) -> tuple[Shift, ...]:
    """Return the shifts between two rankings by the same measure: the largest first, at most ``most`` of those with a rank.

    A name that is absent at one date has no rank there. Equal changes are in alphabetical order. *None declared* and *not known*
    come after all others.
    """
    then, now = ({share.name: share for share in side.shares} for side in (before, after))
    changes = {name: share.portion for name, share in now.items()}
    for name, share in then.items():
        changes[name] = changes.get(name, 0.0) - share.portion
    unranked = {share.name for share in (*before.unranked, *after.unranked)}
    largest = sorted(changes.keys() - unranked, key=lambda name: (-abs(changes[name]), name))[:most]
    return tuple(_shift(name, after.by, then.get(name), now.get(name)) for name in (*largest, *sorted(unranked)))


def _shift(name: str, by: Measure, then: Share | None, now: Share | None) -> Shift:
    before, after = (share.portion if share else 0.0 for share in (then, now))
    return Shift(name, by, before, after, after - before, then.rank if then else None, now.rank if now else None)


def portion_of_any(models: Sequence[Model], dimension: Dimension, names: Collection[str], by: Measure) -> float:
    """Return the portion of the models under any of some names, each counted whole, among those whose names are recorded."""
    recorded = [(weights, value_of(model, by)) for model in models if (weights := grouping.weights_of(model, dimension))]
    whole = math.fsum(value for _, value in recorded)
    return math.fsum(value for weights, value in recorded if not weights.keys().isdisjoint(names)) / whole if whole else 0.0


def value_of(model: Model, by: Measure) -> float:
    """Return a model's value by a measure; likes that aren't recorded count as 0."""
    match by:
        case Measure.MODELS:
            return 1.0
        case Measure.DOWNLOADS:
            return float(model.downloads)
        case Measure.LIKES:
            return float(model.likes or 0)


def measured(count: Count, by: Measure) -> float:
    """Return a rollup's value by a measure; likes that aren't recorded count as 0."""
    match by:
        case Measure.MODELS:
            return count.models
        case Measure.DOWNLOADS:
            return count.downloads
        case Measure.LIKES:
            return count.likes or 0.0
