"""Every answer and notice as blocks, text, JSON and CSV, held against what Slack accepts."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.export import serialization
from analytics.questions.registry import QUESTIONS, ask, parse
from bot.blocks import controls, messages, text
from bot.blocks.escape import escape
from bot.blocks.figures.native_chart import native_chart
from bot.blocks.figures.table_block import table_blocks
from bot.domain.reply import Notice
from playground.block_kit.blocks import check_blocks

EXAMPLES = [example for question in QUESTIONS for example in question.examples]
IN_THE_SIMULATION = {
    "model openai-community/gpt2": "model MiniLM-L6-sim",
    "model all-MiniLM-L6-v2": "model sentence-transformers/MiniLM-L6-sim",
}


@pytest.fixture(params=EXAMPLES)
def answer(request, history, long_history):
    history = long_history if request.param.startswith("forecast") else history
    return ask(parse(IN_THE_SIMULATION.get(request.param, request.param).replace("2026-01", "2026-05")), history)


def test_an_answer_is_what_slack_accepts_in_every_form(answer):
    for shown in (
        [messages.image_of_file("F0123456789", answer.chart.alt)],
        native_chart(answer.chart),
        table_blocks(answer),
        messages.numbers(answer),
    ):
        for quiet in (False, True):
            below = controls.controls(answer, "U123", quiet=quiet)
            assert check_blocks(messages.answer_blocks(answer, shown, "U123", changed_by="U456", below=below)) == []
    assert 0 < len(messages.answer_fallback(answer)) <= messages.MESSAGE_TEXT


def test_without_a_picture_the_numbers_stand_in_the_message(answer):
    shown = json.dumps(messages.answer_blocks(answer, messages.numbers(answer)), ensure_ascii=False)
    numbers = text.grid(answer)
    assert numbers
    for line in numbers:
        assert json.dumps(escape(line), ensure_ascii=False)[1:-1] in shown


def test_every_answer_says_headline_source_and_that_it_is_simulated(answer):
    shown = text.answer_text(answer)
    assert shown.startswith(answer.headline)
    assert str(answer.source.snapshot) in shown
    assert "simulated data" in shown
    assert serialization.as_json(answer)["source"]["simulated"] is True


def test_json_is_json_and_leaves_out_what_does_not_apply(answer):
    found = json.loads(json.dumps(serialization.as_json(answer), allow_nan=False))
    assert found["query"] == answer.query
    assert set(found["chart"]) == {"kind", "title", "alt"}
    assert all(value not in ([], {}, None, "") for value in found.values())


def test_csv_has_as_many_columns_in_each_row(answer):
    rows = list(csv.reader(io.StringIO(serialization.as_csv(answer))))
    assert len(rows) > 1
    assert len({len(row) for row in rows}) == 1


def test_buttons_hold_the_next_questions(answer):
    actions = [block for block in messages.answer_blocks(answer, messages.numbers(answer)) if block["type"] == "actions"]
    assert [element["value"] for block in actions for element in block["elements"]] == list(answer.next)
    assert 2 <= len(answer.next) <= 3


def test_top_cuts_json_and_csv_to_so_many_names(history):
    answer = ask(parse("creators top 3"), history)
    assert [len(ranking["shares"]) for ranking in serialization.as_json(answer)["rankings"]] == [3, 3]
    assert len(serialization.as_csv(answer).splitlines()) == 1 + 3 + 3


@pytest.mark.parametrize(
    "question", ["models top 20", "models by likes top 99", "creators top 25", "creator google top 18", "movers top 16"]
)
def test_who_asks_for_a_number_of_names_sees_all_of_them_in_every_form(history, question):
    answer = ask(parse(question), history)
    number = int(question.rpartition(" ")[2])
    code = "\n".join(block["text"]["text"].strip("`") for block in messages.numbers(answer)).splitlines()
    (table,) = table_blocks(answer)
    assert len(text.grid(answer)) == len(code) == len(table["rows"]) == 1 + number
    assert "more" not in messages.answer_fallback(answer) or number > messages.TEXT_ROWS
    assert check_blocks(messages.answer_blocks(answer, messages.numbers(answer))) == []
    assert native_chart(answer.chart) == [] or number <= 20 or "movers" in question


def test_where_a_message_has_no_room_for_the_number_of_names_it_says_where_they_are(history):
    answer = ask(parse("models top 150"), history)
    table, note = table_blocks(answer)
    assert len(table["rows"]) == 100
    assert note["elements"][0]["text"].startswith("… and 51 more. A Slack message has no room for them, but the CSV file")
    assert "… and 51 more. A Slack" in messages.numbers(answer)[-1]["text"]["text"]
    assert check_blocks(messages.answer_blocks(answer, [table, note])) == []
    assert len(text.grid(answer)) == 151
    assert len(serialization.as_csv(answer).splitlines()) == 151


def test_a_table_of_two_measures_leaves_no_cell_empty(history):
    answer = ask(parse("creators top 3"), history)
    assert all(len(line.split()) >= 6 for line in text.grid(answer)[1:4])


@given(st.text(max_size=6000), st.lists(st.text(min_size=1, max_size=3000), max_size=5))
def test_any_notice_is_what_slack_accepts(said, suggestions):
    usable = tuple(s for s in suggestions if s.strip())
    shown = messages.notice_blocks(Notice(said or ".", suggestions=usable))
    assert check_blocks(shown) == []


@given(st.text(max_size=500))
def test_the_working_message_is_what_slack_accepts(typed):
    assert check_blocks(messages.progress(typed)) == []


@pytest.mark.parametrize("typed", ["<!channel>", "<@U1>", "<https://example.com|click>", "a & b", "&lt;!here&gt;"])
def test_what_somebody_typed_stays_text(typed):
    for shown in (messages.progress(typed), messages.notice_blocks(Notice(f"I do not know “{typed}”."))):
        written = json.dumps([block for block in shown if block["type"] != "actions"], ensure_ascii=False)
        assert "<" not in written
        assert ">" not in written


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-2", "@sum"])
def test_a_spreadsheet_reads_no_name_as_a_formula(name):
    assert serialization.safe(name) == f"'{name}"
    assert serialization.safe("apache-2.0") == "apache-2.0"
