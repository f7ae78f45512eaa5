"""``licenses``: under which licenses the list stands, by number of models and by downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.chart import ChartKind
from analytics.domain import NONE_DECLARED, Dimension
from analytics.formatting.numbers import percent
from analytics.questions.share_question import Topic, share_question, two_leaders
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking

PERMISSIVE_PAIR = ("apache-2.0", "mit")
"""The two licenses that the article adds up."""


def _contrast(models: Ranking, downloads: Ranking) -> str:
    many, much = (sum(s.portion for s in r.shares if s.name in PERMISSIVE_PAIR) for r in (models, downloads))
    if not many:
        return two_leaders(models, downloads, Dimension.LICENSE)
    turn = "and carry" if abs(many - much) < 0.05 else "but carry"
    return f"Apache-2.0 and MIT are on {percent(many)} of models {turn} {percent(much)} of downloads"


def _notes(rankings: Sequence[Ranking]) -> tuple[str, ...]:
    silent = comparison.find(rankings[0], NONE_DECLARED)
    return (
        (f"{percent(silent.portion)} of {rankings[0].by} declare no license.",) if silent and rankings[0].by == "models" else ()
    )


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
        notes=_notes,
        subject=PERMISSIVE_PAIR,
        next=("creators",),
    )
)
