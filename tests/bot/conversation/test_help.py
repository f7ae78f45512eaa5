"""Help: on one screen, of one question, and in step with the registry."""

from __future__ import annotations

import pytest
import slack_app
from slack_app import WAIT

from analytics.language.grammar import parse
from analytics.questions.registry import FORMS, QUESTIONS
from bot.analytics_pool.process import entries as all_entries
from bot.blocks.messages import notice_blocks
from bot.blocks.text import notice_text
from bot.conversation.commands import WORDS, command_word
from bot.conversation.help import completions, help_notice
from playground.block_kit.blocks import check_blocks


def typed(notice):
    return [text for section in notice.sections for line in section.lines for text in line.typed]


def told(slack):
    message = slack.wait_for(lambda: slack.messages("general"), WAIT)[-1]
    assert message.viewer, "help is for the typist alone"
    return slack.shown_text(message)


@pytest.mark.parametrize("line", ["", "help", "HELP", "help me", "hi!"])
def test_help_names_every_question_under_a_heading(slack, line):
    slack.command(line)
    shown = told(slack)
    for question in QUESTIONS:
        assert question.form.example in shown
    places = [shown.index(title) for title in ("Rankings", "One name", "More", "Narrow any of them", "licenses quiet", "build")]
    assert places == sorted(places)


def test_help_has_a_line_for_each_question_and_command():
    lines = [line for section in help_notice(all_entries()).sections for line in section.lines]
    shown = [text.split()[0] for line in lines for text in line.typed[:1]]
    assert {question.form.word for question in QUESTIONS} <= set(shown)
    assert {command_word(word) for word in WORDS} <= set(shown)
    assert max(len(line) for line in notice_text(help_notice(all_entries())).splitlines()) <= 130


def test_help_is_within_slacks_limits():
    blocks = notice_blocks(help_notice(all_entries()))
    assert check_blocks(blocks) == []
    assert len(blocks) <= 50


def test_everything_that_help_shows_can_be_typed():
    for text in typed(help_notice(all_entries())):
        if text.split()[0] in {form.word for form in FORMS}:
            parse(text.removesuffix(" quiet"), FORMS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.form.word)
def test_help_of_one_question_has_its_examples_and_no_option_it_lacks(question):
    notice = help_notice(all_entries(), question.form.word)
    assert question.summary in notice.text
    assert notice.suggestions == question.examples
    assert check_blocks(notice_blocks(notice)) == []
    shown = typed(notice)
    for option in ("by models", "in trending", "task text-generation", "top 5", "at 2026-08", "since 2026-01"):
        assert (option in shown) is (option.split()[0] in question.form.options)


def test_help_of_one_question_is_found_by_its_other_names_too(slack):
    slack.command("help organizations")
    assert "creators by downloads in trending" in told(slack)


def test_an_example_in_help_can_be_pressed(http):
    http.command("help creators")
    message = http.wait_for(lambda: http.messages("general"), WAIT)[-1]
    http.press(message, "creators by downloads in trending")
    assert "creators by downloads in trending" in http.shown_text(slack_app.wait_for_answer(http, viewer="grace"))


def test_help_of_nothing_known_says_so_and_offers_near_topics(http):
    http.command("help creater")
    message = http.wait_for(lambda: http.messages("general"), WAIT)[-1]
    assert "There's no help topic “creater”" in http.shown_text(message)
    assert http.press(message, "help creator").ok
    http.wait_for(lambda: [m for m in http.messages("general") if "creator: One creator" in http.shown_text(m)], WAIT)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("help watch", "watch creator google rank below 2"),
        ("help since", "Shows how the numbers changed since a month or a day"),
        ("help hub", "every public model"),
        ("help csv", "--csv licenses.csv"),
        ("help quiet", "shows the answer only to you"),
    ],
)
def test_help_explains_any_word(slack, line, shown):
    slack.command(line)
    assert shown in told(slack)


def test_completions_end_with_commands():
    texts = [text for text, _ in completions(all_entries())]
    assert texts[-2:] == ["build", "help"]
    assert {question.form.example for question in QUESTIONS} <= set(texts)
