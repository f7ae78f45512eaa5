"""The headline about one name of a ranking; and notes: what has no rank, what isn't a whole model, who else would lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import Dimension, Measure
from analytics.formatting.numbers import count, percent
from analytics.formatting.phrases import enumerate_, noun_phrase, of_list, of_measure, of_ranked, ordinal, plural
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking, Share
    from analytics.formatting.phrases import NounPhrase
    from analytics.questions.question import View
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


def headline_now(rankings: Sequence[Ranking], shares: Sequence[Share], phrase: NounPhrase, view: View) -> str:
    """Return the headline: the share and rank by each measure, or for a single measure the count with both."""
    if len(shares) == 1:
        return _headline_by(rankings[0], shares[0], phrase, view)
    portions = [
        f"{percent(s.portion)} of {of_ranked(r, view.dimension, [s] if s.rank else [])}{_place(s, r)}"
        for r, s in zip(rankings, shares, strict=True)
    ]
    verb = "make up" if phrase.text.startswith("models ") else phrase.has
    return f"{phrase.start} {verb} {enumerate_(portions)}"


def _headline_by(ranking: Ranking, share: Share, phrase: NounPhrase, view: View) -> str:
    """Return the headline for one measure, with the count: ``Meta has 120M downloads in the last 30 days (5.9%, 5th of 88)``."""
    place = _place(share, ranking).strip(" ()")
    rank = ", ".join(filter(None, (percent(share.portion), place)))
    if ranking.by is Measure.MODELS and phrase.text.startswith("models "):
        return f"The list has {count(share.value)} {phrase.text} ({rank})"
    if ranking.by is Measure.MODELS and view.coverage == 1 and not view.task:
        what = f"{count(share.value)} of {of_list(view.now.list, view.now.size)}"
    else:
        what = plural(share.value, of_measure(ranking.by).removesuffix("s"))
    if ranking.by is Measure.DOWNLOADS:
        what += " in the last 30 days"
    return f"{phrase.start} {phrase.has} {what} ({rank})"


def _place(share: Share, ranking: Ranking) -> str:
    """Return the rank in parentheses: `` (2nd of 11)``; ``""`` for what has none."""
    if share.rank is None:
        return ""
    return f" ({ordinal(share.rank)}{'' if ranking.rest else f' of {len(ranking.ranked)}'})"
