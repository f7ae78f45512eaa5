"""``derivatives``: models made from other models, and whose reach they carry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.answer import Answer, Ranking, Share
from analytics.chart import ChartKind
from analytics.domain import Dimension, ListName
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import enumerate_, points
from analytics.names.grouping import ORIGINAL, bases, creator
from analytics.questions.question import Question, View
from analytics.questions.share_question import ASIDE, Topic, share_question
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.domain import Measure, Model
    from analytics.query import Query
    from analytics.storage.history import History

_NAMED = 10
"""Creators whose reach is listed, unless ``top`` says otherwise."""
_OWN, _OTHERS = "made by itself", "made by others"


def _contrast(models: Ranking, downloads: Ranking) -> str:
    many, much = (sum(share.portion for share in ranking.shares if share.name != ORIGINAL) for ranking in (models, downloads))
    if not many:
        return "Every model is an original: none says that it was made from another"
    turn = "and have" if abs(many - much) < 0.05 else "but have"
    return f"Models made from other models are {percent(many)} of models {turn} {percent(much)} of downloads"


def reach(models: Sequence[Model], by: Measure) -> Ranking:
    """Rank the creators by what is downloaded (liked, counted) of models that were made from theirs, by themselves or by others.

    A portion is of the list's recorded total, so that it can stand beside the creator's own share; ``members`` part it into what
    the creator made and what others did. A model with several bases counts for each maker in equal parts.
    """
    total = sum(comparison.value_of(model, by) for model in models if model.tags)
    parts: dict[str, dict[str, float]] = {}
    for model in models:
        named = bases(model)
        for base in named:
            maker = creator(base.partition("/")[0])
            by_whom = _OWN if maker == creator(model.namespace) else _OTHERS
            cell = parts.setdefault(maker, {_OWN: 0.0, _OTHERS: 0.0})
            cell[by_whom] += comparison.value_of(model, by) / len(named)
    sums = {maker: sum(cell.values()) for maker, cell in parts.items()}
    ordered = sorted(sums, key=lambda maker: (-round(sums[maker], 6), maker))
    ranks = {maker: 1 + sum(sums[other] > sums[maker] + 1e-6 for other in ordered) for maker in ordered}
    shares = tuple(
        Share(maker, sums[maker], sums[maker] / total if total else 0.0, ranks[maker], tuple(parts[maker].items()))
        for maker in ordered
    )
    whole = sum(comparison.value_of(model, by) for model in models)
    return Ranking(by, Dimension.CREATOR.value, whole, total, shares)


_PLAIN = share_question(
    Topic(
        dimension=Dimension.DERIVATION,
        word=Dimension.DERIVATION.plural,
        singular="",
        summary="Fine-tunes, quantizations, adapters and merges, and whose models they are made from",
        aliases=("derivations", "finetunes", "fine-tunes", "quantizations", "adapters", "originals"),
        examples=("derivatives", "derivatives by downloads in trending"),
        over_time=ChartKind.AREA,
        contrast=_contrast,
        next=("creators", "access"),
        brief=ASIDE,
    )
)


def _answer(query: Query, history: History) -> Answer:
    answer = _PLAIN.answer(query, history)
    if query.since or query.within is ListName.HUB:
        return answer
    view = View(query, history, Dimension.DERIVATION)
    ranked = reach(view.models, view.leading)
    if not ranked.shares:
        return answer
    own = View(query, history, Dimension.CREATOR).ranking(view.leading)
    notes = (*answer.notes, *_carried(ranked, own))
    return replace(answer, creators=replace(ranked, shares=ranked.shares[: query.top or _NAMED]), notes=notes)


def _carried(ranked: Ranking, own: Ranking) -> tuple[str, ...]:
    """Say whose models most is made from, and how much others add to the first one's share."""
    leading = [f"{share.name} ({percent(share.portion)})" for share in ranked.shares[:3] if share.value]
    if not leading:
        return ()
    told = [f"Most is made from models of {enumerate_(leading)}."]
    first = ranked.shares[0]
    others = dict(first.members)[_OTHERS] / ranked.recorded
    share = comparison.find(own, first.name)
    if others >= 0.0005:
        has = f"its own {percent(share.portion)}" if share else "nothing of its own in the list"
        told.append(f"What others made from {first.name}'s adds {points(others).lstrip('+')} of {ranked.by} to {has}.")
    return tuple(told)


DERIVATIVES = Question(_PLAIN.form, _PLAIN.summary, _PLAIN.examples, _answer, _PLAIN.brief)
