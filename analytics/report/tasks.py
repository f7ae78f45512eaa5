"""The chapter about tasks: what people download models for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import NONE_DECLARED, Dimension, Measure
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import enumerate_, ordinal
from analytics.questions.rankings.tasks import groups
from analytics.report.month import Content
from analytics.statistics.comparison import find

if TYPE_CHECKING:
    from analytics.answer import Ranking
    from analytics.report.month import Month

_CHAT = "text-generation"
_NAMED = 5
"""Tasks that are named."""
_GROUPS = 4
"""Groups that are named in a sentence; the table has all."""


def by_downloads(month: Month) -> Content:
    """Rank the tasks by downloads, and group them by what people use them for."""
    answer = month.ask("tasks", by=Measure.DOWNLOADS)
    (ranking,) = answer.rankings
    change, notes = month.change(Dimension.TASK, Measure.DOWNLOADS)
    portions = tuple(groups(ranking).items()) if ranking.ranked and any(share.value for share in ranking.ranked) else ()
    leader = tuple(share.name for share in ranking.ranked if share.rank == 1)
    return Content(
        f"{answer.headline}.",
        (
            *_in_groups(portions),
            *_next_tasks(ranking),
            *_text_generation(ranking),
            *_undeclared(ranking),
            *month.without_largest(Dimension.TASK, leader),
        ),
        (answer,),
        answer.chart,
        change,
        (*month.notes(Dimension.TASK, answer.rankings), *notes),
        _conclusion(portions, ranking),
        portions,
    )


def _in_groups(portions: tuple[tuple[str, float], ...]) -> tuple[str, ...]:
    if len(portions) < 2:
        return ()
    (first, portion), *others = portions
    ahead = enumerate_([f"{name} ({percent(part)})" for name, part in others[: _GROUPS - 1]])
    return (
        f"By what they're used for, {first} leads with {percent(portion)} of downloads with a declared task, ahead of {ahead}.",
    )


def _next_tasks(ranking: Ranking) -> tuple[str, ...]:
    named = [f"{share.name} ({percent(share.portion)})" for share in ranking.ranked[2:_NAMED] if share.value]
    return (f"Behind the first two come {enumerate_(named)}.",) if len(named) > 1 else ()


def _text_generation(ranking: Ranking) -> tuple[str, ...]:
    """Say where the task of chat models stands, unless it's among those already named."""
    share = find(ranking, _CHAT)
    if not share or share.rank is None or share.name in {named.name for named in ranking.ranked[:_NAMED]}:
        return ()
    return (f"{_CHAT}, the task of chat models, is {ordinal(share.rank)} with {percent(share.portion)}.",)


def _undeclared(ranking: Ranking) -> tuple[str, ...]:
    share = find(ranking, NONE_DECLARED)
    return (f"Models that declare no task have {percent(share.portion)} of downloads.",) if share and share.value else ()


def _conclusion(portions: tuple[tuple[str, float], ...], ranking: Ranking) -> str:
    if len(portions) < 2:
        return ""
    name, portion = portions[0]
    chat = find(ranking, _CHAT)
    beside = f"; {_CHAT}, the task of chat models, has {percent(chat.portion)} of all downloads" if chat and chat.value else ""
    return f"The largest use is {name}, with {percent(portion)} of downloads with a declared task{beside}."
