"""Renames lead to where the model is today, in one step."""

from __future__ import annotations

import pytest

from analytics.names.creators import FAMILIES, family
from analytics.names.renames import MODELS, NAMESPACES, former, namespace_of, successor


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("bert-base-uncased", "google-bert/bert-base-uncased"),
        ("gpt2", "openai-community/gpt2"),
        ("roberta-base", "FacebookAI/roberta-base"),
        ("distilbert-base-uncased", "distilbert/distilbert-base-uncased"),
        ("t5-base", "google-t5/t5-base"),
        ("camembert-base", "almanach/camembert-base"),
        ("ctrl", "Salesforce/ctrl"),
        ("THUDM/chatglm2-6b", "zai-org/chatglm2-6b"),
        ("EleutherAI/gpt-j-6B", "EleutherAI/gpt-j-6b"),
    ],
)
def test_a_moved_model_has_its_new_id(old: str, new: str) -> None:
    assert successor(old) == new
    assert successor(new) == new
    assert namespace_of(old) == new.partition("/")[0]


@pytest.mark.parametrize("model_id", ["Qwen/Qwen3-8B", "a-model-without-namespace", "THUDM", "someone/gpt2", ""])
def test_any_other_model_keeps_its_id(model_id: str) -> None:
    assert successor(model_id) == model_id


def test_an_id_without_namespace_is_its_own() -> None:
    assert namespace_of("a-model-without-namespace") == "a-model-without-namespace"


def test_no_rename_leads_to_another() -> None:
    assert all(successor(new) == new and "/" in new for new in MODELS.values())
    assert not set(NAMESPACES) & set(NAMESPACES.values())


def test_a_model_keeps_its_name_when_it_gets_a_namespace() -> None:
    assert all(new.endswith(f"/{old}") for old, new in MODELS.items() if "/" not in old)


def test_a_moved_model_counts_for_a_creator() -> None:
    known = {namespace for entry in FAMILIES for namespace in entry.namespaces}
    assert {successor(old).partition("/")[0] for old in MODELS} | set(NAMESPACES.values()) <= known


def test_both_names_of_an_organisation_are_one_creator() -> None:
    assert all(family(old) == family(new) for old, new in NAMESPACES.items())


@pytest.mark.shared
def test_models_without_namespace_moved_to_where_the_later_listings_have_them(listings: dict[str, list[dict[str, str]]]) -> None:
    ids = {day: {row["model_id"] for row in rows} for day, rows in listings.items()}
    before = ids.pop("top1000_by_downloads_2022-07-02.csv.gz")
    later = set().union(*ids.values())
    bare = {model_id for model_id in before if "/" not in model_id}
    assert bare
    assert {model_id for model_id in bare if successor(model_id) == model_id} == set()
    names = {model_id.partition("/")[2] for model_id in later}
    assert {model_id for model_id in bare & names if successor(model_id) not in later} == set()


@pytest.mark.shared
def test_no_model_stands_under_its_old_and_its_new_id_on_one_day(listings: dict[str, list[dict[str, str]]]) -> None:
    days: dict[str, set[str]] = {}
    for rows in listings.values():
        for row in rows:
            days.setdefault(row["snapshot_date"], set()).add(row["model_id"])
    assert [(day, model_id) for day, ids in days.items() for model_id in ids if successor(model_id) in ids - {model_id}] == []


def test_former_ids_are_those_that_lead_to_a_model():
    for old in MODELS:
        assert old in former(successor(old))
    for old, new in NAMESPACES.items():
        assert f"{old}/some-model" in former(f"{new}/some-model")
    assert former("nobody/nothing") == ()
