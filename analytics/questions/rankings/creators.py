"""``creators`` and ``namespaces``: who publishes the models, as families of namespaces and by namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.chart import ChartKind
from analytics.domain import Dimension
from analytics.formatting.phrases import enumerate_
from analytics.questions.share_question import OTHER_GROUPINGS, Topic, share_question, two_leaders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking


def _members(rankings: Sequence[Ranking]) -> tuple[str, ...]:
    """Name the namespaces of the leading families."""
    families = [share for share in rankings[-1].shares[:7] if len(share.members) > 1][:2]
    return tuple(f"{s.name} includes {enumerate_([member for member, _ in s.members])}." for s in families)


CREATORS = share_question(
    Topic(
        dimension=Dimension.CREATOR,
        word="creators",
        singular="creator",
        summary="Creators by number of models and by downloads",
        aliases=("authors", "makers", "orgs", "organizations", "organisations", "companies"),
        examples=("creators", "creators by downloads in trending", "creators since 2026-01"),
        over_time=ChartKind.LINES,
        contrast=lambda models, downloads: two_leaders(models, downloads, Dimension.CREATOR),
        notes=_members,
        next=("licenses",),
    )
)

NAMESPACES = share_question(
    Topic(
        dimension=Dimension.NAMESPACE,
        word="namespaces",
        singular="creator",
        summary="The Hub's namespaces, without combining them into creators such as Meta",
        aliases=("users", "accounts"),
        examples=("namespaces", "namespaces by models"),
        over_time=ChartKind.LINES,
        contrast=lambda models, downloads: two_leaders(models, downloads, Dimension.NAMESPACE),
        next=("creators",),
        brief=OTHER_GROUPINGS,
    )
)
