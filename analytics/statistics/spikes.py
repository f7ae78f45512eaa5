"""Single models that enter or leave a list with over a tenth of its downloads, and shifts without them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analytics.formatting.numbers import percent
from analytics.formatting.phrases import LEAST_CHANGE, signed
from analytics.names import grouping, renames
from analytics.statistics.comparison import present_ids, value_of
from analytics.statistics.quality import DOMINANT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from analytics.answer import Ranking, Shift
    from analytics.domain import Dimension, Model


@dataclass(frozen=True, slots=True)
class Jump:
    """One model that is in only one of two lists, with over a tenth of that list's downloads."""

    model: Model
    entered: bool
    """Whether it's in the later list; otherwise in the earlier one."""
    portion: float
    """Its downloads over those of the list that has it, 0 to 1."""
    of_earlier: float
    """Its downloads over those of the earlier list."""

    @property
    def name(self) -> str:
        """The model's id without the namespace."""
        return self.model.id.rpartition("/")[2]

    def said(self, when: str) -> str:
        """Return the sentence that tells it, without a period; ``when`` is ``in April 2026`` or ``since March 31, 2026``."""
        if self.entered:
            return f"{self.model.id} entered the list with {percent(self.portion)} of downloads {when}"
        left = "has left" if when.startswith("since") else "left"
        return f"{self.model.id} {left} the list {when}, with {percent(self.portion)} of the earlier downloads"

    @property
    def added(self) -> str:
        """The end of that sentence: what entering added to the earlier total; ``""`` for leaving."""
        return f", adding {percent(self.of_earlier)} of the earlier total" if self.entered else ""


def jump(before: Sequence[Model], after: Sequence[Model]) -> Jump | None:
    """Return the largest model that alone makes a shift by entering or leaving; ``None`` where none is large enough."""
    ids = present_ids((before, after))
    sides = [dict(zip(known, models, strict=True)) for known, models in zip(ids, (before, after), strict=True)]
    totals = [sum(model.downloads for model in models) for models in (before, after)]
    jumps = [
        Jump(model, entered, model.downloads / totals[entered], model.downloads / totals[0] if totals[0] else 0.0)
        for entered in (False, True)
        if totals[entered]
        for model_id, model in sides[entered].items()
        if model_id not in sides[not entered] and model.downloads > DOMINANT * totals[entered]
    ]
    return max(jumps, key=lambda found: (found.portion, found.model.id), default=None)


def is_spike(left: Jump | None, entered: Jump | None) -> bool:
    """Return whether the model that left is the one that had entered one comparison before."""
    if left is None or left.entered or entered is None or not entered.entered:
        return False
    return _present_id(left.model) == _present_id(entered.model)


def without(
    shifts: Sequence[Shift], before: Ranking, after: Ranking, found: Jump, dimension: Dimension, *, on: date | None = None
) -> tuple[Shift, ...]:
    """Add to each shift the change that it would be if neither list had the model; ``on`` is the date of the list that has it."""
    weights = grouping.weights_of(found.model, dimension, on)
    value = value_of(found.model, after.by) if weights else 0.0
    recorded = (after if found.entered else before).recorded

    def portion(shift: Shift) -> float:
        own = (shift.after if found.entered else shift.before) * recorded - weights.get(shift.name, 0.0) * value
        return max(0.0, own) / (recorded - value) if recorded > value else 0.0

    return tuple(
        replace(shift, without=portion(shift) - shift.before if found.entered else shift.after - portion(shift))
        for shift in shifts
    )


def beside(shift: Shift, found: Jump | None) -> str:
    """Return the change without the model, to stand beside the shift where the model is named: `` (+0.3 without that model)``."""
    if found is None or shift.without is None:
        return ""
    return f" ({signed(shift.without) if abs(shift.without) >= LEAST_CHANGE else 'unchanged'} without that model)"


def _present_id(model: Model) -> str:
    return renames.successor(model.id)
