"""How much a share and its change depend on one model: both again without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.formatting.numbers import percent
from analytics.formatting.phrases import LEAST_CHANGE, noun_phrase, of_measure, points_of, size
from analytics.names.grouping import weights_of
from analytics.notes import Remark
from analytics.statistics.comparison import present_ids, value_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date

    from analytics.answer import Shift
    from analytics.domain import Dimension, Measure, Model
    from analytics.formatting.phrases import NounPhrase
    from analytics.statistics.attribution import Days

NOTABLE = 0.05
"""Difference of the portion with and without the largest model from which it is reported."""


@dataclass(frozen=True, slots=True)
class Without:
    """A share with and without its largest model."""

    model: str
    portion: float
    rest: float
    """The portion if the list didn't have that model."""
    scale: float
    """What the portions of the names that the model isn't under would be multiplied by."""


def without_largest(
    models: Sequence[Model], dimension: Dimension, names: Collection[str], by: Measure, on: date | None = None
) -> Without | None:
    """Return the share of some names without their largest model; ``None`` where nothing else is recorded.

    Computed as ``(S - w*v) / (V - v)`` instead of ``S / V``, with ``S`` the names' value, ``V`` all that is recorded, ``v`` the
    model's value and ``w`` its weight under the names. ``on`` is the listing's date.
    """
    recorded = [(model, weights, value_of(model, by)) for model in models if (weights := weights_of(model, dimension, on))]
    under = [(sum(weights.get(name, 0.0) for name in names), value, model) for model, weights, value in recorded]
    whole, part = sum(value for _, value, _ in under), sum(weight * value for weight, value, _ in under)
    weight, value, largest = max(under, key=lambda row: (row[0] * row[1], row[2].id), default=(0.0, 0.0, None))
    if largest is None or not weight * value or whole <= value:
        return None
    return Without(largest.id, part / whole, max(0.0, part - weight * value) / (whole - value), whole / (whole - value))


def sentence_without(without: Without | None, subject: NounPhrase, by: Measure) -> tuple[str, ...]:
    """Return a sentence about the share without its largest model; ``()`` where it would be much the same."""
    if without is None or abs(without.portion - without.rest) < NOTABLE:
        return ()
    now, rest = percent(without.portion), percent(without.rest)
    return (Remark(f"Without {without.model}, {subject.text} would have {rest} of {of_measure(by)} instead of {now}."),)


def trend_without(
    shifts: Sequence[Shift],
    before: Sequence[Model],
    after: Sequence[Model],
    dimension: Dimension,
    days: Days = (None, None),
) -> tuple[str, ...]:
    """Return a sentence about each explained shift that is another finding without the model that made most of it.

    That is a shift that turns around, or of which less than half is left. ``before`` and ``after`` are the listings at their two
    dates, ``days``.
    """
    sentences = []
    for shift, made_by, rest in _without_main(shifts, before, after, dimension, days):
        change = points_of(shift)
        if change and rest is not None and _is_another(shift, rest):
            phrase = noun_phrase(dimension, shift.name)
            instead = f"{'rising' if change > 0 else 'falling'} {size(change, 'point')}"
            would = f"{'risen' if rest > 0 else 'fallen'} {size(rest, 'point')}" if abs(rest) >= LEAST_CHANGE else "hardly moved"
            sentences.append(Remark(f"Without {made_by}, {phrase.text} would have {would} instead of {instead}."))
    return tuple(sentences)


def made_by_one(
    shifts: Sequence[Shift],
    before: Sequence[Model],
    after: Sequence[Model],
    dimension: Dimension,
    days: Days = (None, None),
) -> frozenset[str]:
    """Return the names whose explained shift is another finding without one model, or that have no other model."""
    rests = _without_main(shifts, before, after, dimension, days)
    return frozenset(shift.name for shift, _, rest in rests if rest is None or _is_another(shift, rest))


def _is_another(shift: Shift, rest: float) -> bool:
    """Return whether what is left of a shift goes the other way, or is less than half of it."""
    return rest * shift.points <= 0 or abs(rest) < abs(shift.points) / 2


def _without_main(
    shifts: Sequence[Shift], before: Sequence[Model], after: Sequence[Model], dimension: Dimension, days: Days
) -> Iterator[tuple[Shift, str, float | None]]:
    """Yield each explained shift that is large enough to be told, the model that made most of it, and the shift without it.

    That is ``None`` where the name has no other model. A shift is left out if nothing else is recorded at one of the dates.
    """
    sides = [
        [
            (model_id, weights, model)
            for model, model_id in zip(models, ids, strict=True)
            if (weights := weights_of(model, dimension, on))
        ]
        for models, ids, on in zip((before, after), present_ids((before, after)), days, strict=True)
    ]
    for shift in shifts:
        made_by = next((reason.model for reason in shift.reasons if reason.points * shift.points > 0), None)
        if made_by is None or abs(shift.points) < LEAST_CHANGE:
            continue
        others = [[(weights, value_of(model, shift.by)) for known, weights, model in side if known != made_by] for side in sides]
        wholes = [sum(value for _, value in side) for side in others]
        old, new = (sum(weights.get(shift.name, 0.0) * value for weights, value in side) for side in others)
        if not old and not new:
            yield shift, made_by, None
        elif all(wholes):
            yield shift, made_by, new / wholes[1] - old / wholes[0]
