"""``tasks``: the tasks of the models, and what the models are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.chart import ChartKind
from analytics.domain import Dimension
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import enumerate_, of_measure
from analytics.names import tasks
from analytics.questions.share_question import Topic, share_question, two_leaders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking


def groups(ranking: Ranking) -> dict[str, float]:
    """Return each group's portion of the measure of the models that declare a task, the largest first and other tasks last."""
    values: dict[str, float] = {}
    for share in ranking.ranked:
        values[tasks.group(share.name)] = values.get(tasks.group(share.name), 0.0) + share.value
    whole = sum(values.values())
    ordered = sorted(values, key=lambda name: (name == tasks.OTHER, -values[name], name))
    return {name: values[name] / whole for name in ordered if values[name]}


def _groups(rankings: Sequence[Ranking]) -> tuple[str, ...]:
    """Say what the models are for."""
    ranking = rankings[-1]
    portions = [f"{name} {percent(portion)}" for name, portion in groups(ranking).items()]
    if len(portions) < 2:
        return ()
    return (f"{of_measure(ranking.by).capitalize()} with a declared task, by group: {enumerate_(portions)}.",)


TASKS = share_question(
    Topic(
        dimension=Dimension.TASK,
        word="tasks",
        singular="task",
        summary="Tasks by number of models and by downloads",
        aliases=("pipelines", "pipeline-tags"),
        examples=("tasks by downloads", "tasks in trending", "tasks since 2026-01"),
        over_time=ChartKind.BUMP,
        contrast=lambda models, downloads: two_leaders(models, downloads, Dimension.TASK),
        notes=_groups,
        next=("likes", "creators"),
    )
)
