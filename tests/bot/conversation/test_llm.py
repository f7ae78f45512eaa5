"""The chat model for natural-language questions: checked by the grammar, limited in time, off by default."""

from __future__ import annotations

import pytest
from chat_standin import ChatStandIn
from pydantic import SecretStr
from slack_app import over_http, wait_for_answer
from test_natural_language_replies import told

from bot import composition
from bot.analytics_pool.process import AnalyticsProcess
from bot.analytics_pool.process import entries as all_entries
from bot.conversation.llm import LanguageModel
from bot.conversation.name_index import NameIndex
from bot.conversation.natural_language import NaturalLanguage
from bot.conversation.request_parser import RequestParser
from bot.settings import Settings
from playground import SlackStandIn

MODEL = "somebody/chat-model"
RIDDLE = "the ones from the Hexagon, do they stand a chance these days"


@pytest.fixture
def chat():
    with ChatStandIn() as chat:
        yield chat


def reader(chat, **more):
    return LanguageModel(all_entries(), model=MODEL, token=chat.token, url=chat.url, **more)


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ("country france", "country france"),
        ("`licenses by downloads`\n", "licenses by downloads"),
        ("/hfstats creators since 2026-01", "creators since 2026-01"),
        ("licenses\nThat is what they ask.", "licenses"),
        ("none", None),
        ("None.", None),
        ("", None),
        ("DROP TABLE snapshot", None),
        ("creators by charm", None),
        ("subscribe weekly", None),
        ("I cannot help with that.", None),
        ("licenses " * 500, None),
    ],
)
def test_what_it_says_counts_only_as_a_question(chat, said, query):
    chat.says = lambda _: said
    found = reader(chat).read(RIDDLE)
    assert (str(found) if found else None) == query
    assert chat.asked[0]["model"] == MODEL
    assert chat.asked[0]["messages"][1]["content"] == RIDDLE
    assert "creators" in chat.asked[0]["messages"][0]["content"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, None),
        (429, None),
        (401, None),
        (200, b"<html>"),
        (200, {}),
        (200, {"choices": []}),
        (200, {"choices": [{"message": {"content": None}}]}),
        (200, {"choices": [{"message": {"content": 7}}]}),
        (200, [1]),
    ],
)
def test_a_model_that_is_away_or_babbles_is_none(chat, status, body):
    chat.status, chat.body = status, body
    assert reader(chat).read(RIDDLE) is None
    assert len(chat.asked) == 1


def test_nobody_waits_long_for_it(chat):
    chat.wait = 5.0
    assert reader(chat, wait=0.2).read(RIDDLE) is None


def test_what_is_too_long_is_not_sent(chat):
    assert reader(chat).read("why " * 101) is None
    assert chat.asked == []


def test_no_answer_at_an_address_that_nobody_listens_at():
    with ChatStandIn() as gone:
        pass
    assert reader(gone).read(RIDDLE) is None


def test_no_token_of_the_hub_goes_to_somebody_elses_address(chat, monkeypatch, entries):
    monkeypatch.setenv("HF_TOKEN", chat.token)
    chat.says = lambda _: "licenses"
    settings = Settings(hfstats_chat_model=MODEL, hfstats_chat_url=chat.url, hf_token=SecretStr(chat.token))
    assert composition.guess(settings, entries)(RIDDLE) is None
    assert len(chat.asked) == 1
    opened = settings.model_copy(update={"hfstats_chat_token": SecretStr(chat.token)})
    assert str(composition.guess(opened, entries)(RIDDLE)) == "licenses"


def test_it_is_off_unless_it_is_set_up(entries):
    assert composition.guess(Settings(hfstats_chat_url="http://127.0.0.1:1/v1"), entries) is None
    assert composition.guess(Settings(hfstats_chat_model=MODEL), entries) is not None


@pytest.fixture
def talking(pool, entries, chat):
    with SlackStandIn() as slack:
        more = {
            "hfstats_chat_model": MODEL,
            "hfstats_chat_url": chat.url,
            "hfstats_chat_token": SecretStr(chat.token),
            "hfstats_per_minute": 3,
        }
        stop = over_http(slack, pool, entries, **more)
        yield slack
        stop()


def test_what_the_grammar_cannot_read_is_answered_and_repeated(talking, chat):
    chat.says = lambda _: "country france"
    talking.mention(RIDDLE)
    assert "I read that as `country france`" in str(wait_for_answer(talking).blocks)


def test_what_the_grammar_reads_is_not_sent(talking, chat):
    talking.mention("which licenses are most common?")
    wait_for_answer(talking)
    talking.mention("licensse")
    told(talking, "licenses")
    assert chat.asked == []


def test_without_a_reading_it_is_asked_back_as_ever(talking, chat):
    talking.mention("share of frobnicated apache models")
    told(talking, "I'm not sure what you're asking")
    assert len(chat.asked) == 1


def test_who_asks_too_much_is_not_sent_on(talking, chat):
    for _ in range(5):
        talking.mention("share of frobnicated apache models")
    talking.wait_for(lambda: len([one for one in talking.messages("general", "ada") if "not sure" in str(one.blocks)]) == 5, 20)
    assert len(chat.asked) == 3


@pytest.mark.parametrize("line", ["help with the weather tomorrow", "hello, help frobnicate the quux"])
def test_a_help_topic_that_does_not_exist_is_not_sent(talking, chat, line):
    talking.mention(line)
    told(talking, "There's no help topic")
    assert chat.asked == []


def test_a_failure_is_not_sent(history):
    broken = NaturalLanguage(NameIndex(AnalyticsProcess(history)), [entry.form for entry in all_entries()], today=lambda: 1 // 0)
    parser = RequestParser(all_entries(), broken, lambda _: None)
    request = parser.parse(RIDDLE)
    assert request.notice.reference
    assert not parser.can_guess(request)
