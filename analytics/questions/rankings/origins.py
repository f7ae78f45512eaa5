"""``kinds`` and ``countries``: what the creators are, and where they have their headquarters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.chart import ChartKind
from analytics.domain import Dimension
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import enumerate_, name, subject
from analytics.names.creators import NOT_KNOWN
from analytics.questions.share_question import ASIDE, Topic, share_question, two_leaders
from analytics.statistics import comparison

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.answer import Ranking

_NAMED = 4


def _contrast(dimension: Dimension) -> Callable[[Ranking, Ranking], str]:
    """Lead with the largest that is known, on either measure."""

    def said(models: Ranking, downloads: Ranking) -> str:
        first = next((share for share in downloads.shares if share.name != NOT_KNOWN), None)
        many = comparison.find(models, first.name) if first else None
        if not first or not many:
            return two_leaders(models, downloads, dimension)
        who = name(dimension, first.name) if dimension is Dimension.KIND else f"Creators from {_from(first.name)}"
        turn = "and" if abs(many.portion - first.portion) < 0.05 else "but"
        return f"{who} make {percent(many.portion)} of models {turn} have {percent(first.portion)} of downloads"

    return said


def _from(country: str) -> str:
    said, _ = subject(Dimension.COUNTRY, country)
    return said.replace("The ", "the ", 1)


def _members(rankings: Sequence[Ranking]) -> tuple[str, ...]:
    """Say who leads in the largest groups, and of how much nobody knows where it stands."""
    last = rankings[-1]
    told = [share for share in last.shares if share.name != NOT_KNOWN][:2]
    leading = tuple(f"{_title(share.name, last.of)}: {_creators([who for who, _ in share.members])}." for share in told)
    unknown = comparison.find(last, NOT_KNOWN)
    return (*leading, f"Not known for {percent(unknown.portion)} of {last.by}.") if unknown and unknown.value else leading


def _title(raw: str, of: str) -> str:
    return name(Dimension(of), raw)


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
        contrast=_contrast(Dimension.KIND),
        notes=_members,
        next=("creators",),
        brief=ASIDE,
    )
)

COUNTRIES = share_question(
    Topic(
        dimension=Dimension.COUNTRY,
        word="countries",
        singular="country",
        summary="Where the creators have their headquarters",
        aliases=("nations", "geography"),
        examples=("countries", "countries in trending", "countries since 2026-01"),
        over_time=ChartKind.LINES,
        contrast=_contrast(Dimension.COUNTRY),
        notes=_members,
        next=("kinds", "creators"),
        brief=ASIDE,
    )
)
