"""``access``: open models and gated ones, which ask users for approval or contact data before a download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.chart import ChartKind
from analytics.domain import Dimension
from analytics.query import Spoken
from analytics.questions.share_question import OTHER_GROUPINGS, Topic, contrast, share_question

if TYPE_CHECKING:
    from analytics.answer import Ranking

_OPEN = "open"


def _contrast(models: Ranking, downloads: Ranking) -> str:
    gated_models, gated_downloads = (
        sum(share.portion for share in ranking.shares if share.name != _OPEN) for ranking in (models, downloads)
    )
    if not gated_models:
        return "None of the models is gated"
    return contrast("Gated models", gated_models, gated_downloads, similar=0.02)


ACCESS = share_question(
    Topic(
        dimension=Dimension.ACCESS,
        word="access",
        singular="",
        summary="Open and gated models",
        aliases=("gated", "gating"),
        examples=("access", "access in trending"),
        over_time=ChartKind.AREA,
        contrast=_contrast,
        next=("families", "licenses"),
        brief=OTHER_GROUPINGS,
        spoken=Spoken(
            (
                *("gated", "gating", "gated models", "gate", "open or gated", "gated or open", "open vs gated", "gated vs open"),
                *("gated against open", "open against gated", "access requests"),
            )
        ),
    )
)
