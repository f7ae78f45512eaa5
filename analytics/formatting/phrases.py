"""Numbers and lists in sentences: the one place that decides how they read. No data, no looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.domain import NONE_DECLARED, Dimension, ListName, Measure
from analytics.formatting.numbers import count
from analytics.names import creators, licenses

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

MINUS = "\u2212"


def points(shift: float) -> str:
    """-0.041 as ``-4.1 points``; the sign always stands, and it is a minus sign, not a hyphen."""
    rounded = round(shift * 100, 1) + 0.0
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else "±"
    return f"{sign}{abs(rounded):.1f} {'point' if abs(rounded) == 1 else 'points'}"


def ordinal(rank: int) -> str:
    """Return 1 as ``1st``, 12 as ``12th``, 23 as ``23rd``."""
    suffix = "th" if rank % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{suffix}"


def plural(number: float, noun: str) -> str:
    """Return ``1 model``, ``2 models``, ``0.5 models``; a noun in -y or -ry takes -ies."""
    many = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"
    return f"{count(number)} {noun if number == 1 else many}"


def enumerate_(names: Sequence[str]) -> str:
    """Return ``A``, ``A and B``, ``A, B and C``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def name(dimension: Dimension | None, raw: str) -> str:
    """Return the name as people write it: ``apache-2.0`` as ``Apache-2.0``, ``company`` as ``Companies``."""
    match dimension:
        case Dimension.LICENSE:
            return licenses.title(raw)
        case Dimension.KIND | Dimension.DERIVATION:
            several = raw if raw == creators.NOT_KNOWN else f"{raw[:-1]}ies" if raw.endswith("y") else f"{raw}s"
            return several[:1].upper() + several[1:]
        case Dimension.FAMILY | Dimension.ACCESS | Dimension.COUNTRY:
            return raw[:1].upper() + raw[1:]
        case _:
            return raw


def subject(dimension: Dimension, raw: str) -> tuple[str, str]:
    """Return a name as the subject of a sentence, and the form of "to have" that goes with it: ``("Companies", "have")``."""
    label = name(dimension, raw)
    match dimension:
        case Dimension.FAMILY if raw != NONE_DECLARED:
            return f"{label} licenses", "have"
        case Dimension.ACCESS:
            return f"{label} models", "have"
        case Dimension.KIND | Dimension.DERIVATION if raw != creators.NOT_KNOWN:
            return label, "have"
        case Dimension.COUNTRY if raw.startswith("United ") or raw == "Netherlands":
            return f"The {label}", "has"
        case _:
            return label, "has"


def of_measure(by: Measure) -> str:
    """Name what a share is a share of."""
    return {Measure.MODELS: "models", Measure.DOWNLOADS: "downloads", Measure.LIKES: "likes"}[by]


def of_list(within: ListName, size: int) -> str:
    """Say which models are looked at: ``the 300 models with most downloads``."""
    if within is ListName.HUB:
        return f"the {plural(size, 'public model')}"
    which = {
        ListName.TOP: "with most downloads",
        ListName.TRENDING: "with the highest trending score",
        ListName.LIKED: "with most likes",
        ListName.BOTH: "that lead by downloads or by trending score",
    }[within]
    return f"the {plural(size, 'model')} {which}"


def ranked_by(within: ListName) -> str:
    """Name what puts a list in order."""
    return {ListName.TRENDING: "trending score", ListName.LIKED: "likes"}.get(within, "downloads")


def short_list(within: ListName) -> str:
    """Name a list in two words."""
    return {
        ListName.TOP: "top list",
        ListName.TRENDING: "trending list",
        ListName.LIKED: "most-liked list",
        ListName.BOTH: "top and trending lists",
        ListName.HUB: "whole Hub",
    }[within]


def window(by: Measure | None) -> str:
    """Say over what time a measure runs."""
    if by is Measure.LIKES:
        return "likes to date"
    return "models" if by is Measure.MODELS else "downloads of the last 30 days"


def day(when: date) -> str:
    """Return ``22 August 2026``."""
    return f"{when.day} {when:%B %Y}"
