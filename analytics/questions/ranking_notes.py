"""Notes on a ranking: what has no rank, what isn't a whole model, other spellings, and who would lead without one model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import Dimension, Measure
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import enumerate_, noun_phrase, of_measure
from analytics.names import grouping
from analytics.names.spellings import FOLDED, official
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking
    from analytics.domain import Model
    from analytics.statistics.robustness import Without


def not_ranked(rankings: Sequence[Ranking], dimension: Dimension) -> tuple[str, ...]:
    """Give the share of what isn't declared or known, and so has no rank."""
    apart = dict.fromkeys(share.name for ranking in rankings for share in ranking.unranked if share.value)
    found = [(raw, [(ranking.by, comparison.find(ranking, raw)) for ranking in rankings]) for raw in apart]
    return tuple(
        f"{noun_phrase(dimension, raw).start} have no rank: "
        f"{enumerate_([f'{percent(share.portion)} of {of_measure(by)}' for by, share in shares if share])}."
        for raw, shares in found
    )


def parts_of_models(rankings: Sequence[Ranking], dimension: Dimension) -> tuple[str, ...]:
    """Explain a number of models that isn't whole."""
    numbers = [share.value for ranking in rankings if ranking.by is Measure.MODELS for share in ranking.shares]
    if all(abs(number - round(number)) < 1e-6 for number in numbers):
        return ()
    word = Dimension.LICENSE if dimension is Dimension.FAMILY else dimension
    return (f"A model with two {word.plural} counts half for each, so numbers of models aren't all whole.",)


def other_spellings(models: Sequence[Model], dimension: Dimension, raw: str) -> tuple[str, ...]:
    """Name the other spellings that models declare for a license, task or library."""
    if dimension not in FOLDED:
        return ()
    declared = {own for model in models for own in grouping.declared_by(model, dimension)}
    others = sorted(own for own in declared if own != raw and official(dimension, own) == raw)
    if not others:
        return ()
    return (f"{noun_phrase(dimension, raw).start} includes {enumerate_([f'“{own}”' for own in others])}.",)


def other_leader(without: Without | None, leading: Sequence[str], ranking: Ranking, dimension: Dimension) -> tuple[str, ...]:
    """Say who would lead without the leader's largest model, where that is somebody else."""
    second = next((share for share in ranking.ranked if share.rank != 1), None)
    if without is None or second is None or len(leading) > 1 or second.portion * without.scale <= without.rest:
        return ()
    phrase, portion = noun_phrase(dimension, second.name), percent(second.portion * without.scale)
    return (f"Without {without.model}, {phrase.text} would lead with {portion} of {of_measure(ranking.by)}.",)
