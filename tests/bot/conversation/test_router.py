"""What becomes of a line: a chore, an answer, a sentence, or a reference."""

from __future__ import annotations

import logging
import re

import pytest

from analytics.questions.registry import FORMS
from bot import composition
from bot.analytics_pool.process import AnalyticsProcess, entries
from bot.conversation.router import Router


@pytest.fixture
def router(history):
    return composition.router(AnalyticsProcess(history), entries())


def test_a_question_is_answered_with_a_picture(router):
    assert router.at_once("licenses by downloads") is None
    reply = router.reply("licenses by downloads")
    assert reply.answer.query == "licenses by downloads"
    assert reply.picture.png.startswith(b"\x89PNG")
    assert reply.picture.alt == reply.answer.chart.alt
    assert reply.picture.name == "hfstats-licenses-by-downloads.png"


def test_wrong_words_are_answered_at_once_with_what_was_meant(router):
    notice = router.at_once("licenzes by downlods")
    assert "licenzes" in notice.text
    assert notice.suggestions[0] == "licenses by downloads"


def test_an_unknown_name_gets_the_nearest(router):
    assert router.at_once("creator metta") is None
    notice = router.reply("creator metta").notice
    assert "metta" in notice.text
    assert "creator Meta" in notice.suggestions


class Broken:
    """A source of answers with a defect in it."""

    def answer(self, text):
        raise ZeroDivisionError(text)


def test_a_defect_shows_a_reference_that_stands_in_the_log(caplog):
    router = Router(Broken(), FORMS, {})
    with caplog.at_level(logging.ERROR):
        notice = router.reply("licenses").notice
    assert notice.reference
    assert notice.reference in notice.text
    assert re.search(rf"failure {notice.reference}", caplog.text)
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in notice.text
