"""What rankings add to their figures: how far the first is ahead, individuals, groups of tasks, and a creator's main models."""

from __future__ import annotations

from datetime import date

import pytest
from handmade import stored

from analytics.domain import Listing, ListName, Model
from analytics.questions.registry import ask, parse

MODELS = (
    Model("facebook/large", 620, licenses=("apache-2.0",), task="text-generation"),
    Model("facebook/small", 200, licenses=("apache-2.0",), task="text-generation"),
    Model("facebook/tiny", 100, licenses=("apache-2.0",), task="automatic-speech-recognition"),
    Model("FacebookAI/base", 80, licenses=("mit",), task="sentence-similarity"),
    Model("jonatasgrosman/a", 50, licenses=("mit",), task="a-task-of-tomorrow"),
    Model("jonatasgrosman/b", 40, licenses=("apache-2.0",), task="text-to-speech"),
    Model("Qwen/a", 30, licenses=("apache-2.0",), task=""),
    Model("Qwen/b", 20, licenses=("apache-2.0",), task="text-generation"),
    Model("Qwen/c", 20, licenses=("gemma",), task="text-generation"),
    Model("Qwen/d", 20, licenses=("gemma",), task="text-generation"),
)


@pytest.fixture
def history(tmp_path):
    return stored([Listing(date(2026, 8, 22), ListName.TOP, "file", MODELS)], tmp_path / "ranked.db")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("licenses by downloads", "Apache-2.0 has 7.8 times as many downloads as MIT."),
        ("licenses", "Apache-2.0 has 7.8 times as many downloads as MIT."),
        ("creators by models", "Individuals with the most models: Jonatas Grosman (2)."),
        (
            "tasks by downloads",
            (
                "Downloads with a declared task, by group: text 76.5%, speech and audio 12.2%, "
                "embeddings and search 7.0% and other tasks 4.3%."
            ),
        ),
        ("creator meta by downloads", "large alone makes up 62.0% of its downloads."),
    ],
)
def test_a_ranking_says_more_than_its_rows(history, query, sentence):
    assert sentence in ask(parse(query), history).notes


def test_the_first_is_ahead_among_what_is_known_where_the_rest_could_change_that(tmp_path):
    unknown = [Model(f"google/{at}", 90, task=None) for at in range(9)]
    history = stored([Listing(date(2026, 8, 22), ListName.TOP, "file", (*MODELS, *unknown))], tmp_path / "open.db")
    notes = ask(parse("creators by downloads task text-generation"), history).notes
    assert "Meta has 13.7 times as many downloads as Alibaba, among models with a known task." in notes


@pytest.mark.parametrize("query", ["creators by models", "licenses by models"], ids=["hardly ahead", "a tie for second place"])
def test_the_first_is_not_compared(history, query):
    assert not any("times as many" in note for note in ask(parse(query), history).notes)


def test_a_creator_with_one_main_model(history):
    answer = ask(parse("creator meta"), history)
    assert answer.headline.endswith("; large alone makes up 62.0% of its downloads")
    assert answer.chart.title == "Meta among creators by downloads"


def test_a_creator_with_three_main_models(history):
    assert ask(parse("creator qwen"), history).headline.endswith("; a, b and c make up 77.8% of its downloads")


def test_a_creator_with_few_models_or_many_alike(history, tmp_path):
    assert "make" not in ask(parse('creator "Jonatas Grosman"'), history).headline
    alike = tuple(Model(f"Qwen/m{n}", 100, licenses=("mit",)) for n in range(10))
    many = stored([Listing(date(2026, 8, 22), ListName.TOP, "file", alike)], tmp_path / "alike.db")
    assert "make" not in ask(parse("creator qwen"), many).headline
