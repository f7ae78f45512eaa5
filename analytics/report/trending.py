"""The chapter about the trending list: how it differs from the list of the report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analytics.domain import Dimension, ListName, Measure
from analytics.errors import NoDataError
from analytics.formatting.numbers import count, percent
from analytics.formatting.phrases import day, short_list
from analytics.names import renames
from analytics.report.month import Content, Month
from analytics.statistics.comparison import find

if TYPE_CHECKING:
    from analytics.answer import Ranking


def differences(month: Month) -> Content:
    """Compare the trending list with the list of the report; with the top list where the report is about the trending one.

    Raises:
        NoDataError: when one of them isn't recorded in the month.

    """
    other = ListName.TOP if month.within is ListName.TRENDING else month.within
    trending, base = (replace(month, within=name) for name in (ListName.TRENDING, other))
    for each in (trending, base):
        if not any(snapshot.taken_on in month.edition for snapshot in each.history.snapshots(each.within)):
            raise NoDataError(
                f"The {short_list(each.within)} of {month.edition.name} isn't recorded, so there's nothing to compare."
            )
    creators, tasks, licenses = (trending.ask(word) for word in ("creators", "tasks", "licenses"))
    change, notes = trending.change(Dimension.TASK, Measure.MODELS)
    overlap, conclusion = _overlap(trending, base)
    return Content(
        overlap or f"Among trending models, {tasks.headline}.",
        (
            *_tasks(tasks.rankings[0], base.ask("tasks").rankings[0], base),
            *_creators(creators.rankings[0], base.view(Dimension.CREATOR).ranking(Measure.MODELS), base),
            f"Among trending models, {licenses.headline}.",
        ),
        (tasks, creators, licenses),
        tasks.chart,
        change,
        (*_days(trending, base), *(warning for warning in tasks.notes if "alone has" in warning), *notes),
        conclusion,
    )


def _overlap(trending: Month, base: Month) -> tuple[str, str]:
    """Count the trending models that are in the other list too; ``""`` for lists that hold them all, or few of their rows."""
    if base.within not in {ListName.TOP, ListName.LIKED}:
        return "", ""
    hot, used = ({renames.successor(model.id) for model in each.history.models(each.scope.now.id)} for each in (trending, base))
    both = len(hot & used)
    which = "most-downloaded models" if base.within is ListName.TOP else "most-liked models"
    finding = (
        f"{count(both)} of the {len(hot)} trending models ({percent(both / len(hot))}) are also among the {len(used)} {which}."
    )
    start = "What trends isn't what is used" if both < len(hot) / 2 else "Much of what trends is also used"
    return finding, f"{start}: {count(both)} of {len(hot)} trending models are among the {len(used)} {which}."


def _tasks(hot: Ranking, used: Ranking, base: Month) -> tuple[str, ...]:
    """Name the tasks that are most over- and underrepresented among trending models."""
    names = {share.name for ranking in (hot, used) for share in ranking.ranked}
    if not names:
        return ()
    trending, listed = ({name: _portion(ranking, name) for name in sorted(names)} for ranking in (hot, used))
    gaps = {name: trending[name] - listed[name] for name in trending}
    more, less = max(gaps, key=gaps.__getitem__), min(gaps, key=gaps.__getitem__)
    of_list = f"of the {short_list(base.within)}"
    sentences = []
    if gaps[more] > 0:
        sentences.append(f"{more} makes up {percent(trending[more])} of trending models and {percent(listed[more])} {of_list}.")
    if gaps[less] < 0:
        makes_up = f"makes up only {percent(trending[less])} of trending models" if trending[less] else "has no trending model"
        sentences.append(f"{less} {makes_up} but {percent(listed[less])} {of_list}.")
    return tuple(sentences)


def _creators(hot: Ranking, used: Ranking, base: Month) -> tuple[str, ...]:
    first, usual = hot.ranked[0], used.ranked[0]
    lead = f"{first.name} has the most trending models ({percent(first.portion)})"
    if first.name == usual.name:
        return (f"{lead}, as in the {short_list(base.within)} ({percent(usual.portion)}).",)
    return (f"{lead}; in the {short_list(base.within)}, {usual.name} has the most ({percent(usual.portion)}).",)


def _portion(ranking: Ranking, name: str) -> float:
    share = find(ranking, name)
    return share.portion if share else 0.0


def _days(trending: Month, base: Month) -> tuple[str, ...]:
    """Say where the two lists are of different days."""
    hot, used = trending.scope.now.taken_on, base.scope.now.taken_on
    if hot == used:
        return ()
    return (f"The trending list is from {day(hot)}, the {short_list(base.within)} from {day(used)}.",)
