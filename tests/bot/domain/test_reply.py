"""The number that “how many” asks for stands before the headline, and nowhere else."""

from __future__ import annotations

import pytest

from analytics.questions.registry import ask, parse
from bot.domain.reply import with_number


@pytest.mark.parametrize(
    ("typed", "query", "start"),
    [
        ("how many tasks are there?", "tasks", "The 300 most-downloaded models have {} task"),
        ("How many licenses are in use", "licenses", "The 300 most-downloaded models have {} license"),
        ("number of libraries", "libraries by models", "The 300 most-downloaded models have {} librar"),
        ("how many creators", "creators by downloads", "The 300 most-downloaded models come from {} creator"),
        ("tell me how many countries there are", "countries", "The 300 most-downloaded models come from at least {} countr"),
        (
            "how many licenses do text-generation models have",
            "licenses task text-generation",
            "The list's text-generation models have {} license",
        ),
    ],
)
def test_how_many_names_a_list_has(history, typed, query, start):
    asked = parse(query)
    answer = ask(asked, history)
    told = with_number(answer, asked, typed).headline
    assert told.startswith(start.format(len(answer.rankings[0].ranked))), told
    assert told.endswith(f". {answer.headline}")


def test_how_many_models_and_likes(history):
    models = parse("models")
    answer = ask(models, history)
    assert with_number(answer, models, "how many models are there").headline.startswith("The list has 300 models. ")
    name = answer.rankings[0].shares[0].name
    one = parse(f"model {name}")
    told = with_number(ask(one, history), one, f"how many likes does {name} have").headline
    assert told.startswith(f"{name} has ")
    assert " likes. " in told


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("tasks", "tasks"),
        ("which tasks are there", "tasks"),
        ("how many tasks since 2026-07", "tasks since 2026-07"),
        ("how many models does Google have", "creator Google by models"),
        ("how many likes say how many downloads", "likes"),
        ("how many tasks grew", "movers tasks"),
        ("creators by number of models", "creators by models"),
        ("which creator has the largest number of models", "creators by models"),
        ("licenses by the number of downloads", "licenses by downloads"),
        ("how many models have which license", "licenses by models"),
    ],
)
def test_what_asks_for_no_number_of_names_stays_as_it_is(history, typed, query):
    asked = parse(query)
    answer = ask(asked, history)
    assert with_number(answer, asked, typed) == answer
