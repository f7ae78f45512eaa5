"""Creators as families of namespaces: Meta is facebook, meta-llama and others; with their kinds, countries and aliases."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.names.normalize import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KINDS = ("company", "lab", "university", "community", "individual")
NOT_KNOWN = "not known"
"""The kind and the country of a creator that isn't in the table, or whose country isn't public."""
_PRIVATE = "the country of this person isn't public"
"""The note of every person without a country."""


@dataclass(frozen=True, slots=True)
class Family:
    """A creator: one owner's namespaces under one name. ``creators.toml`` documents the fields."""

    name: str
    namespaces: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    kind: str = "community"
    country: str | None = None
    since: date = date.min
    source: str = ""
    note: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """All words for this family."""
        return (self.name, *self.namespaces, *self.aliases)


def family(namespace: str, on: date | None = None) -> str:
    """Return the family that ``namespace`` belongs to, or the namespace itself. As on the Hub, case does not matter.

    ``on`` is the date of a snapshot: before an acquisition, the namespace belongs to its earlier owner. Without a date, it is the
    present owner's.
    """
    entry = _at(_BY_NAMESPACE.get(namespace.casefold(), ()), on)
    return entry.name if entry else namespace


def namespaces(family: str) -> tuple[str, ...]:
    """Return a family's namespaces; for any other name, that name alone."""
    entry = _at(_BY_NAME.get(family, ()))
    return entry.namespaces if entry else (family,)


def kind(family: str, on: date | None = None) -> str:
    """Return a family's kind: one of :data:`KINDS`, or ``"not known"`` for a creator that isn't in the table."""
    entry = _at(_BY_NAME.get(family, ()), on)
    return entry.kind if entry else NOT_KNOWN


def country(family: str, on: date | None = None) -> str:
    """Return the name of the country of a family's headquarters; ``"not known"`` where it is not public or not in the table."""
    entry = _at(_BY_NAME.get(family, ()), on)
    return _COUNTRIES[entry.country] if entry and entry.country else NOT_KNOWN


def country_named(words: str) -> str | None:
    """Return the country that ``words`` name ("US", "united states", "China"); ``None`` if no creator is from there."""
    return _COUNTRY_BY_WORD.get(normalize(words))


def find(words: str, on: date | None = None) -> str | None:
    """Return the family that ``words`` name, however spelled ("meta", "Meta AI", "meta-llama"); ``None`` if there is none.

    The words for a family that was taken over name its present owner, or that of the date ``on``.
    """
    name = _BY_WORD.get(normalize(words))
    if name is None:
        return None
    owners = [family(namespace, on) for entry in _BY_NAME[name] for namespace in entry.namespaces]
    return name if name in owners else owners[0]


def load(text: str) -> tuple[Family, ...]:
    """Read the entries of a table in TOML, those of individuals last.

    Raises:
        ValueError: naming the entry that lacks a field, has an unknown one, or claims a name that another entry has.

    """
    return _entries(tomllib.loads(text))


def _entries(table: dict[str, Any]) -> tuple[Family, ...]:
    people = [_individual(account, since) for account, since in table.get("individuals", {}).items()]
    entries = (*map(_family, table.get("family", [])), *people)
    owners: dict[str, Family] = {}
    for entry in entries:
        if entry.country and entry.country not in table.get("countries", {}):
            raise ValueError(f"creators.toml: {entry.name}: the country {entry.country} has no name under [countries]")
        for word in entry.words:
            owner = owners.setdefault(normalize(word), entry)
            if owner.name != entry.name and not _changed_hands(word, owner, entry):
                raise ValueError(f"creators.toml: “{word}” means both “{owner.name}” and “{entry.name}”")
    _require_unique(((entry.name, entry.since) for entry in entries), "the name")
    _require_unique(((name.casefold(), entry.since) for entry in entries for name in entry.namespaces), "the namespace")
    return entries


def _changed_hands(word: str, first: Family, second: Family) -> bool:
    """Return whether a word is a namespace that two families have had one after the other."""
    both = {normalize(name) for name in first.namespaces} & {normalize(name) for name in second.namespaces}
    return normalize(word) in both and first.since != second.since


