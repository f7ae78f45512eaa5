"""Fill in what a source doesn't record about a model with what the store has recorded about it on a near date."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from analytics.domain import Dimension, ListName
from analytics.names import renames
from analytics.names.grouping import stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analytics.domain import Model, Snapshot

CARRY_DAYS = 92
"""Most days between a snapshot and the date whose record fills it in."""

MOST = 2 / 3
"""Part of the models for which near dates must record a fact that the source records of none."""

FACTS = (Dimension.LICENSE, Dimension.TASK, Dimension.LIBRARY, Dimension.DERIVATION)
"""What is filled in: the license, the task, the library, and the tags that name the base model."""

_LICENSE_TAG = "license:"
_LAST_TAG = "region:"
"""The tag that the Hub puts last on each model. A list of tags without it is cut off, and may lack the base model."""

Fact = str | tuple[str, ...]
Record = tuple[date, "Model"]


@dataclass(frozen=True, slots=True)
class Carried:
    """One fact about one model that was filled in."""

    model: str
    dimension: Dimension
    recorded_on: date


@dataclass(frozen=True, slots=True)
class FilledListing:
    """The models of one snapshot with their facts, and which of these were filled in."""

    models: tuple[Model, ...]
    carried: tuple[Carried, ...] = ()

    def of(self, dimension: Dimension) -> tuple[Carried, ...]:
        """Return what was filled in for a dimension, or for the one that it's computed from."""
        return tuple(fact for fact in self.carried if fact.dimension is stored(dimension))


def fact_of(model: Model, dimension: Dimension) -> Fact | None:
    """Return what a source records about a model in one of :data:`FACTS`; ``None`` where it doesn't.

    A source without a column for licenses may still have them among the tags.
    """
    match dimension:
        case Dimension.LICENSE:
            tags = tuple(tag.removeprefix(_LICENSE_TAG) for tag in model.tags if tag.startswith(_LICENSE_TAG))
            return model.licenses if model.licenses is not None else tags or None
        case Dimension.TASK:
            return model.task
        case Dimension.LIBRARY:
            return model.library
        case Dimension.DERIVATION:
            return model.tags if any(tag.startswith(_LAST_TAG) for tag in model.tags) else None
        case _:
            raise ValueError(f"{dimension} isn't filled in")


def gaps(model: Model) -> tuple[Dimension, ...]:
    """Return which of :data:`FACTS` the row of a model lacks."""
    missing = (model.licenses is None, model.task is None, model.library is None, not model.tags)
    return tuple(dimension for dimension, lacks in zip(FACTS, missing, strict=True) if lacks)


def filled(models: Sequence[Model], day: date, records: Mapping[str, Sequence[Record]]) -> FilledListing:
    """Fill in the facts that the models of one day lack.

    ``records``: dated rows by the present id of their model, in no order, of any list. A model's own tags come first. Then the
    nearest date with a record wins, the earlier one of two equally near. A date on which sources differ fills nothing in, and
    no record beyond it does. What a source records of no model is filled in for :data:`MOST` of the models or for none.
    """
    facts: dict[Dimension, dict[int, tuple[date, Fact]]] = {dimension: {} for dimension in FACTS}
    for place, model in enumerate(models):
        for dimension in gaps(model):
            own, others = [(day, model)], records.get(renames.successor(model.id), ())
            nearest = _nearest(dimension, day, own) or _nearest(dimension, day, others)
            if nearest:
                facts[dimension][place] = nearest
    for dimension in FACTS:
        if len(facts[dimension]) < MOST * len(models) and all(dimension in gaps(model) for model in models):
            facts[dimension] = {}
    listing = [
        _with(model, {dimension: known[place][1] for dimension, known in facts.items() if place in known})
        for place, model in enumerate(models)
    ]
    carried = [
        Carried(models[place].id, dimension, recorded_on)
        for dimension, known in facts.items()
        for place, (recorded_on, _) in known.items()
    ]
    return FilledListing(tuple(listing), tuple(carried))


def _nearest(dimension: Dimension, day: date, records: Iterable[Record]) -> tuple[date, Fact] | None:
    facts: dict[date, set[Fact]] = {}
    for taken_on, model in records:
        fact = fact_of(model, dimension)
        if fact is not None and abs((taken_on - day).days) <= CARRY_DAYS:
            facts.setdefault(taken_on, set()).add(fact)
    if not facts:
        return None
    nearest = min(facts, key=lambda taken_on: (abs((taken_on - day).days), taken_on))
    agreed = facts[nearest]
    return (nearest, next(iter(agreed))) if len(agreed) == 1 else None


def _with(model: Model, facts: Mapping[Dimension, Fact]) -> Model:
    if not facts:
        return model
    fields = dict(zip(FACTS, ("licenses", "task", "library", "tags"), strict=True))
    return replace(model, **{fields[dimension]: fact for dimension, fact in facts.items()})  # type: ignore[arg-type]


class Neighbors:
    """Which snapshots lie near one another."""

    def __init__(self, snapshots: Iterable[Snapshot], until: date = date.max) -> None:
        """Order snapshots by date; measured and simulated ones are no neighbors, and none after ``until`` is one."""
        ordered = sorted(snapshots, key=lambda s: (s.taken_on, s.id))
        self.by_id = {s.id: s for s in ordered}
        self._kinds = {
            simulated: [s for s in ordered if s.simulated == simulated and s.taken_on <= until] for simulated in (False, True)
        }
        self._days = {simulated: [s.taken_on for s in kind] for simulated, kind in self._kinds.items()}

    def of(self, snapshot: Snapshot) -> tuple[int, ...]:
        """Return the ids of the snapshots within :data:`CARRY_DAYS` of one, itself among them."""
        days, reach = self._days[snapshot.simulated], timedelta(CARRY_DAYS)
        first, last = bisect_left(days, snapshot.taken_on - reach), bisect_right(days, snapshot.taken_on + reach)
        return tuple(s.id for s in self._kinds[snapshot.simulated][first:last])

    def fillable(self, number: int) -> Snapshot | None:
        """Return a snapshot by its id if its rows are all stored, so that it can be filled in; of the whole Hub, few are."""
        snapshot = self.by_id.get(number)
        return snapshot if snapshot and snapshot.list is not ListName.HUB else None
