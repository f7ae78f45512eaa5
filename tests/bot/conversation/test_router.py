"""Replies to requests: help, an answer, an error message, or a reference ID."""

from __future__ import annotations

import logging
import re

import pytest

from analytics.questions.registry import parse
from bot.analytics_pool.process import AnalyticsProcess, entries
from bot.conversation.name_index import NameIndex
from bot.conversation.natural_language import NaturalLanguage
from bot.conversation.request_parser import RequestParser
from bot.conversation.router import Router
from bot.domain.request import Command, Help, Misunderstood, Question


@pytest.fixture
def process(history):
    return AnalyticsProcess(history)


@pytest.fixture
def parser(process):
    names = NameIndex(process)
    names.current()
    return RequestParser(entries(), NaturalLanguage(names, [entry.form for entry in entries()]))


def test_a_question_is_answered_with_a_picture(process):
    reply = Router(process).reply(parse("licenses by downloads"))
    assert reply.answer.query == "licenses by downloads"
    assert reply.picture.png.startswith(b"\x89PNG")
    assert reply.picture.alt == reply.answer.chart.alt
    assert reply.picture.name == "hfstats-licenses-by-downloads.png"


@pytest.mark.parametrize(
    ("text", "query", "rephrased"),
    [
        ("licenses by downloads", "licenses by downloads", False),
        ("Licenses  by downloads quiet", "licenses by downloads", False),
        ("licenzes by downlods", "licenses by downloads", True),
        ("what is Meta's share", "creator Meta", True),
        ("top 5 licenses", "licenses top 5", True),
        ("hi, licenses", "licenses", False),
    ],
)
def test_words_become_a_question(parser, text, query, rephrased):
    request = parser.parse(text)
    assert isinstance(request, Question)
    assert (str(request.query), request.rephrased, request.quiet) == (query, rephrased, "quiet" in text)


@pytest.mark.parametrize("text", ["", "help", "hello", "help licenses", "Hi!"])
def test_words_that_ask_for_help_get_it(parser, text):
    assert isinstance(parser.parse(text), Help)


@pytest.mark.parametrize(
    ("text", "word"),
    [("subscribe", "subscribe"), ("Bet creators Meta 60% by 2027-01", "predict"), ("unfollow 3", "unwatch"), ("ask", "build")],
)
def test_a_command_has_one_word_however_it_is_typed(parser, text, word):
    request = parser.parse(text)
    assert isinstance(request, Command)
    assert (request.word, request.typed) == (word, text)


@pytest.mark.parametrize("text", ["pause three", "subscribe at 25:00", "watch meta", "status now"])
def test_a_command_with_a_mistake_needs_what_the_command_needs(parser, text):
    request = parser.parse(text)
    assert isinstance(request, Misunderstood)
    assert request.permission is parser.parse({"status now": "status"}.get(text, "pause")).permission


def test_an_unknown_name_gets_the_nearest(process):
    notice = Router(process).reply(parse("creator metta")).notice
    assert "metta" in notice.text
    assert "creator Meta" in notice.suggestions


class Broken:
    """A source of answers with a defect in it."""

    def answer(self, query):
        raise ZeroDivisionError(query)


def test_a_defect_shows_a_reference_that_stands_in_the_log(caplog):
    with caplog.at_level(logging.ERROR):
        notice = Router(Broken()).reply(parse("licenses")).notice
    assert notice.reference
    assert notice.reference in notice.text
    assert re.search(rf"failure {notice.reference}", caplog.text)
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in notice.text
