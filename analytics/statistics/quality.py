"""Is a snapshot fit to be compared? Stalls, short lists, recounts, one model that moves everything. Numbers in, doubts out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.domain import LIST_SIZE
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, plural
from analytics.names import renames
from analytics.names.grouping import names_of, stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.domain import Dimension, Model, Snapshot

STALLED = 0.9
"""Part of the models in both snapshots whose count did not move, from which the Hub is taken to have stalled."""

ALONE = 0.1
"""Part of the earlier total that one model's change must exceed to be told."""


UNLIKE = 0.05
"""Difference in coverage from which shares at two dates are shares of different things."""

REGRESSED = 0.02
"""Part of the models whose all-time count fell from which that is no correction of single models any more."""

FEWEST = 20
"""Models with an all-time count from which a part of them says something."""


@dataclass(frozen=True, slots=True)
class DataWarning:
    """A reason to distrust a snapshot or a comparison."""

    sentence: str
    severe: bool = False
    """Nothing should be published on it."""


def short(now: Snapshot) -> tuple[DataWarning, ...]:
    """Doubt a list from the Hub that holds fewer models than were asked for."""
    if now.source != "hub" or now.size >= LIST_SIZE:
        return ()
    found = f"The Hub gave {plural(now.size, 'model')} instead of {LIST_SIZE} on {day(now.taken_on)}."
    return (DataWarning(found, severe=now.size < LIST_SIZE * 0.9),)


def stalled(yesterday: Snapshot, before: Sequence[Model], now: Snapshot, after: Sequence[Model]) -> tuple[DataWarning, ...]:
    """Doubt counts that are the same as in an earlier snapshot: the Hub did not renew them."""
    then = {model.id: model.downloads for model in before}
    both = [model for model in after if model.id in then]
    same = sum(model.downloads == then[model.id] for model in both)
    if not both or same < STALLED * len(both):
        return ()
    part, today, then_ = percent(same / len(both)), day(now.taken_on), day(yesterday.taken_on)
    return (DataWarning(f"{part} of the counts of {today} are those of {then_}: the Hub stalled."),)


def alone(before: Sequence[Model], after: Sequence[Model]) -> tuple[DataWarning, ...]:
    """Tell a model that alone moved the sum of downloads by more than :data:`ALONE`; entering and leaving count as well."""
    then = {renames.successor(model.id): model.downloads for model in before}
    now = {renames.successor(model.id): model.downloads for model in after}
    total = sum(then.values())
    moved = {model: now.get(model, 0) - then.get(model, 0) for model in then.keys() | now.keys()}
    largest = max(moved, key=lambda model: (abs(moved[model]), model), default=None)
    if largest is None or not total or abs(moved[largest]) <= ALONE * total:
        return ()
    verb = "added" if moved[largest] > 0 else "took"
    return (DataWarning(f"{largest} alone {verb} {percent(abs(moved[largest]) / total)} of all downloads."),)


def regressed(earlier: Snapshot, before: Sequence[Model], after: Sequence[Model]) -> tuple[DataWarning, ...]:
    """Doubt a day on which many all-time counts fell: a stock cannot, so the Hub counted anew, perhaps the flows too."""
    then = {model.id: model.downloads_all_time for model in before if model.downloads_all_time is not None}
    both = [model for model in after if model.downloads_all_time is not None and model.id in then]
    fell = sum((model.downloads_all_time or 0) < then[model.id] for model in both)
    if len(both) < FEWEST or fell <= REGRESSED * len(both):
        return ()
    said = (
        f"The all-time downloads of {fell} of {plural(len(both), 'model')} fell since {day(earlier.taken_on)}: the Hub recounted."
    )
    return (DataWarning(said),)


def unlike(dimension: Dimension, earlier: Snapshot, before: Sequence[Model], after: Sequence[Model]) -> tuple[DataWarning, ...]:
    """Doubt a comparison of two sources of which one records a dimension of clearly fewer models."""
    then, now = (_recorded(models, dimension) for models in (before, after))
    if abs(then - now) <= UNLIKE:
        return ()
    recorded = f"The {dimension} is recorded for {percent(now)} of the models, but for {percent(then)} on {day(earlier.taken_on)}"
    return (DataWarning(f"{recorded}: part of a shift may be that."),)


def _recorded(models: Sequence[Model], dimension: Dimension) -> float:
    return sum(bool(names_of(model, stored(dimension))) for model in models) / len(models) if models else 0.0
