"""``licenses``: the licenses of the models, by number of models and by downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.chart import ChartKind
from analytics.domain import Dimension
from analytics.questions.share_question import Topic, contrast, share_question, two_leaders

if TYPE_CHECKING:
    from analytics.answer import Ranking

PERMISSIVE_PAIR = ("apache-2.0", "mit")
"""The two licenses that the article sums up."""


def _contrast(models: Ranking, downloads: Ranking) -> str:
    by_models, by_downloads = (sum(s.portion for s in r.shares if s.name in PERMISSIVE_PAIR) for r in (models, downloads))
    if not {*PERMISSIVE_PAIR} <= {share.name for share in models.ranked}:
        return two_leaders(models, downloads, Dimension.LICENSE)
    return contrast("Apache-2.0 and MIT", by_models, by_downloads)


LICENSES = share_question(
    Topic(
        dimension=Dimension.LICENSE,
        word="licenses",
        singular="license",
        summary="Licenses by number of models and by downloads",
        aliases=("licences", "licensing", "licencing"),
        examples=("licenses", "licenses by downloads", "licenses since 2026-01"),
        over_time=ChartKind.AREA,
        contrast=_contrast,
        subject=PERMISSIVE_PAIR,
        next=("creators",),
    )
)
