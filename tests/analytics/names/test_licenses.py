"""License tags: families, titles, and the words for them."""

from __future__ import annotations

import pytest
from data.real_listings import WHOLE
from packaging.licenses import canonicalize_license_expression

from analytics.domain import NONE_DECLARED
from analytics.names.licenses import FAMILIES, LICENSES, License, find, license_family, load, title

ENTRY = '[[license]]\ntag = "a-1.0"\nfamily = "permissive"\ntitle = "A"\n'


@pytest.mark.parametrize(
    ("tag", "family", "shown"),
    [
        ("apache-2.0", "permissive", "Apache-2.0"),
        ("mit", "permissive", "MIT"),
        ("cc-by-sa-4.0", "weak copyleft", "CC-BY-SA-4.0"),
        ("gpl-3.0", "strong copyleft", "GPL-3.0"),
        ("openrail++", "responsible AI", "OpenRAIL++"),
        ("llama3.1", "model-specific", "Llama 3.1"),
        ("gemma", "model-specific", "Gemma"),
        ("cc-by-nc-4.0", "non-commercial", "CC-BY-NC-4.0"),
        ("other", "other", "tagged “other”"),
        ("a-tag-nobody-knows", "other", "a-tag-nobody-knows"),
        ("apache-license-2.0", "permissive", "apache-license-2.0"),
        (NONE_DECLARED, NONE_DECLARED, NONE_DECLARED),
    ],
)
def test_a_tag_has_a_family_and_a_title(tag: str, family: str, shown: str) -> None:
    assert (license_family(tag), title(tag)) == (family, shown)


@pytest.mark.parametrize(
    ("words", "tag"),
    [
        ("apache", "apache-2.0"),
        ("apache 2", "apache-2.0"),
        ("Apache-2.0", "apache-2.0"),
        ("Apache License, Version 2.0", "apache-2.0"),
        ("the apache v2 licence", "apache-2.0"),
        ("apache-license-2.0", "apache-license-2.0"),
        ("mit license", "mit"),
        ("llama 3.1", "llama3.1"),
        ("Llama3", "llama3"),
        ("gpl v3", "gpl-3.0"),
        ("GPL-3.0-only", "gpl-3.0"),
        ("gpl", "gpl"),
        ("cc by 4", "cc-by-4.0"),
        ("cc-by-nc", "cc-by-nc-4.0"),
        ("openrail++", "openrail++"),
        ("openrail", "openrail"),
        ("none", NONE_DECLARED),
        ("no license", NONE_DECLARED),
        ("None declared", NONE_DECLARED),
    ],
)
def test_people_may_spell_a_license_as_they_like(words: str, tag: str) -> None:
    assert find(words) == tag


@pytest.mark.parametrize("words", ["", "license", "apachee", "gpl 4", "20"])
def test_unknown_words_find_nothing(words: str) -> None:
    assert find(words) is None


@pytest.mark.parametrize("entry", LICENSES, ids=lambda entry: entry.tag)
def test_every_word_for_a_license_finds_it(entry: License) -> None:
    assert find(entry.tag.upper()) == entry.tag
    assert {find(word) for word in entry.words} <= {entry.tag, entry.spelling_of}
    assert license_family(entry.tag) in FAMILIES


def test_spdx_identifiers_are_on_the_list() -> None:
    identifiers = [entry.spdx for entry in LICENSES if entry.spdx]
    assert identifiers == [canonicalize_license_expression(identifier) for identifier in identifiers]


def test_titles_tell_licenses_apart() -> None:
    titles = [entry.title for entry in LICENSES]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (ENTRY.replace("permissive", "nice"), "a-1.0: family is one of"),
        (ENTRY.replace('title = "A"\n', ""), "a-1.0: without an SPDX identifier"),
        (ENTRY + 'url = "x"\n', "a-1.0: unknown url"),
        (ENTRY.replace('tag = "a-1.0"\n', ""), "an entry has no tag"),
        (ENTRY.replace("a-1.0", "A-1.0"), "A-1.0 has no tag in lower case"),
        (ENTRY + ENTRY, "a-1.0 appears twice"),
        (ENTRY + ENTRY.replace("a-1.0", "b"), "“A” means both a-1.0 and b"),
        (ENTRY + 'aliases = ["none"]\n', "“none” means both"),
        ('[[license]]\ntag = "b"\nspelling_of = "a-1.0"\n' + ENTRY, "b is a spelling of a-1.0, which is not above"),
    ],
)
def test_a_wrong_entry_is_named(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        load(text)


@pytest.mark.shared
def test_every_license_of_the_real_listings_is_known(listings: dict[str, list[dict[str, str]]]) -> None:
    declared = {tag for rows in listings.values() for row in rows for tag in row["license"].split(";") if tag}
    assert len(declared) > (50 if WHOLE else 45)
    assert declared - {entry.tag for entry in LICENSES} == set()
