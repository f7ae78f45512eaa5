"""Replies to requests: help, an answer, an error message, or a reference ID."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

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


SMALL_TALK = [
    *("hello", "Hi!", "hello there", "hello bot!", "hey hfstats", "Good  morning", "good evening, everyone!", "hi :wave:"),
    *("thanks", "Thank you very much!", "many thanks, hfstats", "thx :pray:", "hey, good morning", "cheers!", "?"),
]


@pytest.mark.parametrize("text", ["", "help", "help me", *SMALL_TALK, *(f"{text} quiet" for text in SMALL_TALK[:3])])
def test_words_that_ask_for_nothing_in_particular_get_the_whole_help(parser, text):
    request = parser.parse(text)
    assert isinstance(request, Help)
    assert len(request.notice.sections) > 5
    assert request.quiet is text.endswith("quiet")


@pytest.mark.parametrize("text", ["help licenses", "help\tlicenses", "Help\n licenses", "hello, help licenses"])
def test_a_topic_after_help_is_explained(parser, text):
    assert parser.parse(text).notice.text.startswith("licenses: ")


@pytest.mark.parametrize("text", ["help frobnicate", "hello frobnicate", "good licenses morning", "thanks for nothing"])
def test_what_follows_a_greeting_is_no_topic_of_help(parser, text):
    request = parser.parse(text)
    assert isinstance(request, Misunderstood)
    assert ("no help topic" in request.notice.text) is text.startswith("help")


@pytest.mark.parametrize(
    ("text", "word"),
    [("subscribe", "subscribe"), ("Bet creators Meta 60% by 2027-01", "predict"), ("unfollow 3", "unwatch"), ("ask", "build")],
)
def test_a_command_has_one_word_however_it_is_typed(parser, text, word):
    request = parser.parse(text)
    assert isinstance(request, Command)
    assert (request.word, request.typed) == (word, text)


@pytest.mark.parametrize("space", ["\n", "\t", " \n ", "\u00a0", "\u2003"])
@pytest.mark.parametrize(
    "text", ["pause 3", "digest 2026-07", "subscribe weekly", "watch creator Meta below 10%", "bet licenses"]
)
def test_any_white_space_separates_a_command_from_its_words(parser, text, space):
    request = parser.parse(text.replace(" ", space))
    assert isinstance(request, Command)
    assert replace(request, typed="") == replace(parser.parse(text), typed="")


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
