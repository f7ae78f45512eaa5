"""``libraries``: the libraries that load the models."""

from analytics.chart import ChartKind
from analytics.domain import Dimension
from analytics.questions.share_question import OTHER_GROUPINGS, Topic, share_question, two_leaders

LIBRARIES = share_question(
    Topic(
        dimension=Dimension.LIBRARY,
        word="libraries",
        singular="library",
        summary="Libraries by number of models and by downloads",
        aliases=("frameworks",),
        examples=("libraries", "libraries by models in trending"),
        over_time=ChartKind.AREA,
        contrast=lambda models, downloads: two_leaders(models, downloads, Dimension.LIBRARY),
        next=("tasks",),
        brief=OTHER_GROUPINGS,
    )
)
