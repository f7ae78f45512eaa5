"""Numbers, dates, names and lists as they read in sentences and on charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.answer import Basis
from analytics.domain import NONE_DECLARED, Dimension, ListName, Measure
from analytics.formatting.numbers import count, percent, rounded_change
from analytics.names import creators, licenses

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from analytics.answer import Ranking, Share, Shift, Source

MINUS = "\u2212"
DASH = "\u2013"
_ALL = 0.9995
"""Coverage that rounds to 100.0%."""
_LEAST_PART = 1e-9
"""Part of a measure below which what isn't recorded comes from rounding."""
_FAR = 3
"""Ratio of the bounds of a shift from which only the lower one is told."""
LEAST_CHANGE = 0.0005
"""A change of a share, as a portion, below this rounds to 0.0 percentage points."""
_BY_ID = frozenset({Dimension.CREATOR, Dimension.NAMESPACE, Dimension.KIND, Dimension.COUNTRY})
_WITH_ARTICLE = ("Netherlands", "United Kingdom", "United States")


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A name as the subject or object of a sentence."""

    text: str
    """Inside a sentence: ``companies``, ``the United States``, ``Meta``."""
    start: str
    """At its start: ``Companies``, ``The United States``, ``Meta``."""
    plural: bool = False

    @property
    def has(self) -> str:
        """The form of "to have" that agrees with it."""
        return "have" if self.plural else "has"

    @property
    def be(self) -> str:
        """``is`` or ``are``."""
        return "are" if self.plural else "is"

    @property
    def pronoun(self) -> str:
        """``it`` or ``they``."""
        return "they" if self.plural else "it"

    def of(self, noun: str) -> str:
        """Return the phrase as the owner of a noun: ``Meta's downloads``, ``downloads of models with no declared license``."""
        if " with " in self.text or " of " in self.text or self.text.startswith("licenses "):
            return f"{noun} of {self.text}"
        return f"{possessive(self.text)} {noun}"


def possessive(text: str) -> str:
    """Return ``Meta's``, ``Sentence Transformers'``."""
    return f"{text}'" if text.endswith("s") else f"{text}'s"


def signed(change: float) -> str:
    """Format a change of a share in percentage points with its sign: -0.041 as minus 4.1, 0.0001 as ``0.0``."""
    rounded = round(change * 100, 1) + 0.0
    sign = "+" if rounded > 0 else MINUS if rounded < 0 else ""
    return f"{sign}{abs(rounded):.1f}"


def points(change: float) -> str:
    """Format a change of a share with its sign and the short unit: ``+4.1 points``, ``+1.0 point``."""
    number = signed(change)
    return f"{number} {'point' if number.lstrip('+' + MINUS) == '1.0' else 'points'}"


def size(change: float, unit: str = "percentage point") -> str:
    """Format the size of a change of a share, where a verb says its direction: ``4.1 percentage points``, ``1.0 point``."""
    number = signed(change).lstrip("+" + MINUS)
    return f"{number} {unit}" if number == "1.0" else f"{number} {unit}s"


def points_of(shift: Shift) -> float:
    """Return a shift as it's told: the difference of its shares as they are shown; exact where it's told by bounds."""
    return shift.points if shift.basis is Basis.BOUNDS else rounded_change(shift.before, shift.after)


def size_of(shift: Shift, unit: str = "percentage point") -> str:
    """Format the size of a shift: as :func:`size`, or as its bounds where it's told by these: ``3.1 to 8.2 points``.

    Bounds that lie far apart say little but the lower one: ``at least 1.0 point``.
    """
    if shift.basis is not Basis.BOUNDS or shift.low is None or shift.high is None:
        return size(points_of(shift), unit)
    least, most = sorted((abs(shift.low), abs(shift.high)))
    return f"at least {size(least, unit)}" if most > _FAR * least else f"{signed(least).lstrip('+')} to {size(most, unit)}"


