"""Creators: families of namespaces, and the words for them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from data.real_listings import WHOLE
from hypothesis import given
from hypothesis import strategies as st

from analytics.names import creators
from analytics.names.creators import ENTRIES, FAMILIES, NOT_KNOWN, Family, family, find, load, namespaces
from analytics.names.renames import namespace_of

if TYPE_CHECKING:
    from collections.abc import Callable

ENTRY = """[[family]]
name = "A"
namespaces = ["a"]
kind = "lab"
since = 2022-03-02
source = "https://a.example"
note = "who runs it isn't public"
"""
ISO_COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA
GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS
MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS
RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW
TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
"""ISO 3166-1 alpha-2."""
ACCOUNTS = tomllib.loads(Path(creators.__file__).with_suffix(".toml").read_text(encoding="utf-8"))["individuals"]


@pytest.mark.parametrize(
    ("namespace", "name"),
    [
        ("facebook", "Meta"),
        ("META-LLAMA", "Meta"),
        ("FacebookAI", "Meta"),
        ("google-bert", "Google"),
        ("openai-community", "OpenAI"),
        ("cross-encoder", "Sentence Transformers"),
        ("THUDM", "Z.ai"),
        ("nobody-we-know", "nobody-we-know"),
    ],
)
def test_a_namespace_belongs_to_a_family_or_stands_alone(namespace: str, name: str) -> None:
    assert family(namespace) == name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("meta", "Meta"),
        ("facebook", "Meta"),
        ("Meta AI", "Meta"),
        ("meta_ai", "Meta"),
        ("meta-llama", "Meta"),
        ("fb", "Meta"),
        ("open ai", "OpenAI"),
        ("  OpenAI ", "OpenAI"),
        ("zai", "Z.ai"),
        ("answer ai", "Answer.AI"),
        ("hf", "Hugging Face"),
        ("kimi", "Moonshot AI"),
    ],
)
def test_people_may_spell_a_family_as_they_like(words: str, name: str) -> None:
    assert find(words) == name


@pytest.mark.parametrize("words", ["", " ", "-", "nobody we know", "metaa"])
def test_unknown_words_find_nothing(words: str) -> None:
    assert find(words) is None


@pytest.mark.parametrize(
    ("namespace", "day", "owner", "country"),
    [
        ("neuralmagic", date(2024, 9, 20), "Neural Magic", "United States"),
        ("neuralmagic", date(2024, 11, 11), "Neural Magic", "United States"),
        ("neuralmagic", date(2024, 11, 12), "Red Hat", "United States"),
        ("RedHatAI", date(2024, 9, 20), "Red Hat", "United States"),
        ("mosaicml", date(2022, 7, 2), "MosaicML", "United States"),
        ("mosaicml", date(2024, 9, 20), "Databricks", "United States"),
        ("jinaai", date(2024, 9, 20), "Jina AI", "Germany"),
        ("JINAAI", date(2026, 8, 22), "Elastic", "Netherlands"),
        ("jinaai", None, "Elastic", "Netherlands"),
        ("sentence-transformers", date(2025, 10, 21), "Sentence Transformers", "Germany"),
        ("sentence-transformers", date(2025, 10, 22), "Sentence Transformers", "United States"),
        ("facebook", date(2000, 1, 1), "Meta", "United States"),
        ("nobody-we-know", date(2024, 9, 20), "nobody-we-know", NOT_KNOWN),
    ],
)
def test_a_snapshot_counts_a_namespace_under_its_owner_on_that_day(
    namespace: str, day: date | None, owner: str, country: str
) -> None:
    assert (family(namespace, day), creators.country(family(namespace, day), day)) == (owner, country)


@pytest.mark.parametrize(
    ("words", "day", "name"),
    [
        ("jina", date(2024, 9, 20), "Jina AI"),
        ("jina", date(2026, 8, 22), "Elastic"),
        ("Jina AI", None, "Elastic"),
        ("neural magic", date(2024, 9, 20), "Neural Magic"),
        ("neuralmagic", date(2026, 8, 22), "Red Hat"),
        ("red hat", date(2024, 9, 20), "Red Hat"),
        ("sbert", date(2024, 9, 20), "Sentence Transformers"),
    ],
)
def test_words_for_a_company_that_was_taken_over_name_its_owner_on_that_day(words: str, day: date | None, name: str) -> None:
    assert find(words, day) == name


def test_a_company_that_was_taken_over_is_no_present_family() -> None:
    assert {"Jina AI", "Neural Magic", "MosaicML"} & {entry.name for entry in FAMILIES} == set()


def test_namespaces_of_a_family() -> None:
    assert {"facebook", "meta-llama", "FacebookAI"} <= set(namespaces("Meta"))
    assert namespaces("nobody-we-know") == ("nobody-we-know",)


@given(st.sampled_from(FAMILIES), st.sampled_from([str.upper, str.lower, str.title, lambda word: word.replace("-", " ")]))
def test_every_word_for_a_family_finds_it_in_any_case(entry: Family, spelled: Callable[[str], str]) -> None:
    assert [find(spelled(word)) for word in entry.words] == [entry.name] * len(entry.words)
    assert {family(namespace.upper()) for namespace in entry.namespaces} == {entry.name}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (ENTRY.replace("lab", "guild"), "A: kind is one of"),
        (ENTRY.replace('kind = "lab"\n', ""), "A: kind is one of"),
        (ENTRY + 'country = "Germany"\n', "A: country"),
        (ENTRY + 'founded = "2016"\n', "A: unknown founded"),
        (ENTRY.replace('["a"]', "[]"), "A: a family has"),
        (ENTRY.replace('name = "A"\n', ""), "without a name"),
        (ENTRY + ENTRY.replace('"A"', '"B"'), "“a” means both “A” and “B”"),
        (ENTRY + ENTRY.replace('"A"', '"B"').replace('"a"', '"b"') + 'aliases = ["-A-"]\n', "“-A-” means both “A” and “B”"),
        (ENTRY + ENTRY, "“A” appears twice"),
        (ENTRY.replace('["a"]', '["a", "A"]'), "the namespace “a” appears twice"),
        (ENTRY + 'aliases = ["-"]\n', "A: a name, namespace or alias has no letter"),
        (ENTRY.replace("2022-03-02", '"2022-03-02"'), "A: since is a date"),
        (ENTRY.replace("2022-03-02", "2022-03-02T00:00:00"), "A: since is a date"),
        (ENTRY.replace("since = 2022-03-02", ""), "A: since is a date"),
        (ENTRY.replace("https://a.example", "their site"), "A: source is an address"),
        (ENTRY.replace('note = "', 'aliases = ["').replace('public"', 'public"]'), "A: without a country it needs a note"),
        (ENTRY + "[individuals]\nA = 2022-03-02\n", "“A” appears twice"),
        (ENTRY + '[individuals]\nb = "2022"\n', "b: since is a date"),
    ],
)
def test_a_wrong_entry_is_named(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        load(text)


def test_a_namespace_may_change_hands_and_a_family_its_country() -> None:
    bought = ENTRY.replace('"A"', '"B"').replace('["a"]', '["b", "a"]').replace("2022-03-02", "2025-03-02")
    moved = ENTRY.replace("2022-03-02", "2024-03-02")
    text = f"{ENTRY}{moved}{bought}[individuals]\n1c = 2023-03-02\n"
    assert [(entry.name, entry.since.year) for entry in load(text)] == [("A", 2022), ("A", 2024), ("B", 2025), ("1c", 2023)]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.name} {entry.since}")
def test_each_entry_has_a_country_or_a_reason_and_a_source(entry: Family) -> None:
    assert entry.country or entry.note
    assert entry.country is None or entry.country in ISO_COUNTRIES.split()
    assert re.fullmatch(r"https://[\w.-]+\.[a-z]+(/\S*)?", entry.source)
    assert date(2022, 3, 2) <= entry.since <= date(2026, 8, 22)


def test_the_table_is_in_alphabetical_order() -> None:
    people = next(place for place, entry in enumerate(ENTRIES) if entry.kind == "individual")
    for part in (ENTRIES[:people], ENTRIES[people:]):
        listed = [entry for entry in part if len(entry.namespaces) != 1 or entry.name not in ACCOUNTS]
        assert [(_order(entry.name), entry.since) for entry in listed] == sorted((_order(e.name), e.since) for e in listed)
    assert list(ACCOUNTS) == sorted(ACCOUNTS, key=str.casefold)
    assert {entry.kind for entry in ENTRIES[people:]} == {"individual"}


def _order(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()


@pytest.mark.shared
def test_the_largest_namespaces_all_have_a_family(listings: dict[str, list[dict[str, str]]]) -> None:
    known = {namespace.casefold() for entry in FAMILIES for namespace in entry.namespaces}
    downloads: Counter[str] = Counter()
    leaders: Counter[str] = Counter()
    for rows in listings.values():
        latest = {row["model_id"]: int(row["downloads"]) for row in sorted(rows, key=lambda row: row["snapshot_date"])}
        for model_id, count in latest.items():
            downloads[namespace_of(model_id)] += count
    for model_id in {row["model_id"] for rows in listings.values() for row in _first_300_of_each_day(rows)}:
        leaders[namespace_of(model_id)] += 1
    # In the extract, one day of trending models weighs more than it does among all dates.
    largest = [name for name, _ in downloads.most_common(100)] + [name for name, _ in leaders.most_common(100 if WHOLE else 40)]
    assert [name for name in dict.fromkeys(largest) if name.casefold() not in known] == []


def _first_300_of_each_day(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    seen: Counter[str] = Counter()
    first = []
    for row in rows:
        seen[row["snapshot_date"]] += 1
        if seen[row["snapshot_date"]] <= 300:
            first.append(row)
    return first
