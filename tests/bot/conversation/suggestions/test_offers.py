"""Refusals: what was not understood, and buttons that work."""

from __future__ import annotations

import pytest
from databases import migrated
from slack_app import WAIT

from analytics.query import Period
from analytics.questions.registry import ask
from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot.analytics_pool.process import AnalyticsProcess, entries
from bot.conversation.failures import notice_of
from bot.conversation.name_index import NameIndex
from bot.conversation.natural_language import NaturalLanguage
from bot.conversation.request_parser import RequestParser
from bot.domain.request import Command, Misunderstood, Question

NOT_UNDERSTOOD = [
    # Words that mean nothing here
    *("asdf", "asdf qwer", "frobnicate the quux", "is open source winning?", "who is winning?", "what is love", "settings"),
    *(
        "stop",
        "thank you for nothing",
        "tell me a joke",
        "how are you",
        "weather in berlin",
        "spaces about cats",
        "datasets",
        "gpt-5",
    ),
    *("which model is best", "share of frobnicated apache models", "https://example.com", "DROP TABLE models;"),
    *("🎉", "🎉🎉 party", "<script>alert(1)</script>", "welche Lizenzen sind am beliebtesten?", "どのライセンス", "лицензии"),
    "quelles sont les licences les plus utilisées",
    # Words of a question without one, or in the wrong place
    *("csv", "licenses csv", "creators csv please", "licenses to excel", "trending", "both", "since", "by", "top", "downloads"),
    *("in trendy", "in hub", "since 2030", "at 2030", "at 2020", "by downloads", "by stars", "top 5", "top many"),
    # Questions with a mistake
    *("compare", "compare meta", "licenses by stars", "licenses at 2026-13", "licenses since yesterday", "acess", "agess"),
    *("licenses since 2026-08 at 2026-07", "creators of the universe"),
    # Commands with a mistake
    *("subscribe weekly on the moon", "subscribe daily", "subscribe every day at 9:00", "subscribe at 25:00", "subscribe in hub"),
    *("watch", "watch meta", "watch creator meta", "watch creator meta below 200%", "watch model gpt2 below 3%", "status now"),
    *("digest yesterday", "predict meta", "predict creators Meta 500%", "pause three", "mute", "mute x", "unwatch", "unbet"),
    *("again", "bets please", "subscirbe", "unsubscrib", "wacth creator meta below 10%"),
    # Topics that don't exist
    *("help foo", "help licenzes", "help the weather", "help wacth"),
]
NOT_ANSWERED = [
    *("creator metta", "creator xqzt", "license csv", "license apache-2.1", 'library "of meta"', "model //huggingface.co/foo"),
    *("task fil-mask", "country narnia", "family frobnicated", "kind aliens", "movers frobs", "concentration frobs"),
    *(
        "licenses in hub",
        "licenses in liked",
        "models in hub",
        "ages in hub",
        "models by models",
        "forecast",
        "forecast licenses",
    ),
    *("licenses since 2030", "licenses at 2031-05", "licenses at 2020-01", "compare 2020-01 2026-08", "compare 2026-07 2026-07"),
    *("movers since 2030", "entries since 2030", "creator meta since 2030", "compare 2026-08 2030-01"),
]


def parser_of(url):
    names = NameIndex(AnalyticsProcess(SqlHistory(database.engine(url))))
    names.current()
    return RequestParser(entries(), NaturalLanguage(names, [entry.form for entry in entries()]))


@pytest.fixture(scope="module")
def parser(simulated):
    return parser_of(simulated)


def refusal_of(text, history):
    """Press a button: return why it's refused, or ``None``. Commands are pressed in Slack below."""
    match text:
        case Misunderstood(notice):
            return notice
        case Question(query):
            try:
                ask(query, history)
            except Exception as error:  # noqa: BLE001 - a defect is a refusal, too
                return notice_of(error, str(query), query.word)
        case Command(word=word):
            assert word in {"subscriptions", "watches", "bets", "status", "build", "digest", "watch", "subscribe"}
    return None


def check_buttons(notice, parser, history):
    assert len(set(notice.suggestions)) >= 2
    for button in notice.suggestions:
        refused = refusal_of(parser.parse(button), history)
        assert refused is None, f"{button}: {refused.text}"


@pytest.mark.parametrize("text", NOT_UNDERSTOOD)
def test_what_is_not_understood_gets_buttons_that_work(text, parser, history):
    request = parser.parse(text)
    assert isinstance(request, Misunderstood)
    check_buttons(request.notice, parser, history)


