"""Creators as families of namespaces: Meta is facebook, meta-llama and others; with their kinds, countries and aliases."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.names.normalize import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = ("company", "lab", "university", "community", "individual")
NOT_KNOWN = "not known"
"""The kind and the country of a creator that isn't in the table, or whose country isn't public."""


@dataclass(frozen=True, slots=True)
class Family:
    """A creator: one owner's namespaces under one name. ``creators.toml`` documents the fields."""

    name: str
    namespaces: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    kind: str = "community"
    country: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """All words for this family."""
        return (self.name, *self.namespaces, *self.aliases)


def family(namespace: str) -> str:
    """Return the family that ``namespace`` belongs to, or the namespace itself. As on the Hub, case does not matter."""
    return _BY_NAMESPACE.get(namespace.casefold(), namespace)


def namespaces(family: str) -> tuple[str, ...]:
    """Return a family's namespaces; for any other name, that name alone."""
    entry = _BY_NAME.get(family)
    return entry.namespaces if entry else (family,)


def kind(family: str) -> str:
    """Return a family's kind: one of :data:`KINDS`, or ``"not known"`` for a creator that isn't in the table."""
    entry = _BY_NAME.get(family)
    return entry.kind if entry else NOT_KNOWN


def country(family: str) -> str:
    """Return the name of the country of a family's headquarters; ``"not known"`` where it is not public or not in the table."""
    entry = _BY_NAME.get(family)
    return _COUNTRIES[entry.country] if entry and entry.country else NOT_KNOWN


def country_named(words: str) -> str | None:
    """Return the country that ``words`` name ("US", "united states", "China"); ``None`` if no creator is from there."""
    return _COUNTRY_BY_WORD.get(normalize(words))


def find(words: str) -> str | None:
    """Return the family that ``words`` name, however spelled ("meta", "Meta AI", "meta-llama"); ``None`` if there is none."""
    return _BY_WORD.get(normalize(words))


def load(text: str) -> tuple[Family, ...]:
    """Read families from TOML.

    Raises:
        ValueError: naming the entry that lacks a field, has an unknown one, or claims a name that another entry has.

    """
    return _families(tomllib.loads(text))


def _families(table: dict[str, Any]) -> tuple[Family, ...]:
    families = tuple(_family(entry) for entry in table["family"])
    for entry in families:
        if entry.country and entry.country not in table.get("countries", {}):
            raise ValueError(f"creators.toml: {entry.name}: the country {entry.country} has no name under [countries]")
    owners: dict[str, str] = {}
    for entry in families:
        for word in entry.words:
            owner = owners.setdefault(normalize(word), entry.name)
            if owner != entry.name:
                raise ValueError(f"creators.toml: “{word}” means both “{owner}” and “{entry.name}”")
    _require_unique((entry.name for entry in families), "the name")
    _require_unique((namespace.casefold() for entry in families for namespace in entry.namespaces), "the namespace")
    return families


def _family(entry: dict[str, Any]) -> Family:
    name = entry.get("name") or "an entry without a name"
    unknown = entry.keys() - {"name", "namespaces", "aliases", "kind", "country"}
    if unknown:
        raise ValueError(f"creators.toml: {name}: unknown {', '.join(sorted(unknown))}")
    if not entry.get("name") or not entry.get("namespaces"):
        raise ValueError(f"creators.toml: {name}: a family has a name and at least one namespace")
    if not all(map(normalize, (name, *entry["namespaces"], *entry.get("aliases", ())))):
        raise ValueError(f"creators.toml: {name}: a name, namespace or alias has no letter or digit")
    if entry.get("kind") not in KINDS:
        raise ValueError(f"creators.toml: {name}: kind is one of {', '.join(KINDS)}, not “{entry.get('kind')}”")
    if not re.fullmatch("[A-Z]{2}", entry.get("country", "XX")):
        raise ValueError(f"creators.toml: {name}: country is two capital letters, not “{entry['country']}”")
    return Family(name, tuple(entry["namespaces"]), tuple(entry.get("aliases", ())), entry["kind"], entry.get("country"))


def _require_unique(values: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"creators.toml: {what} “{value}” appears twice")
        seen.add(value)


_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
FAMILIES = _families(_TABLE)

_BY_NAME = {entry.name: entry for entry in FAMILIES}
_BY_NAMESPACE = {namespace.casefold(): entry.name for entry in FAMILIES for namespace in entry.namespaces}
_BY_WORD = {normalize(word): entry.name for entry in FAMILIES for word in entry.words}
_COUNTRY_NAMES: dict[str, list[str]] = _TABLE["countries"]
_COUNTRIES = {code: called[0] for code, called in _COUNTRY_NAMES.items()}
_COUNTRY_BY_WORD = {normalize(word): called[0] for code, called in _COUNTRY_NAMES.items() for word in (code, *called)}


def country_words() -> tuple[tuple[str, str], ...]:
    """Return all words for countries, in lower case, each with the country's name."""
    return tuple((word.casefold(), called[0]) for code, called in _COUNTRY_NAMES.items() for word in (code, *called))
