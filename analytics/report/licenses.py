"""The chapters about licenses: by name, and by what they allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import NONE_DECLARED, Dimension, Measure
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import enumerate_, noun_phrase
from analytics.names.licenses import title
from analytics.questions.ranking_notes import times_the_second
from analytics.questions.rankings.licenses import PERMISSIVE_PAIR
from analytics.report.month import Content
from analytics.statistics.comparison import find, portion_of_any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking, Share
    from analytics.report.month import Month

_SIMILAR = 0.02
"""Difference of two portions that isn't worth a conclusion."""
_PERMISSIVE, _OTHER = "permissive", "other"
_NAMED = 3


def licenses(month: Month) -> Content:
    """Compare the licenses by models and by downloads."""
    answer = month.ask("licenses")
    by_models, by_downloads = answer.rankings
    change, notes = month.change(Dimension.LICENSE, Measure.DOWNLOADS)
    return Content(
        f"{answer.headline}.",
        (
            *_leaders(by_models, by_downloads),
            *times_the_second(answer.rankings, Dimension.LICENSE),
            *_undeclared(answer.rankings, "license"),
            *month.without_largest(Dimension.LICENSE, _subject(by_downloads)),
        ),
        (answer,),
        answer.chart,
        change,
        (*month.notes(Dimension.LICENSE, answer.rankings), *notes),
        _conclusion(month),
    )


def families(month: Month) -> Content:
    """Compare what the licenses allow, by models and by downloads."""
    answer = month.ask("families")
    by_models, by_downloads = answer.rankings
    change, notes = month.change(Dimension.FAMILY, Measure.DOWNLOADS)
    named = [share for share in by_downloads.ranked if share.name not in {_PERMISSIVE, _OTHER} and share.value]
    return Content(
        f"{answer.headline}.",
        tuple(f"{_family(share, by_models)}." for share in named[:_NAMED]),
        (answer,),
        answer.chart,
        change,
        (*month.notes(Dimension.FAMILY, answer.rankings), *notes),
    )


def permissive_pair(month: Month, by: Measure) -> float:
    """Return the portion of Apache-2.0 or MIT, as the headline about licenses has it: a model under both counts once."""
    view = month.view(Dimension.LICENSE)
    if view.partial:
        return sum(share.portion for share in view.ranking(by).shares if share.name in PERMISSIVE_PAIR)
    return portion_of_any(view.models, Dimension.LICENSE, PERMISSIVE_PAIR, by, view.now.taken_on)


def _subject(ranking: Ranking) -> tuple[str, ...]:
    """Return the names whose sum the finding is about, or the leader."""
    pair = tuple(share.name for share in ranking.shares if share.name in PERMISSIVE_PAIR)
    return pair or tuple(share.name for share in ranking.ranked[:1])


def _conclusion(month: Month) -> str:
    models, downloads = (permissive_pair(month, by) for by in (Measure.MODELS, Measure.DOWNLOADS))
    both = f"{percent(downloads)} of downloads and {percent(models)} of models"
    if not models and not downloads:
        return ""
    if abs(downloads - models) < _SIMILAR:
        return f"By license, what is used mirrors what is published: Apache-2.0 and MIT have {both}."
    if downloads > models:
        return f"Use favors permissive licenses even more than supply does: Apache-2.0 and MIT have {both}."
    return f"Permissive licenses are more common among models than in use: Apache-2.0 and MIT have {both}."


def _leaders(by_models: Ranking, by_downloads: Ranking) -> tuple[str, ...]:
    """Give the shares of the first two licenses by both measures."""
    if not by_downloads.ranked:
        return ()
    first, *others = by_downloads.ranked[:2]
    leader = noun_phrase(Dimension.LICENSE, first.name)
    text = f"{leader.start} alone {leader.has} {_both(first, by_models)}"
    for second in others:
        phrase = noun_phrase(Dimension.LICENSE, second.name)
        text += f"; {phrase.text} {'follow' if phrase.plural else 'follows'} with {_both(second, by_models)}"
    return (f"{text}.",)


def _both(share: Share, by_models: Ranking) -> str:
    models = find(by_models, share.name)
    return f"{percent(share.portion)} of downloads and {percent(models.portion if models else 0.0)} of models"


def _undeclared(rankings: Sequence[Ranking], what: str) -> tuple[str, ...]:
    models, downloads = (find(ranking, NONE_DECLARED) for ranking in rankings)
    if not models or not models.value or not downloads:
        return ()
    return (
        f"Models that declare no {what} are {percent(models.portion)} of models and {percent(downloads.portion)} of downloads.",
    )


def _family(share: Share, by_models: Ranking) -> str:
    tags = [title(tag) for tag, _ in share.members]
    examples = enumerate_(tags[:_NAMED])
    such = f", such as {examples}," if len(tags) > _NAMED else f" ({examples})" if tags else ""
    return f"{noun_phrase(Dimension.FAMILY, share.name).start}{such} have {_both(share, by_models)}"
