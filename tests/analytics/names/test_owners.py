"""Companies that were taken over: each date counts a namespace under the owner that it had then."""

from __future__ import annotations

from datetime import date

import pytest
from handmade import stored

from analytics.answer import Cause
from analytics.domain import Listing, ListName, Model
from analytics.errors import NoDataError
from analytics.questions.registry import ask, parse

BEFORE, AFTER = date(2024, 9, 20), date(2026, 8, 22)
"""Neural Magic came to Red Hat and Jina AI to Elastic in between; Hugging Face took over Sentence Transformers."""
MODELS = (
    Model("sentence-transformers/all-MiniLM-L6-v2", 50, licenses=("apache-2.0",)),
    Model("jinaai/jina-embeddings-v2-base-en", 20, licenses=("apache-2.0",), tags=("base_model:finetune:jinaai/jina-bert",)),
    Model("neuralmagic/Meta-Llama-3.1-8B-Instruct-FP8", 20, licenses=("llama3.1",)),
    Model("RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic", 10, licenses=("llama3.3",)),
)


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    listings = [Listing(day, ListName.TOP, "hub", MODELS) for day in (BEFORE, AFTER)]
    return stored(listings, tmp_path_factory.mktemp("owners") / "hfstats.db")


def portions(answer):
    return {share.name: round(share.portion, 2) for share in answer.rankings[-1].shares}


@pytest.mark.parametrize(
    ("words", "before", "after"),
    [
        (
            "creators",
            {"Sentence Transformers": 0.5, "Jina AI": 0.2, "Neural Magic": 0.2, "Red Hat": 0.1},
            {"Sentence Transformers": 0.5, "Red Hat": 0.3, "Elastic": 0.2},
        ),
        ("countries", {"Germany": 0.7, "United States": 0.3}, {"United States": 0.8, "Netherlands": 0.2}),
        ("creator jina", {"Jina AI": 0.2}, {"Elastic": 0.2}),
        ("creator neuralmagic", {"Neural Magic": 0.2}, {"Red Hat": 0.3}),
        ("country germany", {"Germany": 0.7}, None),
    ],
)
def test_a_ranking_has_the_owners_of_its_date(history, words, before, after):
    for day, expected in ((BEFORE, before), (AFTER, after)):
        question = parse(f"{words} by downloads at {day}")
        if expected is None:
            with pytest.raises(NoDataError, match="Germany had none of the"):
                ask(question, history)
        else:
            assert portions(ask(question, history)) == expected


def test_the_past_is_counted_under_the_owners_of_then_also_over_time(history):
    answer = ask(parse("creators by downloads since 2024-09"), history)
    assert [{share.name for share in moment.ranking.shares} for moment in answer.series] == [
        {"Sentence Transformers", "Jina AI", "Neural Magic", "Red Hat"},
        {"Sentence Transformers", "Elastic", "Red Hat"},
    ]


@pytest.mark.parametrize(
    ("words", "moved"),
    [
        ("movers creators by downloads since 2024-09", {"Jina AI", "Neural Magic", "Red Hat", "Elastic"}),
        ("movers countries by downloads since 2024-09", {"Germany", "United States", "Netherlands"}),
    ],
)
def test_a_shift_by_a_takeover_says_that_the_models_changed_hands(history, words, moved):
    shifts = [shift for shift in ask(parse(words), history).shifts if shift.points]
    assert {shift.name for shift in shifts} == moved
    for shift in shifts:
        assert {reason.cause for reason in shift.reasons if reason.points} == {Cause.OWNER}
        assert sum(reason.points for reason in shift.reasons) == pytest.approx(shift.points)
        assert shift.split.declared == pytest.approx(shift.points)


def test_a_model_and_the_models_it_was_made_from_have_the_owners_of_the_date(history):
    for day, owner in ((BEFORE, "Jina AI"), (AFTER, "Elastic")):
        model = ask(parse(f"model jinaai/jina-embeddings-v2-base-en at {day}"), history)
        assert model.facts["creator"] == owner
        assert [share.name for share in ask(parse(f"derivatives at {day}"), history).creators.shares] == [owner]


def test_owners_are_compared_as_of_the_date(history):
    assert set(portions(ask(parse(f"compare jina neuralmagic at {BEFORE}"), history))) == {"Jina AI", "Neural Magic"}
    assert set(portions(ask(parse(f"compare jina neuralmagic at {AFTER}"), history))) == {"Elastic", "Red Hat"}
