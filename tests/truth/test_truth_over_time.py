"""Every question about two or more dates agrees with the second computation, and reasons add up to their shift."""

from __future__ import annotations

import pytest
from truth.cases import BOTH, MEASURES, SIDE_BY_SIDE, SPANS, TOP, TOP_30, TRENDING, in_words, leading
from truth.listings import asked_at
from truth.reference import DIMENSIONS, Asked, answer, today

from analytics.export.serialization import as_json
from analytics.questions.registry import ask, parse

pytestmark = pytest.mark.shared

each_span = pytest.mark.parametrize("span", SPANS, ids=in_words)
NAMED = ("license", "creator", "task", "library")
CLOSELY = (SPANS[0], SPANS[4])
"""Asked by every measure."""


def moment(span):
    return {key: span[key] for key in ("within", "at")}


@each_span
@pytest.mark.parametrize("word", DIMENSIONS)
def test_shares_over_time(agree, span, word):
    measures = SIDE_BY_SIDE if span in CLOSELY else ("",)
    agree(Asked(word, by=by, **span) for by in measures)


def test_shares_over_time_within_a_task_and_the_first_three(agree):
    asked = [Asked(word, task="fill-mask", **SPANS[0]) for word in ("licenses", "creators")]
    asked += [Asked(word, by="models", top=3, **SPANS[1]) for word in DIMENSIONS]
    agree(asked)


@each_span
def test_one_name_over_time_with_its_reasons(agree, real, span):
    count, measures = (2, SIDE_BY_SIDE) if span in CLOSELY else (1, ("",))
    found = [(of, name) for of in NAMED for name in leading(real, of, **moment(span), count=count)]
    agree(Asked(of, (name,), by=by, **span) for of, name in found for by in measures)


@each_span
def test_names_side_by_side_over_time(agree, real, span):
    chosen = {dimension: leading(real, dimension, **moment(span), count=3) for dimension in NAMED}
    agree(Asked("compare", tuple(found), of=of, **span) for of, found in chosen.items() if len(found) > 1)


@each_span
def test_single_models_over_time(agree, real, span):
    rows = asked_at(real, **moment(span)).rows
    agree([Asked("models", **span), *(Asked("model", (today(row.id),), **span) for row in rows[::50])])


@each_span
def test_single_models_by_likes_over_time_from_the_first_date_that_records_them(agree, span):
    agree([Asked("models", by="likes", **span)])


@pytest.mark.parametrize(
    "question",
    [
        Asked("licenses", since="2022-07"),
        Asked("libraries", by="models", since="2022-07"),
        Asked("license", ("mit",), by="downloads", since="2022-07"),
        Asked("compare", ("apache-2.0", "mit"), of="license", since="2022-07"),
        Asked("creators", by="likes", since="2024-09"),
        Asked("creators", since="2024-09"),
        Asked("models", since="2024-09"),
        Asked("model", ("openai-community/gpt2",), since="2022-07"),
        Asked("movers", ("tasks",)),
    ],
    ids=str,
)
def test_the_source_says_with_which_date_the_last_one_is_compared(history, real, question):
    said = as_json(ask(parse(str(question)), history))["source"].get("since")
    assert said == answer(question, real)["source"]["since"]


@pytest.mark.parametrize("case", [TOP_30, TOP, TRENDING, BOTH], ids=in_words)
@pytest.mark.parametrize("word", DIMENSIONS)
def test_movers_and_their_reasons(agree, case, word):
    agree(Asked("movers", (word,), by=by, **case) for by in MEASURES)


@each_span
def test_movers_since_a_date(agree, span):
    agree(Asked("movers", (word,), top=5, **span) for word in DIMENSIONS)


def test_movers_within_a_task(agree):
    words = [word for word in DIMENSIONS if word != "tasks"]
    agree(Asked("movers", (word,), task="text-generation", at="2026-08-22") for word in words)
