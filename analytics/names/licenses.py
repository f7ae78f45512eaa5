"""The Hub's license tags: their families, titles and aliases."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analytics.domain import NONE_DECLARED
from analytics.names.normalize import normalize

OTHER = "other"
FAMILIES = (
    "permissive",
    "weak copyleft",
    "strong copyleft",
    "responsible AI",
    "model-specific",
    "non-commercial",
    OTHER,
    NONE_DECLARED,
)
"""From the most to the least permissive; ``licenses.toml`` describes each."""

_NONE_WORDS = ("none", "no license", "undeclared", "not declared", NONE_DECLARED)
_FILLERS = re.compile(r"\b(?:the|licen[cs]es?|version|international|unported)\b|v(?=\d)|(?<=\d)[.\s-]0(?![.\d])", re.IGNORECASE)
"""Words that don't distinguish licenses: "Apache License, v2.0" is "apache 2"."""


@dataclass(frozen=True, slots=True)
class License:
    """One license tag. ``licenses.toml`` documents the fields."""

    tag: str
    family: str
    title: str
    name: str
    spdx: str | None = None
    aliases: tuple[str, ...] = ()
    spelling_of: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """All words for this license, except other spellings of the tag."""
        return tuple(filter(None, (self.tag, self.title, self.name, self.spdx, *self.aliases)))


def license_family(tag: str) -> str:
    """Return the one of :data:`FAMILIES` that a tag belongs to; ``"other"`` for an unknown tag."""
    if tag == NONE_DECLARED:
        return NONE_DECLARED
    license_ = _BY_TAG.get(official(tag))
    return license_.family if license_ else OTHER


def family_named(words: str) -> str | None:
    """Return the one of :data:`FAMILIES` that ``words`` name ("copyleft weak", "RAIL", "undeclared"); ``None`` for none."""
    return _FAMILY_BY_WORD.get(normalize(words)) or _FAMILY_BY_WORD.get(_normalize(words))


def title(tag: str) -> str:
    """Return the title of a license: "Apache-2.0", "Llama 3.1"; the tag itself if it's unknown."""
    license_ = _BY_TAG.get(official(tag))
    return license_.title if license_ else tag


def official(tag: str) -> str:
    """Return the Hub's tag for a spelling of it ("apache-license-2.0", "Apache 2.0", "mit_license"); an unknown one as it is."""
    license_ = _BY_TAG.get(tag.casefold())
    return license_.spelling_of or license_.tag if license_ else _BY_SPELLING.get(_normalize(tag), tag)


def find(words: str) -> str | None:
    """Return the tag that ``words`` mean ("apache", "Apache 2", "mit license"), or ``None``. "none" means none declared."""
    exact = _BY_TAG.get(words.strip().casefold())
    return official(exact.tag) if exact else _BY_WORD.get(_normalize(words))


def load(text: str) -> tuple[License, ...]:
    """Read licenses from TOML.

    Raises:
        ValueError: naming the entry that lacks a field, has an unknown one, or claims a word that another entry has.

    """
    entries = tomllib.loads(text)["license"]
    licenses: dict[str, License] = {}
    owners = {_normalize(word): NONE_DECLARED for word in _NONE_WORDS}
    for entry in entries:
        license_ = _license(entry, licenses)
        if license_.tag in licenses:
            raise ValueError(f"licenses.toml: {license_.tag} appears twice")
        licenses[license_.tag] = license_
        for word in () if license_.spelling_of else license_.words:
            owner = owners.setdefault(_normalize(word), license_.tag)
            if owner != license_.tag:
                raise ValueError(f"licenses.toml: “{word}” means both {owner} and {license_.tag}")
    return tuple(licenses.values())


def _license(entry: dict[str, Any], known: dict[str, License]) -> License:
    tag = entry.get("tag")
    if not tag or tag != tag.casefold():
        raise ValueError(f"licenses.toml: {tag or 'an entry'} has no tag in lower case")
    unknown = entry.keys() - {"tag", "family", "spdx", "title", "name", "aliases", "spelling_of"}
    if unknown:
        raise ValueError(f"licenses.toml: {tag}: unknown {', '.join(sorted(unknown))}")
    if original := entry.get("spelling_of"):
        if original not in known:
            raise ValueError(f"licenses.toml: {tag} is a spelling of {original}, which is not above it")
        return replace(known[original], tag=tag, title=tag, aliases=(), spelling_of=original)
    if entry.get("family") not in FAMILIES[:-1]:
        raise ValueError(f"licenses.toml: {tag}: family is one of {', '.join(FAMILIES[:-1])}, not “{entry.get('family')}”")
    spdx = entry.get("spdx")
    shown = entry.get("title", spdx)
    if not shown:
        raise ValueError(f"licenses.toml: {tag}: without an SPDX identifier it needs a title")
    return License(tag, entry["family"], shown, entry.get("name", shown), spdx, tuple(entry.get("aliases", ())))


def _normalize(words: str) -> str:
    return normalize(_FILLERS.sub(" ", words.casefold().replace("_", " ")).replace(",", " "))


LICENSES = load(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

_BY_TAG = {entry.tag: entry for entry in LICENSES}
_BY_WORD = {_normalize(word): entry.tag for entry in LICENSES if not entry.spelling_of for word in entry.words} | {
    _normalize(word): NONE_DECLARED for word in _NONE_WORDS
}
_BY_SPELLING = {
    _normalize(word): entry.tag
    for entry in LICENSES
    if not entry.spelling_of
    for word in (entry.tag, entry.title, entry.name, entry.spdx or entry.tag)
}
"""Without the aliases: what people type for the latest version isn't what a model declares."""
_FAMILY_WORDS = {
    "responsible AI": ("rail", "openrail", "responsible"),
    "model-specific": ("model specific", "community licenses", "custom"),
    "non-commercial": ("noncommercial", "non commercial", "nc"),
    "weak copyleft": ("lesser copyleft",),
    "strong copyleft": ("copyleft", "viral"),
    NONE_DECLARED: _NONE_WORDS,
}
_FAMILY_BY_WORD = {normalize(family): family for family in FAMILIES} | {
    normalize(word): family for family, words in _FAMILY_WORDS.items() for word in words
}


def family_aliases(family: str) -> tuple[str, ...]:
    """Return the aliases of one of :data:`FAMILIES`."""
    return _FAMILY_WORDS.get(family, ())
