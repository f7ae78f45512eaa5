"""The controls under an answer: their values, labels and accessibility in Slack."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.answer import FollowUp, FollowUps
from analytics.query import Query
from analytics.questions.registry import ask, parse
from bot.blocks.controls import asker, controls, menu_choice, name_choices, thread_in
from bot.conversation.request_parser import split_quiet
from playground.block_kit.blocks import check_blocks
from playground.block_kit.inputs import options_of


@pytest.fixture(scope="module")
def answer(history):
    return ask(parse("license apache-2.0"), history)


def by_action(rows):
    return {element["action_id"]: element for row in rows for element in row["elements"]}


def labels(options):
    return [option["text"]["text"] for option in options]


def test_one_row_and_two_next_questions(answer):
    rows = controls(answer, "U123")
    assert [len(row["elements"]) for row in rows] == [3, 2]
    assert list(by_action(rows)) == ["view:by", "view:since", "more", "go:0", "go:1"]
    found = by_action(rows)
    assert labels(found["view:by"]["options"]) == ["Models and downloads", "By models", "By downloads", "By likes"]
    assert found["view:by"]["initial_option"]["value"] == answer.query
    period, month = found["view:since"]["option_groups"]
    assert labels(period["options"])[0] == "Now"
    assert labels(month["options"]) == ["Jul 2026"]
    assert labels(found["more"]["options"]) == ["Break down…", "About the data", "CSV in thread", "Edit question"]
    assert all(len(option["value"]) <= 75 for option in found["more"]["options"])


def test_an_answer_for_one_person_can_be_posted(answer):
    found = by_action(controls(answer, "U123", quiet=True))
    assert list(found)[:4] == ["view:by", "view:since", "post", "more"]
    assert labels(found["more"]["options"]) == ["Break down…", "About the data", "CSV", "Edit question"]


def test_a_month_without_periods_stands_among_its_neighbors(history):
    found = by_action(controls(ask(parse("likes"), history)))
    assert labels(found["view:since"]["options"]) == ["Jul 2026", "Aug 2026"]
    assert labels([found["view:since"]["initial_option"]]) == ["Aug 2026"]


@pytest.mark.parametrize(
    "question", ["licenses", "license mit", "creator meta since 2026-06", "movers", "likes", "compare mit gemma"]
)
def test_next_questions_are_none_that_a_menu_leads_to(question, history):
    query, found = parse(question), ask(parse(question), history)
    following = [parse(text) for text in found.follow_ups.next]
    assert 1 <= len(following) <= 2
    assert {str(q) for q in following} <= set(found.next)
    plain = [q.but(by=None, at=None, since=None, top=None) for q in (query, *following)]
    assert len(set(plain)) == len(plain)


def test_the_row_remembers_who_asked_and_what(answer):
    first, other = controls(answer, "U123")[0], controls(replace(answer, query="licenses"), "U123")[0]
    assert asker(first["block_id"]) == "U123"
    assert first["block_id"] != other["block_id"]
    assert asker(controls(answer)[0]["block_id"]) is None
    assert asker("something else") is None


def chosen(row, value="csv"):
    return {"type": "overflow", "action_id": "more", "block_id": row["block_id"], "selected_option": {"value": value}}


@given(st.text(min_size=1, max_size=500))
def test_the_overflow_menu_has_the_whole_question_or_is_replaced_by_buttons(query):
    row = controls(answer_with(FollowUps(), query), "U123")[0]
    found = by_action([row])
    if "more" in found:
        assert menu_choice(chosen(row)) == ("csv", query)
    else:
        assert {element["value"] for element in row["elements"]} == {query}
        assert [element["action_id"] for element in row["elements"]] == ["csv", "build"]
    assert check_blocks([row]) == []


@pytest.mark.parametrize(
    "action",
    [
        {},
        {"action_id": "more"},
        {"action_id": "more", "block_id": "controls:U1:licenses", "selected_option": None},
        {"action_id": "more", "block_id": "controls:U1:licenses", "selected_option": {"value": "command"}},
        {"action_id": "more", "block_id": "other", "selected_option": {"value": "csv"}},
        {"action_id": "csv", "block_id": "controls:U1:licenses", "selected_option": {"value": "csv"}},
    ],
)
def test_what_is_no_choice_of_the_menu(action):
    assert menu_choice(action) is None


def test_names_lead_to_the_thread_that_their_buttons_name(answer):
    blocks = name_choices(answer, "1700000000.000100")
    assert check_blocks(blocks) == []
    rows = [block for block in blocks if block["type"] == "actions"]
    assert {thread_in(row["block_id"]) for row in rows} == {"1700000000.000100"}
    offered = {offer.query for _, group in answer.follow_ups.breakdown for offer in group}
    assert {element["value"] for row in rows for element in row["elements"]} == offered
    assert {element["action_id"].partition(":")[0] for row in rows for element in row["elements"]} == {"name"}
    alone = [block for block in name_choices(answer) if block["type"] == "actions"]
    assert {element["action_id"].partition(":")[0] for row in alone for element in row["elements"]} == {"go"}
    assert thread_in("controls:U123:licenses") is None


OFFER = st.builds(FollowUp, st.text(min_size=1, max_size=120), st.text(min_size=1, max_size=300))


@given(st.lists(OFFER, max_size=120, unique_by=lambda offer: offer.query), st.none() | OFFER)
def test_whatever_is_offered_is_what_slack_accepts(offers, month):
    near = FollowUps(tuple(offers), month, month, tuple(offers), (("Models", tuple(offers[:20])),), ("creators",))
    shown = controls(answer_with(near), "U123", quiet=True)
    assert check_blocks(shown) == []
    menus = [element for name, element in by_action(shown).items() if name.startswith("view:")]
    options = [option for menu in menus for option in options_of(menu)]
    assert {option["value"] for option in options} <= {"licenses", *(o.query for o in (*offers, month) if o)}, "none is shortened"
    assert check_blocks(name_choices(answer_with(near), "1.1")) == []


def answer_with(near, query="licenses"):
    return SimpleNamespace(query=query, follow_ups=near, notes=(), source=SimpleNamespace(snapshot=date(2026, 8, 22)))


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
