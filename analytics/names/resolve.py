"""Resolves names as people type them to names in the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process, utils

from analytics.domain import EVERYONE_ELSE, Dimension
from analytics.errors import QueryError
from analytics.names import creators, licenses, tasks
from analytics.names.grouping import creator, grouped_name
from analytics.names.normalize import normalize
from analytics.query import Query

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

_SIMILAR = 60
"""Least similarity (0 to 100) of a suggested name."""
_SUGGESTIONS = 3
_RANGE = 15
"""Largest difference in similarity between a suggested name and the most similar one."""
_DIMENSIONS = {word: dimension for dimension in Dimension for word in (dimension.value, dimension.plural)} | {
    "licence": Dimension.LICENSE,
    "licences": Dimension.LICENSE,
    "license families": Dimension.FAMILY,
    "licence families": Dimension.FAMILY,
}


def dimension_named(typed: str) -> Dimension | None:
    """Return the dimension for a word, singular or plural; ``None`` if there is none."""
    return _DIMENSIONS.get(typed.casefold())


def resolve(typed: str, dimension: Dimension, names: Collection[str], query: Query, on: date | None = None) -> str:
    """Return the name in the data, or the official one where the data doesn't have it.

    ``names`` are those of the data (namespaces, for creators), ``on`` its date; ``query`` is rewritten for the suggestions.

    Raises:
        QueryError: when nothing has that name; the most similar ones are suggested.

    """
    name = lookup(typed, dimension, names, on)
    if name is not None:
        return name
    similar = nearest(typed, dimension, names)
    hint = f" Did you mean {', '.join(similar[:-1])}{' or ' if len(similar) > 1 else ''}{similar[-1]}?" if similar else ""
    if EVERYONE_ELSE in names:
        hint = f" The small {dimension.plural} of the whole Hub aren't stored by name.{hint}"
    suggestions = tuple(_instead(query, typed, other) for other in similar)
    raise QueryError(
        f"I don't know the {dimension} “{typed}”.{hint}", suggestions or (str(Query(dimension.plural, within=query.within)),)
    )


def lookup(typed: str, dimension: Dimension, names: Collection[str], on: date | None = None) -> str | None:
    """Return the name in the data or the official one, ignoring case, spaces and hyphens; ``None`` if there is none.

    ``on`` is the date of the data: words for a creator that was taken over name its owner on that date.
    """
    official = _OFFICIAL.get(dimension)
    if official:
        return official(typed)
    if dimension is Dimension.CREATOR:
        known = creators.find(typed, on)
        namespace = None if known else _same(typed, names)
        return known or (creator(namespace, on) if namespace else None)
    in_data = _same(typed, names)
    if in_data is not None:
        return in_data
    match dimension:
        case Dimension.LICENSE:
            return licenses.find(typed)
        case Dimension.TASK:
            return tasks.find(typed)
        case _:
            return None


def nearest(typed: str, dimension: Dimension, names: Collection[str]) -> list[str]:
    """Return the names in the data that are most similar to what was typed, the most similar first."""
    if dimension is Dimension.CREATOR:
        by_word = {
            word: family.name for family in creators.FAMILIES for word in (family.name, *family.namespaces, *family.aliases)
        }
        by_word |= {name: creator(name) for name in names}
    else:
        by_word = {grouped_name(dimension, name): grouped_name(dimension, name) for name in names}
    matches = process.extract(
        typed, list(by_word), scorer=fuzz.WRatio, processor=utils.default_process, limit=12, score_cutoff=_SIMILAR
    )
    best = matches[0][1] if matches else 0.0
    return list(dict.fromkeys(by_word[word] for word, score, _ in matches if score >= best - _RANGE))[:_SUGGESTIONS]


def _kind(typed: str) -> str | None:
    normalized = normalize(typed)
    kinds = {normalize(kind): kind for kind in (*creators.KINDS, creators.NOT_KNOWN)}
    plurals = {"companies": "company", "universities": "university", "communities": "community", "people": "individual"}
    return kinds.get(normalized) or kinds.get(normalized.removesuffix("s")) or plurals.get(normalized)


def _country(typed: str) -> str | None:
    return creators.NOT_KNOWN if normalize(typed) == normalize(creators.NOT_KNOWN) else creators.country_named(typed)


_OFFICIAL = {Dimension.FAMILY: licenses.family_named, Dimension.KIND: _kind, Dimension.COUNTRY: _country}
"""Lookups for the dimensions whose names come from a table."""


def _same(typed: str, names: Collection[str]) -> str | None:
    if typed in names:
        return typed
    normalized = normalize(typed)
    return next((name for name in names if normalize(name) == normalized), None)


def _instead(query: Query, typed: str, name: str) -> str:
    if query.task == typed:
        return str(query.but(task=name))
    return str(query.but(names=tuple(name if n == typed else n for n in query.names)))
