"""``creators`` and ``namespaces``: who publishes the models, as families of namespaces and by namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.chart import ChartKind
from analytics.domain import Dimension, Measure
from analytics.formatting.numbers import count
from analytics.formatting.phrases import enumerate_
from analytics.names import creators
from analytics.questions.share_question import OTHER_GROUPINGS, Topic, share_question, two_leaders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking


_SEVERAL = 2
"""Fewest models of an individual who is named."""
_NAMED = 5


def _notes(rankings: Sequence[Ranking]) -> tuple[str, ...]:
    """Name the namespaces of the leading families, and by number of models the individuals with several."""
    families = [share for share in rankings[-1].shares[:7] if len(share.members) > 1][:2]
    members = tuple(f"{s.name} includes {enumerate_([member for member, _ in s.members])}." for s in families)
    return (*members, *_individuals(rankings[-1])) if rankings[-1].by is Measure.MODELS else members


def _individuals(ranking: Ranking) -> tuple[str, ...]:
    people = [share for share in ranking.ranked if share.value >= _SEVERAL and creators.kind(share.name) == "individual"]
    named = [f"{share.name} ({count(share.value)})" for share in people[:_NAMED]]
    return (f"Individuals with the most models: {enumerate_(named)}.",) if named else ()


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
        notes=_notes,
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
