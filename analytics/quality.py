"""Is a snapshot fit to be compared? Stalled counts, short lists, one model that moves everything. Numbers in, doubts out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.domain import LIST_SIZE
from analytics.names import renames
from analytics.numbers import percent
from analytics.phrases import day, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.domain import Model, Snapshot

STALLED = 0.9
"""Part of the models in both snapshots whose count did not move, from which the Hub is taken to have stalled."""

ALONE = 0.1
"""Part of the earlier total that one model's change must exceed to be told."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason to distrust a snapshot or a comparison."""

    sentence: str
    severe: bool = False
    """Nothing should be published on it."""


def short(now: Snapshot) -> tuple[Doubt, ...]:
    """Doubt a list from the Hub that holds fewer models than were asked for."""
    if now.source != "hub" or now.size >= LIST_SIZE:
        return ()
    found = f"The Hub gave {plural(now.size, 'model')} instead of {LIST_SIZE} on {day(now.taken_on)}."
    return (Doubt(found, severe=now.size < LIST_SIZE * 0.9),)


def stalled(yesterday: Snapshot, before: Sequence[Model], now: Snapshot, after: Sequence[Model]) -> tuple[Doubt, ...]:
    """Doubt counts that are the same as in an earlier snapshot: the Hub did not renew them."""
    then = {model.id: model.downloads for model in before}
    both = [model for model in after if model.id in then]
    same = sum(model.downloads == then[model.id] for model in both)
    if not both or same < STALLED * len(both):
        return ()
    part, today, then_ = percent(same / len(both)), day(now.taken_on), day(yesterday.taken_on)
    return (Doubt(f"{part} of the counts of {today} are those of {then_}: the Hub stalled."),)


def alone(before: Sequence[Model], after: Sequence[Model]) -> tuple[Doubt, ...]:
    """Tell a model that alone moved the sum of downloads by more than :data:`ALONE`; entering and leaving count as well."""
    then = {renames.successor(model.id): model.downloads for model in before}
    now = {renames.successor(model.id): model.downloads for model in after}
    total = sum(then.values())
    moved = {model: now.get(model, 0) - then.get(model, 0) for model in then.keys() | now.keys()}
    largest = max(moved, key=lambda model: (abs(moved[model]), model), default=None)
    if largest is None or not total or abs(moved[largest]) <= ALONE * total:
        return ()
    verb = "added" if moved[largest] > 0 else "took"
    return (Doubt(f"{largest} alone {verb} {percent(abs(moved[largest]) / total)} of all downloads."),)
