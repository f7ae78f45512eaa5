"""``kinds`` and ``countries``: what kind of organization the creators are, and where their headquarters are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.chart import ChartKind
from analytics.domain import Dimension
from analytics.formatting.phrases import enumerate_, name, noun_phrase
from analytics.questions.share_question import OTHER_GROUPINGS, Topic, contrast, share_question, two_leaders
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.answer import Ranking

_NAMED = 4


def _contrast_of(dimension: Dimension) -> Callable[[Ranking, Ranking], str]:
    """Return the headline builder, about the largest name that is known."""

    def headline(models: Ranking, downloads: Ranking) -> str:
        first = next(iter(downloads.ranked), None)
        by_models = comparison.find(models, first.name) if first else None
        if not first or not by_models:
            return two_leaders(models, downloads, dimension)
        phrase = noun_phrase(dimension, first.name)
        subject = phrase.start if dimension is Dimension.KIND else f"Creators from {phrase.text}"
        return contrast(subject, by_models.portion, first.portion)

    return headline


def _members(rankings: Sequence[Ranking]) -> tuple[str, ...]:
    """Name the leading creators of the largest groups."""
    last = rankings[-1]
    dimension = Dimension(last.of)
    largest = last.ranked[:2]
    return tuple(f"{name(dimension, share.name)}: {_creators([creator for creator, _ in share.members])}." for share in largest)


def _creators(names: Sequence[str]) -> str:
    return enumerate_([*names[:_NAMED], f"{len(names) - _NAMED} more"] if len(names) > _NAMED else names)


KINDS = share_question(
    Topic(
        dimension=Dimension.KIND,
        word="kinds",
        singular="kind",
        summary="Companies, labs, universities, communities and individuals",
        aliases=("sectors", "types"),
        examples=("kinds", "kinds in trending"),
        over_time=ChartKind.AREA,
        contrast=_contrast_of(Dimension.KIND),
        notes=_members,
        next=("creators",),
        brief=OTHER_GROUPINGS,
    )
)

COUNTRIES = share_question(
    Topic(
        dimension=Dimension.COUNTRY,
        word="countries",
        singular="country",
        summary="The countries of the creators' headquarters",
        aliases=("nations", "geography"),
        examples=("countries", "countries in trending", "countries since 2026-01"),
        over_time=ChartKind.LINES,
        contrast=_contrast_of(Dimension.COUNTRY),
        notes=_members,
        next=("kinds", "creators"),
        brief=OTHER_GROUPINGS,
    )
)
