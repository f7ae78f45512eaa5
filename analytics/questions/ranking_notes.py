"""Notes on a ranking: what has no rank, what isn't a whole model, and who would lead without one model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import Dimension, Measure
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import enumerate_, noun_phrase, of_measure, of_ranked
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking
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


def other_leader(without: Without | None, leading: Sequence[str], ranking: Ranking, dimension: Dimension) -> tuple[str, ...]:
    """Say who would lead without the leader's largest model, where that is somebody else."""
    second = next((share for share in ranking.ranked if share.rank != 1), None)
    if list(leading) != [share.name for share in ranking.ranked if share.rank == 1]:
        return ()  # without the largest model of another name, the leader still leads
    if without is None or second is None or len(leading) > 1 or second.portion * without.scale <= without.rest:
        return ()
    phrase, portion = noun_phrase(dimension, second.name), percent(second.portion * without.scale)
    what = of_ranked(ranking, dimension, [second])
    return (f"Without {without.model}, {phrase.text} would lead with {portion} of {what}.",)
