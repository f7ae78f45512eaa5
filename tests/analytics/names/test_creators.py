"""Creators: families of namespaces, and the words for them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.names.creators import FAMILIES, Family, family, find, load, namespaces
from analytics.names.renames import namespace_of

if TYPE_CHECKING:
    from collections.abc import Callable

ENTRY = '[[family]]\nname = "A"\nnamespaces = ["a"]\nkind = "lab"\n'


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
    ],
)
def test_a_wrong_entry_is_named(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        load(text)


@pytest.mark.shared
def test_the_hundred_largest_namespaces_all_have_a_family(listings: dict[str, list[dict[str, str]]]) -> None:
    known = {namespace.casefold() for entry in FAMILIES for namespace in entry.namespaces}
    downloads: Counter[str] = Counter()
    leaders: Counter[str] = Counter()
    for rows in listings.values():
        latest = {row["model_id"]: int(row["downloads"]) for row in sorted(rows, key=lambda row: row["snapshot_date"])}
        for model_id, count in latest.items():
            downloads[namespace_of(model_id)] += count
    for model_id in {row["model_id"] for rows in listings.values() for row in _first_300_of_each_day(rows)}:
        leaders[namespace_of(model_id)] += 1
    largest = [name for name, _ in downloads.most_common(100)] + [name for name, _ in leaders.most_common(100)]
    assert [name for name in dict.fromkeys(largest) if name.casefold() not in known] == []


def _first_300_of_each_day(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    seen: Counter[str] = Counter()
    first = []
    for row in rows:
        seen[row["snapshot_date"]] += 1
        if seen[row["snapshot_date"]] <= 300:
            first.append(row)
    return first