def bounds_of_change(low: float, high: float) -> str:
    """Format the bounds of a change with their signs, without a unit, as :func:`size_of`: ``+3.1 to +8.2``, ``at least +1.0``."""
    least, most = sorted((low, high), key=abs)
    return f"at least {signed(least)}" if abs(most) > _FAR * abs(least) else f"{signed(least)} to {signed(most)}"


def change_of(shift: Shift) -> str:
    """Format a shift with its sign: as :func:`points`, or as its bounds where it's told by these: ``+3.1 to +8.2 points``."""
    if shift.basis is not Basis.BOUNDS or shift.low is None or shift.high is None:
        return points(points_of(shift))
    return f"{signed(shift.low)} to {signed(shift.high)} points"


def of_known(shift: Shift, dimension: Dimension) -> str:
    """Name what the shares of a shift are of: ``downloads``, or ``downloads with a known license``."""
    known = f" with a known {fact(dimension)}" if shift.basis is Basis.BOTH else ""
    return f"{of_measure(shift.by)}{known}"


def of_ranked(ranking: Ranking, dimension: Dimension, places: Sequence[Share]) -> str:
    """Name what shares are of whose ranks are told: of what is known only, where what isn't could change one of those ranks."""
    unknown = ranking.total - ranking.recorded
    is_open = any(
        share.value <= unknown
        or any(other.name != share.name and abs(other.value - share.value) <= unknown for other in ranking.ranked)
        for share in places
    )
    known = f" with a known {fact(dimension)}" if unknown > _LEAST_PART * ranking.total and is_open else ""
    return f"{of_measure(ranking.by)}{known}"


def fact(dimension: Dimension) -> str:
    """Name what may not be known of a model: its license; not its creator, which its ID tells, so then the task asked for."""
    return Dimension.TASK if dimension in _BY_ID else dimension


def ordinal(rank: int) -> str:
    """Return 1 as ``1st``, 12 as ``12th``, 23 as ``23rd``."""
    suffix = "th" if rank % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{suffix}"


def plural(number: float, noun: str) -> str:
    """Return ``1 model``, ``2 models``, ``0.5 models``; a noun in -y or -ry takes -ies."""
    many = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"
    return f"{count(number)} {noun if number == 1 else many}"