def _family(entry: dict[str, Any]) -> Family:
    name = entry.get("name") or "an entry without a name"
    unknown = entry.keys() - {"name", "namespaces", "aliases", "kind", "country", "since", "source", "note"}
    if unknown:
        raise ValueError(f"creators.toml: {name}: unknown {', '.join(sorted(unknown))}")
    if not entry.get("name") or not entry.get("namespaces"):
        raise ValueError(f"creators.toml: {name}: a family has a name and at least one namespace")
    if not all(map(normalize, (name, *entry["namespaces"], *entry.get("aliases", ())))):
        raise ValueError(f"creators.toml: {name}: a name, namespace or alias has no letter or digit")
    if entry.get("kind") not in KINDS:
        raise ValueError(f"creators.toml: {name}: kind is one of {', '.join(KINDS)}, not “{entry.get('kind')}”")
    country, note = entry.get("country"), entry.get("note", "")
    if country is not None and not re.fullmatch("[A-Z]{2}", country):
        raise ValueError(f"creators.toml: {name}: country is two capital letters, not “{country}”")
    if not country and not note:
        if entry["kind"] != "individual":
            raise ValueError(f"creators.toml: {name}: without a country it needs a note that says why")
        note = _PRIVATE
    if not str(entry.get("source", "")).startswith("https://"):
        raise ValueError(f"creators.toml: {name}: source is an address")
    since = _date(name, entry.get("since"))
    aliases = tuple(entry.get("aliases", ()))
    return Family(name, tuple(entry["namespaces"]), aliases, entry["kind"], country, since, entry["source"], note)


def _individual(account: str, since: object) -> Family:
    source = f"https://huggingface.co/{account}"
    return Family(account, (account,), (), "individual", None, _date(account, since), source, _PRIVATE)


def _date(name: str, value: object) -> date:
    # A datetime is a date, too.
    if type(value) is not date:
        raise ValueError(f"creators.toml: {name}: since is a date")
    return value


def _require_unique(values: Iterable[tuple[str, date]], what: str) -> None:
    """Require that no name has two entries from the same date."""
    seen: set[tuple[str, date]] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"creators.toml: {what} “{value[0]}” appears twice")
        seen.add(value)


def _at(entries: Sequence[Family], on: date | None = None) -> Family | None:
    """Return the entry that holds on a date: the last one that has begun, else the first; the last one without a date."""
    begun = entries if on is None else [entry for entry in entries if entry.since <= on]
    return begun[-1] if begun else next(iter(entries), None)


def _grouped(pairs: Iterable[tuple[str, Family]]) -> dict[str, tuple[Family, ...]]:
    groups: dict[str, list[Family]] = {}
    for key, entry in pairs:
        groups.setdefault(key, []).append(entry)
    return {key: tuple(sorted(entries, key=lambda entry: entry.since)) for key, entries in groups.items()}


_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
ENTRIES = _entries(_TABLE)
"""Every entry of the table: several of one name where its facts changed, several with one namespace where its owner changed."""

_BY_NAME = _grouped((entry.name, entry) for entry in ENTRIES)
_BY_NAMESPACE = _grouped((name.casefold(), entry) for entry in ENTRIES for name in entry.namespaces)
_BY_WORD: dict[str, str] = {}
for _entry in sorted(ENTRIES, key=lambda entry: entry.since):
    for _word in _entry.words:
        _BY_WORD.setdefault(normalize(_word), _entry.name)

FAMILIES = tuple(entries[-1] for name, entries in _BY_NAME.items() if any(family(ns) == name for ns in entries[-1].namespaces))
"""The present families; those whose namespaces all went to others are only in :data:`ENTRIES`."""

_COUNTRY_NAMES: dict[str, list[str]] = _TABLE["countries"]
_COUNTRIES = {code: called[0] for code, called in _COUNTRY_NAMES.items()}
_COUNTRY_BY_WORD = {normalize(word): called[0] for code, called in _COUNTRY_NAMES.items() for word in (code, *called)}


def country_words() -> tuple[tuple[str, str], ...]:
    """Return all words for countries, in lower case, each with the country's name."""
    return tuple((word.casefold(), called[0]) for code, called in _COUNTRY_NAMES.items() for word in (code, *called))
