"""``derivatives``: models derived from other models, and the creators of their base models."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.answer import Answer, Ranking, Share
from analytics.chart import ChartKind
from analytics.domain import Dimension, ListName
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import LEAST_CHANGE, enumerate_, possessive, size
from analytics.names.grouping import ORIGINAL, bases, creator
from analytics.notes import Remark
from analytics.query import Spoken
from analytics.questions.question import View
from analytics.questions.share_question import OTHER_GROUPINGS, Topic, contrast, share_question
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from analytics.domain import Measure, Model
    from analytics.query import Query
    from analytics.storage.history import History

_NAMED = 10
"""Creators of base models in the list, unless ``top`` says otherwise."""
_OWN, _OTHERS = "made by itself", "made by others"


def _contrast(models: Ranking, downloads: Ranking) -> str:
    derived_models, derived_downloads = (
        sum(share.portion for share in ranking.shares if share.name != ORIGINAL) for ranking in (models, downloads)
    )
    if not derived_models:
        return "None of the models declares a base model"
    return contrast("Derived models", derived_models, derived_downloads)


def reach(models: Sequence[Model], by: Measure, on: date | None = None) -> Ranking:
    """Rank creators by the downloads (likes, number) of the models derived from theirs, by themselves or by others.

    A portion is of the list's recorded total, so it compares with the creator's own share; ``members`` divide it into derivatives
    by the creator and by others. A model with several base models counts for their creators in equal parts.
    ``on`` is the listing's date.
    """
    total = sum(comparison.value_of(model, by) for model in models if model.tags)
    parts: dict[str, dict[str, float]] = {}
    for model in models:
        base_models = bases(model)
        for base in base_models:
            maker = creator(base.partition("/")[0], on)
            by_whom = _OWN if maker == creator(model.namespace, on) else _OTHERS
            cell = parts.setdefault(maker, {_OWN: 0.0, _OTHERS: 0.0})
            cell[by_whom] += comparison.value_of(model, by) / len(base_models)
    sums = {maker: sum(cell.values()) for maker, cell in parts.items()}
    ordered = sorted(sums, key=lambda maker: (-round(sums[maker], 6), maker))
    ranks = {maker: 1 + sum(sums[other] > sums[maker] + 1e-6 for other in ordered) for maker in ordered}
    shares = tuple(
        Share(maker, sums[maker], sums[maker] / total if total else 0.0, ranks[maker], tuple(parts[maker].items()))
        for maker in ordered
    )
    whole = sum(comparison.value_of(model, by) for model in models)
    return Ranking(by, Dimension.CREATOR.value, whole, total, shares)


_RANKING = share_question(
    Topic(
        dimension=Dimension.DERIVATION,
        word=Dimension.DERIVATION.plural,
        singular="",
        summary="Fine-tunes, quantizations, adapters and merges, and whose models they come from",
        aliases=("derivations", "finetunes", "fine-tunes", "quantizations", "adapters", "originals"),
        examples=("derivatives", "derivatives by downloads in trending"),
        over_time=ChartKind.AREA,
        contrast=_contrast,
        next=("creators", "access"),
        brief=OTHER_GROUPINGS,
        spoken=Spoken(
            (
                *("derivatives", "derivative", "fine tunes", "fine tuned", "fine-tunings", "quantizations", "quantization"),
                *("quantisations", "quantized", "quantised", "quants", "adapters", "merges", "merged", "loras", "base models"),
                *("derived", "derived models"),
            )
        ),
    )
)


def _answer(query: Query, history: History) -> Answer:
    answer = _RANKING.answer(query, history)
    if query.since or query.within is ListName.HUB:
        return answer
    view = View(query, history, Dimension.DERIVATION)
    ranked = reach(view.models, view.leading, view.now.taken_on)
    if not ranked.shares:
        return answer
    own = View(query, history, Dimension.CREATOR).ranking(view.leading)
    notes = (*answer.notes, *_notes(ranked, own))
    return replace(answer, creators=replace(ranked, shares=ranked.shares[: query.top or _NAMED]), notes=notes)


def _notes(ranked: Ranking, own: Ranking) -> tuple[str, ...]:
    """Name the creators of most base models, and what others' derivatives add to the first one's share."""
    leading = [f"{share.name} ({percent(share.portion)})" for share in ranked.shares[:3] if share.value]
    if not leading:
        return ()
    notes = [Remark(f"By {ranked.by}, the leading creators of base models are {enumerate_(leading)}.")]
    first = ranked.shares[0]
    others = dict(first.members)[_OTHERS] / ranked.recorded
    share = comparison.find(own, first.name)
    if others >= LEAST_CHANGE:
        derived = f"Models that others derived from {possessive(first.name)}"
        if share:
            own_share = f"its own {percent(share.portion)} of {ranked.by}"
            notes.append(Remark(f"{derived} add another {size(others)} to {own_share}."))
        else:
            own_models = f"none of {possessive(first.name)} own models are in the list"
            notes.append(Remark(f"{derived} have {percent(others)} of {ranked.by}; {own_models}."))
    return tuple(notes)


DERIVATIVES = replace(
    _RANKING, answer=_answer, fields=replace(_RANKING.fields, sometimes=_RANKING.fields.sometimes | {"creators"})
)
