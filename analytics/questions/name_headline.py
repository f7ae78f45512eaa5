"""The headline of an answer about one name at one date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import Measure
from analytics.formatting.numbers import count, percent
from analytics.formatting.phrases import enumerate_, of_list, of_measure, ordinal, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking, Share
    from analytics.formatting.phrases import NounPhrase
    from analytics.questions.question import View


def headline_now(rankings: Sequence[Ranking], shares: Sequence[Share], phrase: NounPhrase, view: View) -> str:
    """Return the headline: the share and rank by each measure, or for a single measure the count with both."""
    if len(shares) == 1:
        return _headline_by(rankings[0], shares[0], phrase, view)
    portions = [f"{percent(s.portion)} of {of_measure(r.by)}{_place(s, r)}" for r, s in zip(rankings, shares, strict=True)]
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
