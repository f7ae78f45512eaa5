"""Plain words: how many of the phrasings are read right, none of the unsure ones as sure, and nothing ever raises."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.errors import QueryError
from analytics.language.natural_language import directory, read
from analytics.language.natural_language.dates import when
from analytics.language.natural_language.lexicon import load, vocabulary
from analytics.names.normalize import normalize
from analytics.query import Form, Period, Spoken
from analytics.questions.registry import FORMS, parse

HERE = Path(__file__).parent
TODAY = date(2026, 8, 22)
FLOORS = {"phrasings.toml": 0.97, "phrasings_held_out.toml": 0.9}
"""The parts that must be read right; ``pytest -rP -k read_right`` prints the scores."""
NAMES = directory(
    {
        "library": [(name, ()) for name in ("transformers", "diffusers", "timm", "sentence-transformers", "gguf", "peft", "mlx")],
        "model": [
            ("openai/whisper-large-v3", ()),
            ("deepseek-ai/DeepSeek-R1", ()),
            ("google-bert/bert-base-uncased", ("bert-base-uncased",)),
        ],
    }
)
BY_DEFAULT = {"movers": "creators", "concentration": "creators", "forecast": "creators"}


def phrasings(name):
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def understood(text):
    return read(text, FORMS, NAMES, TODAY)


def meaning(query):
    """What makes two questions the same: names by any spelling and in any order, what is asked without saying so left out."""
    names = [normalize(name.rpartition("/")[2] if query.word == "model" else name) for name in query.names]
    if names == [BY_DEFAULT.get(query.word)]:
        names = []
    return query.but(names=tuple(sorted(names)), task=normalize(query.task) if query.task else None)


def registered(pair):
    """Whether there is such a question; what is asked for and not there yet is left out of the score."""
    try:
        parse(pair["query"])
    except QueryError:
        return False
    return True


@pytest.mark.parametrize("name", FLOORS)
def test_phrasings_are_read_right(name):
    asked = [pair for pair in phrasings(name)["ask"] if registered(pair)]
    wrong = []
    for pair in asked:
        found = understood(pair["text"]).query
        if found is None or meaning(found) != meaning(parse(pair["query"])):
            wrong.append(f"{pair['text']} → {found}, not {pair['query']}")
    right = 1 - len(wrong) / len(asked)
    print(f"{name}: {len(asked) - len(wrong)} of {len(asked)} read right ({right:.1%})", *wrong, sep="\n")
    assert right >= FLOORS[name], f"{right:.1%} of {len(asked)} read right\n" + "\n".join(wrong)


def test_there_are_two_hundred_phrasings_and_nearly_all_have_their_question():
    asked = phrasings("phrasings.toml")["ask"]
    assert len(asked) >= 200
    assert sum(map(registered, asked)) >= 250


@pytest.mark.parametrize("text", [one["text"] for name in FLOORS for one in phrasings(name)["unsure"]])
def test_what_nobody_can_be_sure_of_is_not_answered(text):
    assert understood(text).query is None


WORDS = ("meta", "vs", "qwen", "in", "since", "may", "top", "5", "by", "likes", "2026-13", "a/b", "the", "ago", "asr", "models")


@settings(max_examples=300)
@given(st.text(max_size=200) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_nothing_raises_and_what_is_sure_can_be_typed(text):
    reading = understood(text)
    for query in (reading.query, *reading.candidates):
        if query:
            assert parse(str(query)) == query


@pytest.mark.parametrize(
    ("text", "at", "since", "both"),
    [
        ("last month", "2026-07", None, None),
        ("a year ago", "2025-08", None, None),
        ("in september", "2025-09", None, None),
        ("in may", "2026-05", None, None),
        ("it may be", None, None, None),
        ("on june 31st", None, None, None),
        ("on june 1st 2026", "2026-06-01", None, None),
        ("since last summer", None, "2025-06", None),
        ("since spring", None, "2026-03", None),
        ("over the last six months", None, "2026-02", None),
        ("this year", None, "2026-01", None),
        ("at 2026-13", None, None, None),
        ("march vs august", None, None, ("2026-03", "2026-08")),
        ("between 2025-03 and now", None, None, ("2025-03", "2026-08")),
    ],
)
def test_dates_are_counted_from_today(text, at, since, both):
    found = when(text, TODAY)
    assert (str(found.at) if found.at else None, str(found.since) if found.since else None) == (at, since)
    assert (tuple(map(str, found.both)) if found.both else None) == both


def test_the_first_days_of_a_year_count_back_over_it():
    january = date(2026, 1, 3)
    assert when("last month", january).at == Period(2025, 12)
    assert when("since winter", january).since == Period(2025, 12)


def test_what_was_not_understood_is_named_with_the_nearest_question():
    reading = understood("share of frobnicated apache models")
    assert reading.unknown == ("frobnicated",)
    assert str(reading.candidates[0]) == "license apache-2.0"


def test_a_question_without_a_date_form_is_not_bent_into_one():
    assert understood("ages since march").query is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[word]]\nsort = "asking"\nmeans = "likes"\nphrases = ["hot"]\n[[word]]\nsort = "models"\nphrases = ["hot"]', "both"),
        ('[[word]]\nsort = "nonsense"\nphrases = ["x"]', "nonsense"),
        ('[[word]]\nsort = "measure"\nmeans = "stars"\nphrases = ["x"]', "stars"),
    ],
)
def test_a_lexicon_with_a_mistake_is_refused(text, said):
    with pytest.raises(ValueError, match=said):
        load(text)


@pytest.mark.parametrize("phrase", ["License s", "trending", "hhi"])
def test_a_phrase_of_a_question_that_means_something_else_is_refused(phrase):
    with pytest.raises(ValueError, match=phrase):
        vocabulary((*FORMS, Form("unlikely", spoken=Spoken((phrase,)))))
