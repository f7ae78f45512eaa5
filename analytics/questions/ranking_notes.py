"""The headline about one name of a ranking; and notes: what has no rank, other spellings, who else would lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import Dimension, Measure
from analytics.formatting.numbers import count, percent
from analytics.formatting.phrases import (
    LEAST_CHANGE,
    enumerate_,
    noun_phrase,
    of_measure,
    of_ranked,
    ordinal,
    plural,
)
from analytics.names import grouping
from analytics.names.creators import NOT_KNOWN
from analytics.names.spellings import FOLDED, official
from analytics.notes import Caveat, Remark
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking, Share
    from analytics.domain import Model
    from analytics.formatting.phrases import NounPhrase
    from analytics.questions.question import View
    from analytics.statistics.robustness import Without


_LEAST_TIMES = 1.5
"""Ratio of the first to the second from which it's told; below it, the two shares say more."""
_KINDS_OF_MODELS = frozenset({Dimension.ACCESS, Dimension.DERIVATION})
"""Dimensions whose names mean models, which have no models."""
_MOST = 1 / 2
_NOTABLE = 1 / 3
"""Part of a creator's measure from which its first three models are named; below it, no few models drive it."""


def notes_on_ranks(
    rankings: Sequence[Ranking], wholes: Sequence[Ranking], dimension: Dimension, task: str | None
) -> tuple[str, ...]:
    """Return the notes on rankings at one date; ``wholes``: the same as :func:`open_ranks` takes them."""
    return (
        *not_ranked(rankings, dimension),
        *open_ranks(wholes, dimension, task),
        *parts_of_models(rankings, dimension),
    )


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


def open_ranks(rankings: Sequence[Ranking], dimension: Dimension, task: str | None = None, raw: str = "") -> tuple[str, ...]:
    """Say where what isn't known could change the rank of a name at one date; without a name, who leads.

    ``rankings``: their totals have what isn't recorded, see :func:`analytics.questions.shifts.possible`. ``task``: the query's.
    """
    if dimension in {Dimension.ACCESS, Dimension.DERIVATION}:
        return ()
    word = {Dimension.FAMILY: "license family", Dimension.KIND: "kind of creator"}.get(dimension, dimension.value)
    of_id = dimension in {Dimension.CREATOR, Dimension.NAMESPACE}
    facts = enumerate_([*([] if of_id else [word]), *(["task"] if task else [])], "or")
    return tuple(
        Caveat(
            f"Another {word} could {place} by {of_measure(ranking.by)}, because the {facts} "
            f"of {percent(unknown / ranking.total)} of {of_measure(ranking.by)} isn't known.",
            f"another {word} could {place} by {of_measure(ranking.by)} ({percent(unknown / ranking.total)} not known)",
        )
        for ranking in rankings
        for unknown in [_unknown(ranking)]
        for rank in [_open_rank(ranking, raw, unknown)]
        if rank and unknown >= LEAST_CHANGE * ranking.total
        for place in ["lead" if rank == 1 else f"be {ordinal(rank)}"]
    )


def _unknown(ranking: Ranking) -> float:
    """Return how much isn't recorded or known; what is declared as none can't be another name's."""
    unknown = next((share.value for share in ranking.unranked if share.name == NOT_KNOWN), 0.0)
    return ranking.total - ranking.recorded + unknown


def _open_rank(ranking: Ranking, raw: str, unknown: float) -> int | None:
    """Return the rank of a name, or the first, if the next or the one before could have it; ``None`` if not."""
    at = next((at for at, share in enumerate(ranking.ranked) if share.name == raw or not raw), None)
    if at is None or ranking.rest:
        return None
    own = ranking.ranked[at]
    others = [share for share in ranking.ranked if share.rank != own.rank]
    gaps = [own.value, *(abs(share.value - own.value) for share in others)]  # also to a name that nothing recorded has
    return own.rank if min(gaps) <= unknown else None


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
    if list(leading) != [share.name for share in ranking.ranked if share.rank == 1]:
        return ()  # without the largest model of another name, the leader still leads
    if without is None or second is None or len(leading) > 1:
        return ()
    unknown = (ranking.total - ranking.recorded) / ranking.recorded  # which may be the leader's
    if (second.portion - unknown) * without.scale <= without.rest:
        return ()
    phrase, portion = noun_phrase(dimension, second.name), percent(second.portion * without.scale)
    what = of_ranked(ranking, dimension, [second])
    return (Remark(f"Without {without.model}, {phrase.text} would lead with {portion} of {what}."),)


def times_the_second(rankings: Sequence[Ranking], dimension: Dimension) -> tuple[str, ...]:
    """Say how many times the second the leader is by each measure, from one and a half times: ``2.4 times as many models``."""
    if dimension in _KINDS_OF_MODELS:
        return ()
    clauses: dict[tuple[str, str], list[tuple[float, str, str]]] = {}
    for ranking in rankings:
        first, second, third = [*ranking.ranked, None, None, None][:3]
        if not first or not second or not second.value or (third and third.rank == second.rank):
            continue  # nobody else, or several in second place
        if first.value < _LEAST_TIMES * second.value:
            continue
        what = of_measure(ranking.by)
        known = of_ranked(ranking, dimension, (first, second)).removeprefix(what)
        clauses.setdefault((first.name, second.name), []).append((first.value / second.value, what, known))
    sentences = []
    for (first_name, second_name), told in clauses.items():
        leader, other = noun_phrase(dimension, first_name), noun_phrase(dimension, second_name)
        among = next((known for _, _, known in told if known), "")
        among = f", among models{among}" if among else ""
        times = enumerate_([f"{ratio:.1f} times as many {what}" for ratio, what, _ in told])
        sentences.append(Remark(f"{leader.start} {leader.has} {times} as {other.text}{among}."))
    return tuple(sentences)


def main_models(models: Ranking) -> str:
    """Name the models that make most of a creator's downloads: the first, if it has half of them, else the first three.

    ``""`` where these have less than a third, or there are no others. ``models`` is their ranking by that measure.
    """
    shown, what = models.shares[:3], of_measure(models.by)
    if len(models.shares) <= len(shown) or not models.recorded:
        return ""
    names = [share.name.rpartition("/")[2] for share in shown]
    parts = [share.value / models.recorded for share in shown]
    if parts[0] >= _MOST:
        return f"{names[0]} alone makes up {percent(parts[0])} of its {what}"
    return f"{enumerate_(names)} make up {percent(sum(parts))} of its {what}" if sum(parts) >= _NOTABLE else ""


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
    known = of_ranked(ranking, view.dimension, [share] if share.rank else [])
    of_known = f" of {known}" if known != of_measure(ranking.by) else ""
    rank = ", ".join(filter(None, (percent(share.portion) + of_known, place)))
    if ranking.by is Measure.MODELS and phrase.text.startswith("models "):
        return f"{'There are' if view.history.filters else 'The list has'} {count(share.value)} {phrase.text} ({rank})"
    if ranking.by is Measure.MODELS and view.coverage == 1 and not view.task:
        what = f"{count(share.value)} of {view.models_in_words}"
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
