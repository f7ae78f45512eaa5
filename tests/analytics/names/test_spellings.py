"""Spellings of licenses, tasks and libraries that count as one name, and what models keep of theirs."""

from __future__ import annotations

from datetime import date

import pytest
from handmade import stored
from hypothesis import given
from hypothesis import strategies as st

from analytics.domain import EVERYTHING_ELSE, NONE_DECLARED, Count, Dimension, Listing, ListName, Model
from analytics.names.grouping import declared_by, names_of, weights_of
from analytics.names.libraries import LIBRARIES
from analytics.names.licenses import LICENSES
from analytics.names.normalize import normalize
from analytics.names.spellings import FOLDED, folded, official
from analytics.names.tasks import TASKS
from analytics.questions.registry import ask, parse

OFFICIAL = [
    *((Dimension.LICENSE, entry.tag) for entry in LICENSES if not entry.spelling_of),
    *((Dimension.TASK, task) for task in TASKS),
    *((Dimension.LIBRARY, library) for library in LIBRARIES),
]


@pytest.mark.parametrize(
    ("dimension", "spelling", "name"),
    [
        (Dimension.LICENSE, "apache-license-2.0", "apache-2.0"),
        (Dimension.LICENSE, "Apache 2.0", "apache-2.0"),
        (Dimension.LICENSE, "apache2", "apache-2.0"),
        (Dimension.LICENSE, "APACHE_2.0", "apache-2.0"),
        (Dimension.LICENSE, "apache-2-0", "apache-2.0"),
        (Dimension.LICENSE, "Apache License, Version 2.0", "apache-2.0"),
        (Dimension.LICENSE, "mit-license", "mit"),
        (Dimension.LICENSE, "The MIT License", "mit"),
        (Dimension.LICENSE, "cc_by_nc_4.0", "cc-by-nc-4.0"),
        (Dimension.LICENSE, "CC BY-NC 4.0", "cc-by-nc-4.0"),
        (Dimension.LICENSE, "cc-by-nc-4.0-international", "cc-by-nc-4.0"),
        (Dimension.LICENSE, "cc-by-sa-3.0-unported", "cc-by-sa-3.0"),
        (Dimension.LICENSE, "gplv3", "gpl-3.0"),
        (Dimension.LICENSE, "gpl-3.0-only", "gpl-3.0"),
        (Dimension.LICENSE, "llama-3.1", "llama3.1"),
        (Dimension.LICENSE, "openmdw1.1-license", "openmdw-1.1"),
        (Dimension.TASK, "sentence_similarity", "sentence-similarity"),
        (Dimension.TASK, "Sentence Similarity", "sentence-similarity"),
        (Dimension.TASK, "TEXT-GENERATION", "text-generation"),
        (Dimension.TASK, "fillmask", "fill-mask"),
        (Dimension.LIBRARY, "Transformers.js", "transformers.js"),
        (Dimension.LIBRARY, "transformers_js", "transformers.js"),
        (Dimension.LIBRARY, "PyTorch", "pytorch"),
        (Dimension.LIBRARY, "comfyUI", "comfyui"),
        (Dimension.LIBRARY, "Sentence-Transformers", "sentence-transformers"),
    ],
)
def test_a_spelling_counts_under_the_official_name(dimension: Dimension, spelling: str, name: str) -> None:
    assert official(dimension, spelling) == name


@pytest.mark.parametrize(
    ("dimension", "name"),
    [
        # Which version is meant, or whether it's another license, isn't declared.
        (Dimension.LICENSE, "apache"),
        (Dimension.LICENSE, "llama"),
        (Dimension.LICENSE, "cc-by-nc"),
        (Dimension.LICENSE, "gpl-3.0-or-later"),
        (Dimension.LICENSE, "mit-0"),
        (Dimension.LICENSE, "modified-apache-2.0"),
        (Dimension.TASK, "embeddings"),
        (Dimension.TASK, "speech"),
        (Dimension.LIBRARY, "transformers4"),
        (Dimension.LIBRARY, "MyOwnLibrary"),
        (Dimension.NAMESPACE, "OpenAI"),
        *((dimension, name) for dimension in sorted(FOLDED) for name in (NONE_DECLARED, EVERYTHING_ELSE)),
    ],
)
def test_other_names_stay_as_they_are(dimension: Dimension, name: str) -> None:
    assert official(dimension, name) == name


@given(st.sampled_from(OFFICIAL), st.sampled_from([str.upper, str.lower, str.title, lambda name: name.replace("-", "_")]))
def test_case_and_underscores_never_matter(entry, spelled) -> None:
    dimension, name = entry
    assert official(dimension, spelled(name)) == name
    assert official(dimension, official(dimension, spelled(name))) == name


