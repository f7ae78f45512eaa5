"""Checks of a snapshot's data: stalled counts, short lists, recounts, one model that dominates a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.domain import LIST_SIZE
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, plural
from analytics.notes import Caveat
from analytics.statistics.comparison import present_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.domain import Model, Snapshot

STALLED = 0.9
"""Part of the models in both snapshots with an unchanged count from which the Hub counts as stalled."""

DOMINANT = 0.1
"""Part of the earlier total that one model's change must exceed to be reported."""

CARRYING = 1 / 3
"""Part of a list's downloads above which its shares of downloads are mostly about one model."""

REGRESSED = 0.02
"""Part of the models with a lower all-time count from which the Hub has recounted, rather than corrected single models."""

FEWEST = 20
"""Fewest models with an all-time count for that check."""


@dataclass(frozen=True, slots=True)
class DataWarning:
    """A reason to distrust a snapshot or a comparison."""

    sentence: str
    severe: bool = False
    """Whether nothing should be published from it."""
    model: str = ""
    """The model that it is about, if it is about one."""
    brief: str = ""
    """The sentence as a short clause; ``""`` where it is short itself."""

    @property
    def note(self) -> Caveat:
        """The warning as a note of an answer."""
        return Caveat(self.sentence, self.brief or self.sentence.removesuffix("."))


def short(now: Snapshot) -> tuple[DataWarning, ...]:
    """Warn about a list from the Hub with fewer models than requested."""
    if now.source != "hub" or now.size >= LIST_SIZE:
        return ()
    sentence = f"The Hub returned {plural(now.size, 'model')} instead of {LIST_SIZE} on {day(now.taken_on)}."
    brief = f"the Hub returned {plural(now.size, 'model')} instead of {LIST_SIZE}"
    return (DataWarning(sentence, severe=now.size < LIST_SIZE * 0.9, brief=brief),)


def stalled(earlier: Snapshot, before: Sequence[Model], now: Snapshot, after: Sequence[Model]) -> tuple[DataWarning, ...]:
    """Warn about counts that are the same as in an earlier snapshot: the Hub didn't update them."""
    then = {model.id: model.downloads for model in before}
    both = [model for model in after if model.id in then]
    same = sum(model.downloads == then[model.id] for model in both)
    if not both or same < STALLED * len(both):
        return ()
    counts = f"{percent(same / len(both))} of the download counts on {day(now.taken_on)}"
    sentence = f"{counts} are the same as on {day(earlier.taken_on)}, so the Hub may not have updated them."
    brief = f"{percent(same / len(both))} of download counts haven't changed since {day(earlier.taken_on)}"
    return (DataWarning(sentence, brief=brief),)


def dominant(before: Sequence[Model], after: Sequence[Model]) -> tuple[DataWarning, ...]:
    """Warn about a model that alone changed total downloads by more than :data:`DOMINANT`, also by entering or leaving."""
    ids = present_ids((before, after))
    then, now = (
        {known: m.downloads for known, m in zip(i, side, strict=True)} for i, side in zip(ids, (before, after), strict=True)
    )
    total = sum(then.values())
    changes = {model: now.get(model, 0) - then.get(model, 0) for model in then.keys() | now.keys()}
    largest = max(changes, key=lambda model: (abs(changes[model]), model), default=None)
    if largest is None or not total or abs(changes[largest]) <= DOMINANT * total:
        return ()
    verb = "raised" if changes[largest] > 0 else "lowered"
    change = percent(abs(changes[largest]) / total)
    return (DataWarning(f"{largest} alone {verb} total downloads by {change} of the earlier total.", model=largest),)


def carrying(within: str, models: Sequence[Model]) -> tuple[DataWarning, ...]:
    """Warn about one model with more than :data:`CARRYING` of the downloads of a list that isn't made by downloads."""
    total = sum(model.downloads for model in models)
    largest = max(models, key=lambda model: (model.downloads, model.id), default=None)
    if largest is None or len(models) < 2 or largest.downloads <= CARRYING * total:
        return ()
    return (DataWarning(f"{largest.id} alone has {percent(largest.downloads / total)} of the downloads of {within}."),)


def regressed(earlier: Snapshot, before: Sequence[Model], after: Sequence[Model]) -> tuple[DataWarning, ...]:
    """Warn about a day on which many all-time counts fell: the Hub has recounted, perhaps the 30-day counts too."""
    then = {model.id: model.downloads_all_time for model in before if model.downloads_all_time is not None}
    both = [model for model in after if model.downloads_all_time is not None and model.id in then]
    fell = sum((model.downloads_all_time or 0) < then[model.id] for model in both)
    if len(both) < FEWEST or fell <= REGRESSED * len(both):
        return ()
    fallen = f"All-time downloads of {fell} of {plural(len(both), 'model')} fell since {day(earlier.taken_on)}"
    sentence = f"{fallen}, so the Hub must have recounted them."
    return (DataWarning(sentence, brief="the Hub must have recounted all-time downloads"),)
