"""The controls under an answer: their values, labels and accessibility in Slack."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.answer import FollowUp, FollowUps
from analytics.query import Query
from analytics.questions.registry import ask, parse
from bot.blocks.controls import asker, controls
from bot.conversation.request_parser import split_quiet
from playground.block_kit.blocks import check_blocks


@pytest.fixture(scope="module")
def answer(history):
    return ask(parse("license apache-2.0"), history)


def by_action(rows):
    return {element["action_id"]: element for row in rows for element in row["elements"]}


def test_two_rows_with_short_labels(answer):
    rows = controls(answer, "U123")
    assert len(rows) == 2
    assert list(by_action(rows))[:5] == ["view:by", "view:earlier", "view:since", "go:inside", "csv"]
    found = by_action(rows)
    assert found["view:earlier"]["text"]["text"] == "◀ Jul 2026"
    assert [option["text"]["text"] for option in found["view:by"]["options"]] == [
        "Models and downloads",
        "By models",
        "By downloads",
        "By likes",
    ]
    assert found["view:by"]["initial_option"]["value"] == answer.query
    assert [group["label"]["text"] for group in found["go:inside"]["option_groups"]] == ["Creators", "Models"]
    assert "post" not in found
    assert "post" in by_action(controls(answer, "U123", quiet=True))


def test_the_row_remembers_who_asked_and_is_new_with_each_question(answer):
    first, other = controls(answer, "U123")[0], controls(replace(answer, query="licenses"), "U123")[0]
    assert asker(first["block_id"]) == "U123"
    assert first["block_id"] != other["block_id"]
    assert asker(controls(answer)[0]["block_id"]) is None
    assert asker("something else") is None


OFFER = st.builds(FollowUp, st.text(min_size=1, max_size=120), st.text(min_size=1, max_size=300))


@given(st.lists(OFFER, max_size=120, unique_by=lambda offer: offer.query), st.none() | OFFER)
def test_whatever_is_offered_is_what_slack_accepts(offers, month):
    near = FollowUps(tuple(offers), month, month, tuple(offers), (("Models", tuple(offers)),))
    shown = controls(answer_with(near), "U123", quiet=True)
    assert check_blocks(shown) == []
    options = [option for e in by_action(shown).values() for option in e.get("options", ())]
    assert {option["value"] for option in options} <= {offer.query for offer in offers}, "no question is shortened"


def answer_with(near):
    class Made:
        query = "licenses"
        next = ("creators",)

    made = Made()
    made.follow_ups = near
    return made


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("licenses quiet", "licenses"),
        ("QUIET licenses by downloads", "licenses by downloads"),
        ("licenses quietly", "licenses"),
        ("quiet", ""),
        ("quiet help", "help"),
    ],
)
def test_quiet_is_taken_off_at_either_end(typed, asked):
    assert split_quiet(typed) == (asked, True)


@given(st.lists(st.sampled_from(["quiet", "Quietly", "model", "x"]), min_size=1, max_size=4))
def test_a_name_in_quotes_keeps_its_words(words):
    typed = f'creator "{" ".join(words)}"'
    assert split_quiet(typed) == (typed, False)
    assert split_quiet(f"{typed} quiet") == (typed, True)
    assert parse(split_quiet(f"quiet {typed}")[0]) == Query("creator", (" ".join(words),))


@given(st.text(max_size=60))
def test_what_is_not_quiet_stays_as_it_was_typed(typed):
    taken, quiet = split_quiet(typed)
    if not quiet:
        assert taken == typed
