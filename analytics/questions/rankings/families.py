"""``families``: licenses by what they allow, from permissive to non-commercial."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.chart import ChartKind
from analytics.domain import Dimension
from analytics.formatting.phrases import enumerate_, noun_phrase
from analytics.names.licenses import title
from analytics.questions.share_question import OTHER_GROUPINGS, Topic, contrast, share_question, two_leaders
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking

_NAMED = 4
_PERMISSIVE = "permissive"


def _contrast(models: Ranking, downloads: Ranking) -> str:
    by_models, by_downloads = (comparison.find(ranking, _PERMISSIVE) for ranking in (models, downloads))
    if not by_models or not by_downloads:
        return two_leaders(models, downloads, Dimension.FAMILY)
    return contrast("Permissive licenses", by_models.portion, by_downloads.portion, verb="cover")


def _members(rankings: Sequence[Ranking]) -> tuple[str, ...]:
    """Name the licenses of the largest families."""
    largest = [share for share in rankings[-1].ranked if share.value][:3]
    return tuple(
        f"{noun_phrase(Dimension.FAMILY, share.name).start}: {_licenses([tag for tag, _ in share.members])}." for share in largest
    )


def _licenses(tags: Sequence[str]) -> str:
    shown = [title(tag) for tag in tags[:_NAMED]]
    return enumerate_([*shown, f"{len(tags) - _NAMED} more"] if len(tags) > _NAMED else shown)


FAMILIES = share_question(
    Topic(
        dimension=Dimension.FAMILY,
        word="families",
        singular="family",
        summary="Licenses by what they allow: permissive, copyleft, model-specific, non-commercial",
        aliases=("license-families", "licence-families", "openness"),
        examples=("families", "families by downloads in trending", "families since 2026-01"),
        over_time=ChartKind.AREA,
        contrast=_contrast,
        notes=_members,
        next=("licenses",),
        brief=OTHER_GROUPINGS,
    )
)