@pytest.mark.parametrize("text", NOT_ANSWERED)
def test_what_has_no_answer_gets_buttons_that_work(text, parser, history):
    request = parser.parse(text)
    assert isinstance(request, Question)
    check_buttons(refusal_of(request, history), parser, history)


def test_every_command_that_a_refusal_offers_works_in_slack(parser, http):
    offered = {button for text in NOT_UNDERSTOOD for button in parser.parse(text).notice.suggestions}
    commands = sorted(text for text in offered if isinstance(parser.parse(text), Command) and text != "build")
    assert "watches" in commands
    for count, command in enumerate(commands, start=1):
        http.command(command)
        answers = http.wait_for(
            lambda count=count: [m for m in http.messages("general") if "Working on" not in http.shown_text(m)][count - 1 :], WAIT
        )
        assert '"value": "help' not in str(answers[-1].blocks).replace("'", '"'), f"{command} is refused"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("asdf", "I'm not sure what you're asking: I don't know “asdf”."),
        ("is open source winning?", "I'm not sure what you're asking: I don't know “winning”."),
        ("frobnicate the quux", "I don't know “frobnicate” or “quux”."),
        ("subscirbe", "Did you mean one of these?"),
        ("licenses csv", "choose CSV in the ⋯ menu below an answer"),
        ("csv", "hfstats ask licenses --csv licenses.csv"),
        ("in trendy", "trending (the 300 models with the highest trending score)"),
        ("trendy", "“trendy” isn't a list. Did you mean trending? The list “trending”: the 300 models with the highest"),
        ("hubb", "“hubb” isn't a list. Did you mean hub? The list “hub”: every public model"),
        ("licenses in trendy", "trending (the 300 models with the highest trending score)"),
        ("models in hubb", "hub (every public model"),
        ("creators by likes in likedd", "liked (the models with the most likes"),
        ("since 2030", "January 2030 is in the future; the data runs from April 2026 to August 22, 2026."),
        ("top 5", "Put a question before it, for example: licenses top 5"),
        ("help foo", "There's no help topic “foo”."),
    ],
)
def test_a_refusal_says_what_was_not_understood(parser, text, sentence):
    assert sentence in parser.parse(text).notice.text


@pytest.mark.parametrize("text", ["stop", "bots?", "hubcap", "like", "lite"])
def test_a_word_that_only_looks_like_a_list_is_not_taken_for_one(parser, text):
    request = parser.parse(text)
    assert "isn't a list" not in request.notice.text if hasattr(request, "notice") else request


@pytest.mark.parametrize(
    ("text", "read_as"),
    [("which licenses are trending", "licenses in trending"), ("licenses in the trending list", "licenses in trending")],
)
def test_a_list_that_has_its_name_in_a_sentence_is_read(parser, text, read_as):
    assert str(parser.parse(text).query) == read_as


def test_a_misspelled_list_offers_the_question_with_the_list_that_was_meant(parser):
    assert parser.parse("licenses in trendy").notice.suggestions[0] == "licenses in trending"


@pytest.mark.parametrize(
    ("about", "near"),
    [("foo", "licenses"), ("xyzzy", "licenses"), ("bar", "licenses"), ("watsh", "watch"), ("licenzes", "licenses")],
)
def test_help_offers_no_far_fetched_topic(parser, about, near):
    notice = parser.parse(f"help {about}").notice
    assert notice.suggestions[0] == f"help {near}"


def test_an_empty_store_offers_help_only(tmp_path):
    parser = parser_of(migrated(tmp_path / "empty.db"))
    for text in ("asdf", "is open source winning?", "in trendy", "licenses by stars", "compare meta"):
        suggestions = parser.parse(text).notice.suggestions
        assert suggestions
        assert all(button.startswith("help") for button in suggestions)
    assert parser.parse("asdf").notice.suggestions == ("help",)


def test_the_summary_tells_which_lists_have_a_name_and_which_months_compare(simulated):
    summary = AnalyticsProcess(SqlHistory(database.engine(simulated))).summarize_store()
    top = summary.holdings[0]
    assert top.months == tuple(Period(2026, month) for month in range(4, 9))
    assert top.previous < top.taken_on
    assert {"license", "namespace", "task", "likes", "created"} <= top.recorded
    assert all(name.lists for word in ("license", "creator", "task", "library", "model") for name in summary.names[word])