def test_no_two_names_are_spellings_of_each_other() -> None:
    for dimension in sorted(FOLDED):
        names = [normalize(name) for of, name in OFFICIAL if of is dimension]
        assert len(set(names)) == len(names)


def test_a_model_counts_under_the_official_names_and_keeps_its_own() -> None:
    model = Model("a/b", 1, licenses=("apache-license-2.0", "mit"), task="Fill_Mask", library="PyTorch")
    assert [names_of(model, dimension) for dimension in (Dimension.LICENSE, Dimension.TASK, Dimension.LIBRARY)] == [
        ("apache-2.0", "mit"),
        ("fill-mask",),
        ("pytorch",),
    ]
    assert declared_by(model, Dimension.LICENSE) == ("apache-license-2.0", "mit")
    twice = Model("a/b", 1, licenses=("apache-2.0", "Apache 2.0"))
    assert weights_of(twice, Dimension.LICENSE) == {"apache-2.0": 1.0}


def test_rollups_of_one_snapshot_are_added_up() -> None:
    counts = [
        (1, Count(Dimension.LICENSE, "apache-2.0", "", 2, 20, 5)),
        (1, Count(Dimension.LICENSE, "apache-license-2.0", "", 1, 10, None)),
        (2, Count(Dimension.LICENSE, "Apache 2.0", "", 1, 7, None)),
        (1, Count(Dimension.LICENSE, "mit", "", 1, 3, None)),
        (1, Count(Dimension.NAMESPACE, "MIT", "Fill_Mask", 1, 3, 1)),
        (1, Count(None, "", "", 5, 36, 6)),
    ]
    assert folded(counts) == [
        (1, Count(Dimension.LICENSE, "apache-2.0", "", 3, 30, 5)),
        (2, Count(Dimension.LICENSE, "apache-2.0", "", 1, 7, None)),
        (1, Count(Dimension.LICENSE, "mit", "", 1, 3, None)),
        (1, Count(Dimension.NAMESPACE, "MIT", "fill-mask", 1, 3, 1)),
        (1, Count(None, "", "", 5, 36, 6)),
    ]


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    models = (
        Model("a/one", 60, licenses=("apache-2.0",), task="fill-mask", library="pytorch"),
        Model("b/two", 30, licenses=("apache-license-2.0",), task="Fill_Mask", library="PyTorch"),
        Model("c/three", 10, licenses=("mit",), task="text-generation", library="timm"),
    )
    listing = Listing(date(2026, 8, 22), ListName.TOP, "hub", models)
    return stored([listing], tmp_path_factory.mktemp("spellings") / "hfstats.db")


@pytest.mark.parametrize(
    ("words", "shares"),
    [
        ("licenses by downloads", {"apache-2.0": 0.9, "mit": 0.1}),
        ("families by downloads", {"permissive": 1.0}),
        ("tasks by downloads", {"fill-mask": 0.9, "text-generation": 0.1}),
        ("libraries by downloads", {"pytorch": 0.9, "timm": 0.1}),
        ("licenses by downloads task fill-mask", {"apache-2.0": 1.0}),
        ("creators by downloads task FILL_MASK", {"a": 60 / 90, "b": 30 / 90}),
    ],
)
def test_rankings_add_up_the_spellings(history, words: str, shares: dict[str, float]) -> None:
    (ranking,) = ask(parse(words), history).rankings
    assert {share.name: share.portion for share in ranking.shares} == pytest.approx(shares)


@pytest.mark.parametrize(
    ("words", "note"),
    [
        ("license apache", "Apache-2.0 includes “apache-license-2.0”."),
        ("license apache-license-2.0", "Apache-2.0 includes “apache-license-2.0”."),
        ("task fill-mask", "fill-mask includes “Fill_Mask”."),
        ("library pytorch", "pytorch includes “PyTorch”."),
    ],
)
def test_details_say_which_spellings_are_included(history, words: str, note: str) -> None:
    assert note in ask(parse(words), history).notes


def test_a_license_in_one_spelling_needs_no_note(history) -> None:
    assert not [note for note in ask(parse("license mit"), history).notes if "includes" in note]


def test_a_models_details_keep_its_spelling(history) -> None:
    facts = ask(parse("model b/two"), history).facts
    assert facts["license"] == "Apache-2.0 (declared as “apache-license-2.0”)"
    assert facts["task"] == "fill-mask (declared as “Fill_Mask”)"
    assert facts["library"] == "pytorch (declared as “PyTorch”)"
    assert ask(parse("model a/one"), history).facts["license"] == "Apache-2.0"
