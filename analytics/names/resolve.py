"""From the name that a person typed to the name that the data has. Knows the name tables and what it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process, utils

from analytics.domain import EVERYONE_ELSE, Dimension
from analytics.errors import QueryError
from analytics.names import creators, licenses, tasks
from analytics.names.grouping import creator, folded
from analytics.names.normalize import normalize
from analytics.query import Query

if TYPE_CHECKING:
    from collections.abc import Collection

_ALIKE = 60
"""Similarity (0 to 100) from which another name is offered."""
_OFFERED = 3
_WORSE = 15
"""How much less alike than the nearest another name may be to be offered with it."""
_DIMENSIONS = {word: dimension for dimension in Dimension for word in (dimension.value, dimension.plural)} | {
    "licence": Dimension.LICENSE,
    "licences": Dimension.LICENSE,
    "license families": Dimension.FAMILY,
    "licence families": Dimension.FAMILY,
}


def dimension_named(typed: str) -> Dimension | None:
    """Return the dimension that a word means, singular or plural; ``None`` if it means none."""
    return _DIMENSIONS.get(typed.casefold())


def resolve(typed: str, dimension: Dimension, names: Collection[str], query: Query) -> str:
    """Return the name in the data, or the official one where the data has none of it.

    ``names`` are those of the data (namespaces, for creators); ``query`` is rewritten for the suggestions.

    Raises:
        QueryError: when nothing has that name, with the nearest ones.

    """
    found = lookup(typed, dimension, names)
    if found is not None:
        return found
    near = nearest(typed, dimension, names)
    said = f" Nearest: {', '.join(near)}." if near else ""
    if EVERYONE_ELSE in names:
        said = f" Of the whole Hub the small ones are not told apart.{said}"
    suggestions = tuple(_instead(query, typed, other) for other in near) or (str(Query(dimension.plural, within=query.within)),)
    raise QueryError(f"I know no {dimension} “{typed}”.{said}", suggestions)


def lookup(typed: str, dimension: Dimension, names: Collection[str]) -> str | None:
    """Return the name in the data or the official one; ``None`` if neither knows it. Case, spaces and hyphens are forgiven."""
    official = _OFFICIAL.get(dimension)
    if official:
        return official(typed)
    if dimension is Dimension.CREATOR:
        known = creators.find(typed)
        namespace = None if known else _same(typed, names)
        return known or (creator(namespace) if namespace else None)
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
    """Return the names of the data most like what was typed, the most alike first."""
    if dimension is Dimension.CREATOR:
        spoken = {
            word: family.name for family in creators.FAMILIES for word in (family.name, *family.namespaces, *family.aliases)
        }
        spoken |= {name: creator(name) for name in names}
    else:
        spoken = {folded(dimension, name): folded(dimension, name) for name in names}
    found = process.extract(
        typed, list(spoken), scorer=fuzz.WRatio, processor=utils.default_process, limit=12, score_cutoff=_ALIKE
    )
    best = found[0][1] if found else 0.0
    return list(dict.fromkeys(spoken[word] for word, score, _ in found if score >= best - _WORSE))[:_OFFERED]


def _kind(typed: str) -> str | None:
    wanted = normalize(typed)
    kinds = {normalize(kind): kind for kind in (*creators.KINDS, creators.NOT_KNOWN)}
    plurals = {"companies": "company", "universities": "university", "communities": "community", "people": "individual"}
    return kinds.get(wanted) or kinds.get(wanted.removesuffix("s")) or plurals.get(wanted)


def _country(typed: str) -> str | None:
    return creators.NOT_KNOWN if normalize(typed) == normalize(creators.NOT_KNOWN) else creators.country_named(typed)


_OFFICIAL = {Dimension.FAMILY: licenses.family_named, Dimension.KIND: _kind, Dimension.COUNTRY: _country}
"""What finds a name that is not the data's own but a table's."""


def _same(typed: str, names: Collection[str]) -> str | None:
    if typed in names:
        return typed
    wanted = normalize(typed)
    return next((name for name in names if normalize(name) == wanted), None)


def _instead(query: Query, typed: str, name: str) -> str:
    if query.task == typed:
        return str(query.but(task=name))
    return str(query.but(names=tuple(name if n == typed else n for n in query.names)))
