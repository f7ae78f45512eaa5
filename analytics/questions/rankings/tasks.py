"""``tasks``: the tasks of the models."""

from analytics.chart import ChartKind
from analytics.domain import Dimension
from analytics.questions.share_question import Topic, share_question, two_leaders

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
        next=("likes", "creators"),
    )
)