def enumerate_(names: Sequence[str], conjunction: str = "and") -> str:
    """Return ``A``, ``A and B``, ``A, B and C``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {conjunction} {names[-1]}" if names else ""


def enumerate_phrases(phrases: Sequence[NounPhrase]) -> NounPhrase:
    """Join several subjects into one: ``Meta and Google`` with the verb in the plural."""
    if len(phrases) == 1:
        return phrases[0]
    others = [phrase.text for phrase in phrases[1:]]
    return NounPhrase(enumerate_([phrases[0].text, *others]), enumerate_([phrases[0].start, *others]), plural=True)


def name(dimension: Dimension | None, raw: str) -> str:
    """Return a name as a label in a table or chart: ``apache-2.0`` as ``Apache-2.0``, ``company`` as ``Companies``."""
    match dimension:
        case Dimension.LICENSE:
            return licenses.title(raw)
        case Dimension.KIND | Dimension.DERIVATION:
            label = raw if raw == creators.NOT_KNOWN else f"{raw[:-1]}ies" if raw.endswith("y") else f"{raw}s"
            return label[:1].upper() + label[1:]
        case Dimension.FAMILY | Dimension.ACCESS | Dimension.COUNTRY:
            return raw[:1].upper() + raw[1:]
        case _:
            return raw


def noun_phrase(dimension: Dimension, raw: str) -> NounPhrase:
    """Return a name for use in a sentence: ``the United States``, ``permissive licenses``, ``models with no declared task``."""
    words = _plural_words(dimension, raw)
    if words:
        return NounPhrase(words, words[:1].upper() + words[1:], plural=True)
    if dimension is Dimension.COUNTRY and raw in _WITH_ARTICLE:
        return NounPhrase(f"the {raw}", f"The {raw}")
    return NounPhrase(name(dimension, raw), name(dimension, raw))


def _plural_words(dimension: Dimension, raw: str) -> str:
    """Return the common noun that a name stands for; ``""`` for a proper name."""
    if raw == NONE_DECLARED:
        return f"models with no declared {'license' if dimension is Dimension.FAMILY else dimension.value}"
    if raw == creators.NOT_KNOWN:
        return "creators of unknown kind" if dimension is Dimension.KIND else "creators with no known country"
    if dimension is Dimension.LICENSE and raw == licenses.OTHER:
        return "licenses tagged “other”"
    plurals = {
        Dimension.FAMILY: f"{raw} licenses",
        Dimension.ACCESS: raw.replace(", ", " models with ") if ", " in raw else f"{raw} models",
        Dimension.KIND: f"{raw[:-1]}ies" if raw.endswith("y") else f"{raw}s",
        Dimension.DERIVATION: f"{raw}s",
    }
    return plurals.get(dimension, "")


def of_measure(by: Measure) -> str:
    """Name what a share is a share of."""
    return {Measure.MODELS: "models", Measure.DOWNLOADS: "downloads", Measure.LIKES: "likes"}[by]


def of_list(within: ListName, size: int) -> str:
    """Describe the models of a list: ``the 300 most-downloaded models``."""
    match within:
        case ListName.HUB:
            return f"the {plural(size, 'public model')}"
        case ListName.TRENDING:
            return f"the {plural(size, 'model')} with the highest trending score"
        case ListName.LIKED:
            return f"the {plural(size, 'most-liked model')}"
        case ListName.BOTH:
            return f"the {plural(size, 'model')} of the top and trending lists"
        case _:
            return f"the {plural(size, 'most-downloaded model')}"


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


def top_of(within: ListName, size: int) -> str:
    """Name a list by its length where a model can fall out of it: ``the top 30``, ``the trending 300``."""
    return {
        ListName.TOP: f"the top {size}",
        ListName.TRENDING: f"the trending {size}",
        ListName.LIKED: f"the {size} most liked",
    }.get(within, f"the {short_list(within)}")


def known_for(source: Source) -> str:
    """Say what part of the models, downloads and so on is recorded, at both dates of a comparison; ``""`` where all is.

    ``86.7% of models and 76.5% of downloads (92.9% before)``.
    """
    if not source.coverages:
        return f"{percent(source.coverage)} of models" if source.coverage < _ALL else ""
    if all(part >= _ALL for coverage in source.coverages for part in (coverage.now, coverage.before) if part is not None):
        return ""
    parts = []
    for coverage in source.coverages:
        before = "" if coverage.before is None else percent(coverage.before)
        now = percent(coverage.now)
        parts.append(f"{now} of {coverage.by}" + (f" ({before} before)" if before not in {"", now} else ""))
    return enumerate_(parts)


def window(by: Measure | None) -> str:
    """Describe a measure with the time that it covers."""
    if by is Measure.LIKES:
        return "all-time likes"
    return "models" if by is Measure.MODELS else "downloads in the last 30 days"


def day(when: date) -> str:
    """Return a date for a sentence: ``August 22, 2026``."""
    return f"{when:%B} {when.day}, {when.year}"


def short_day(when: date) -> str:
    """Return a date for a chart: ``Aug 22, 2026``."""
    return f"{when:%b} {when.day}, {when.year}"


def short_period(first: date, last: date) -> str:
    """Return a range of dates for a chart: with an en dash: Aug 7 to 22, 2026; Jul 31 to Aug 22, 2026."""
    if first.year != last.year:
        return f"{short_day(first)} {DASH} {short_day(last)}"
    end = f"{last.day}, {last.year}" if first.month == last.month else short_day(last)
    return f"{first:%b} {first.day} {DASH} {end}"
