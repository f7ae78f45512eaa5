"""``access``: models that anybody may download against gated ones, for which one has to ask first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.chart import ChartKind
from analytics.domain import Dimension
from analytics.formatting.numbers import percent
from analytics.questions.share_question import ASIDE, Topic, share_question

if TYPE_CHECKING:
    from analytics.answer import Ranking

_OPEN = "open"


def _contrast(models: Ranking, downloads: Ranking) -> str:
    many, much = (sum(share.portion for share in ranking.shares if share.name != _OPEN) for ranking in (models, downloads))
    if not many:
        return "Every model is open: none of them is gated"
    turn = "and have" if abs(many - much) < 0.02 else "but have"
    return f"Gated models are {percent(many)} of models {turn} {percent(much)} of downloads"


ACCESS = share_question(
    Topic(
        dimension=Dimension.ACCESS,
        word="access",
        singular="",
        summary="Gated models against open ones",
        aliases=("gated", "gating"),
        examples=("access", "access in trending"),
        over_time=ChartKind.AREA,
        contrast=_contrast,
        next=("families", "licenses"),
        brief=ASIDE,
    )
)
