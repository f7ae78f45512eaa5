"""The slash command over HTTP and Socket Mode, through the real Bolt app: what the user sees."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from leaks import TYPED
from slack_app import TRANSPORTS, WAIT, Broken, answers_in, image_of, wait_for_answer

from bot.slack_api import upload
from playground import SlackStandIn
from playground.faults import Fault


def test_a_command_is_answered_with_a_chart_in_the_message(slack):
    ack = slack.command("licenses by downloads")
    assert ack.ok
    message = wait_for_answer(slack)
    assert not message.viewer
    shown = slack.shown_text(message)
    assert "Apache-2.0 leads with" in shown
    assert f"asked by <@{slack.workspace().user('ada').id}>" in str(message.blocks)
    assert "simulated data" in shown
    image = image_of(message)
    assert image["slack_file"]["id"]
    assert image["alt_text"].startswith("Apache-2.0 leads with")
    assert [m for m in slack.messages("general") if m.ts != message.ts and not m.viewer] == []


def test_the_working_message_becomes_the_answer(http):
    http.command("licenses")
    first = http.wait_for(lambda: http.messages("general"), WAIT)[-1]
    assert "Working on" in http.shown_text(first)
    message = wait_for_answer(http)
    assert message.ts == first.ts


@pytest.mark.parametrize("channel", ["general", "random", "research", "direct"])
def test_every_channel_gets_an_answer_with_its_picture(slack, channel):
    assert slack.command("creators", channel=channel).ok
    message = wait_for_answer(slack, channel)
    assert image_of(message)
    assert "the most downloads" in slack.shown_text(message)


def test_a_misspelled_command_is_answered_and_the_answer_says_how_it_was_read(slack):
    assert slack.command("licenzes by downlods", channel="random").ok
    message = wait_for_answer(slack, "random", "grace")
    assert image_of(message)
    assert "I read that as `licenses by downloads`" in str(message.blocks)


def test_a_command_with_a_mistake_is_answered_to_the_typist_alone_with_what_would_work(slack):
    assert slack.command("licenses by stars", channel="random").ok
    message = slack.wait_for(lambda: slack.messages("random", "ada"), WAIT)[-1]
    assert message.viewer
    assert slack.messages("random", "grace") == []
    assert "“stars”" in slack.shown_text(message)
    assert slack.press(message, "licenses").ok
    assert image_of(wait_for_answer(slack, "random", "grace"))


def test_how_many_tasks_there_are_is_told_as_a_number(slack):
    slack.command("how many tasks are there")
    assert re.search(r"The 300 most-downloaded models have \d+ tasks\.", slack.shown_text(wait_for_answer(slack)))


def test_an_unknown_creator_leaves_nothing_behind_but_a_word_to_the_typist(slack):
    slack.command("creator metta")
    message = wait_for_answer(slack)
    assert message.viewer
    assert "I don't know the creator “metta”. Did you mean Meta" in slack.shown_text(message)
    slack.wait_for(lambda: slack.messages("general", "grace") == [], WAIT)
    slack.press(message, "creator Meta")
    assert "Meta has" in slack.shown_text(wait_for_answer(slack, "general", "grace"))
    slack.wait_for(lambda: all(not m.viewer for m in slack.messages("general", "ada")), WAIT)


def test_help_is_for_the_typist_alone(slack):
    slack.command("help")
    message = slack.wait_for(lambda: slack.messages("general", "ada"), WAIT)[-1]
    assert message.viewer
    assert "Type /hfstats and any of these" in slack.shown_text(message)


def test_a_button_asks_the_next_question_in_the_thread(slack):
    slack.command("licenses")
    message = wait_for_answer(slack)
    assert slack.press(message, "creators", user="grace").ok

    def replies():
        return [m for m in slack.messages("general", thread=message.ts) if m.is_reply and image_of(m)]

    second = slack.wait_for(replies, WAIT)[-1]
    assert second.thread_ts == message.ts
    assert "the most downloads" in slack.shown_text(second)
    assert image_of(slack.messages("general")[0])


def test_a_mention_and_a_direct_message_are_the_same_path(slack):
    slack.mention("tasks by downloads")
    assert " leads with " in slack.shown_text(wait_for_answer(slack))
    slack.dm("tasks by downloads")
    assert image_of(wait_for_answer(slack, "direct"))


def test_a_mistake_in_a_direct_message_is_answered_there(slack):
    slack.dm("what is love")
    message = slack.wait_for(
        lambda: [m for m in slack.messages("direct", "ada") if m.author != slack.workspace().user("ada").id], WAIT
    )[-1]
    assert "I don't know “love”" in slack.shown_text(message)


def test_what_was_typed_is_shown_as_text(http):
    http.command("creator <!channel> *bold* & <https://evil.example|click>")
    message = wait_for_answer(http)
    assert "<!channel>" in http.shown_text(message)
    assert "<!channel>" not in str(message.blocks)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_an_empty_store_says_how_to_fill_it(transport, empty_pool, entries):
    with SlackStandIn() as slack:
        stop = TRANSPORTS[transport](slack, empty_pool, entries)
        slack.command("licenses")
        message = slack.wait_for(lambda: [m for m in slack.messages("general", "ada") if m.viewer], WAIT)[-1]
        assert "There's no data yet" in slack.shown_text(message)
        assert "hfstats snapshot" in slack.shown_text(message)
        stop()


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("channel", ["general", "random"])
def test_a_crash_inside_a_question_shows_a_reference_and_no_stuck_message(transport, channel, entries, caplog):
    with SlackStandIn() as slack:
        stop = TRANSPORTS[transport](slack, Broken(), entries)
        slack.command(f"creator {TYPED}", channel=channel)
        message = slack.wait_for(lambda: [m for m in slack.messages(channel, "ada") if m.viewer], WAIT)[-1]
        shown = slack.shown_text(message)
        assert "Something went wrong on my side" in shown
        assert "ZeroDivisionError" not in shown
        reference = shown.split("reference ")[1][:8]
        assert reference in caplog.text
        slack.wait_for(lambda: slack.messages(channel, "grace") == [], WAIT)
        stop()


def test_a_request_with_a_wrong_signature_is_refused(http):
    to = http._outbox._http
    url = f"http://{to._host}:{to._port}{to._path}"
    for headers in ({}, {"X-Slack-Signature": "v0=" + "0" * 64, "X-Slack-Request-Timestamp": str(int(time.time()))}):
        request = urllib.request.Request(url, b"command=%2Fhfstats&text=licenses", headers)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=5)
        assert refused.value.code == 401
        refused.value.close()


def test_a_picture_that_is_not_ready_at_once_is_waited_for(http, monkeypatch):
    monkeypatch.setattr(upload, "_LOOK_EVERY", 0.05)
    http.faults.file_delay = 0.6
    http.command("licenses")
    assert image_of(wait_for_answer(http))


def test_a_picture_that_is_never_ready_costs_the_picture_not_the_answer(http, monkeypatch):
    monkeypatch.setattr(upload, "_LOOK_EVERY", 0.05)
    monkeypatch.setattr(upload, "PROCESSED_WITHIN", 0.5)
    http.faults.file_delay = 3600
    http.command("licenses")
    message = wait_for_answer(http)
    assert image_of(message) is None
    assert "apache-2.0" in http.shown_text(message)


@pytest.mark.parametrize("channel", ["general", "random"])
@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal", "files.info", "upload"])
def test_an_upload_that_fails_costs_the_picture_not_the_answer(http, method, channel):
    http.faults.plan(method, Fault(status=500), times=9)
    http.command("licenses", channel=channel)
    message = wait_for_answer(http, channel)
    assert image_of(message) is None
    assert "Apache-2.0 and MIT cover" in http.shown_text(message)
    assert "apache-2.0" in http.shown_text(message)


def test_a_rate_limit_is_waited_out(http):
    http.faults.plan("chat.update", Fault(retry_after=1))
    http.command("licenses")
    assert image_of(wait_for_answer(http))


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "channel_is_archived"])
def test_an_update_that_is_refused_falls_back_to_the_response_url(http, error):
    http.faults.plan("chat.update", Fault(error=error))
    http.command("licenses")
    assert image_of(wait_for_answer(http))


def test_many_at_once_all_get_an_answer(http):
    questions = ["licenses", "creators", "tasks", "libraries", "likes", "movers", "models", "creator meta"]
    with ThreadPoolExecutor(8) as typing:
        acks = list(typing.map(lambda words: http.command(words, channel="random"), questions * 2))
    assert all(ack.ok for ack in acks)
    assert wait_for_answer(http, "random", count=16)
    assert len(answers_in(http, "random")) == 16
