"""What people say to the bot in their own words: answered with what it was taken for, asked back, or helped."""

from __future__ import annotations

import pytest
from slack_app import WAIT, image_of, wait_for_answer

from bot.conversation.natural_language import without_greeting
from playground.block_kit.blocks import check_blocks


def told(slack, words, viewer="ada", channel="general"):
    def found():
        return [one for one in slack.messages(channel, viewer=viewer) if words in slack.shown_text(one)]

    return slack.wait_for(found, WAIT)[-1]


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ("what's Meta's share of downloads?", "creator Meta by downloads"),
        ("hi! which licences are most common right now?", "licenses"),
        ("apache vs mit among trending models", "compare apache-2.0 mit in trending"),
    ],
)
def test_a_mention_is_answered_with_what_it_was_taken_for(http, said, query):
    http.mention(said)
    message = wait_for_answer(http)
    assert image_of(message)
    assert f"I read that as `{query}`" in str(message.blocks)
    assert check_blocks(list(message.blocks)) == []


def test_what_is_in_the_bots_own_words_is_not_echoed(http):
    http.mention("licenses by downloads")
    assert "I read that as" not in str(wait_for_answer(http).blocks)


def test_what_is_unsure_is_asked_back_and_a_button_answers(http):
    http.mention("share of frobnicated apache models")
    asked_back = told(http, "I'm not sure what you're asking")
    assert "frobnicated" in http.shown_text(asked_back)
    assert check_blocks(list(asked_back.blocks)) == []
    assert http.press(asked_back, "license apache-2.0").ok
    assert image_of(told(http, "Apache-2.0 has"))


def test_what_nobody_understands_gets_the_nearest_words(http):
    http.mention("frobnicate the quux")
    assert "I don't know “frobnicate” or “quux”" in http.shown_text(told(http, "I don't know"))


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("hi! licenses", "licenses"),
        ("Good morning all, licenses", "licenses"),
        ("hello", "hello"),
        ("hey there", "hey there"),
        ("hi team, licenses", "licenses"),
        ("hi :wave:", "hi :wave:"),
        ("good evening\nlicenses", "licenses"),
        ("history of apache", "history of apache"),
    ],
)
def test_a_greeting_before_a_question_says_nothing(said, left):
    assert without_greeting(said) == left
