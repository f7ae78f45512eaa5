"""Classification of Slack's responses, in the client and for deliveries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack_api import client as clients
from bot.slack_api.client import RateLimitWait, SlackClient
from bot.slack_api.errors import PostResult, classify_answer, classify_error, error_code, is_lasting, may_be_posted, retry_after
from bot.slack_api.response_url import error_of
from playground import SlackStandIn
from playground.faults import Fault

NOW = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
PAGE = "<html>Blocked. Call 555-0100.</html>"
UNREADABLE = {
    "a page": Fault(body=PAGE),
    "nothing": Fault(body=""),
    "half an object": Fault(body='{"ok": tr'),
    "a list": Fault(body='["ok"]'),
    "null": Fault(body="null"),
    "a text": Fault(body='"no"'),
    "a number": Fault(body="7"),
    "no text": Fault(body=b"\xff\xfe{\x00"),
    "an unknown encoding": Fault(body="{}", content_type="application/json; charset=x-klingon"),
    "an error that is a page": Fault(body=f'{{"ok": false, "error": "{PAGE}"}}'),
    "an error that is a list": Fault(body='{"ok": false, "error": ["channel_not_found"]}'),
}


@pytest.fixture(scope="module")
def slack():
    with SlackStandIn() as started:
        yield started


@pytest.fixture(params=[[], [RateLimitWait(2)]], ids=["bare", "with a retry handler"])
def client(slack, request):
    return SlackClient(slack.bot_token(), base_url=slack.api_url, retry_handlers=request.param)


@pytest.mark.parametrize("fault", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_answer_that_is_not_slacks_is_one_error_without_a_word_of_it(slack, client, fault):
    slack.faults.plan("chat.postMessage", fault)
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=slack.channel("general").id, text="hello")
    assert error_code(caught.value) == "HTTP 200"
    assert "555" not in str(caught.value)
    assert classify_error(caught.value) is PostResult.UNCONFIRMED
    assert may_be_posted(caught.value)
    assert not is_lasting(caught.value)


@pytest.mark.parametrize(
    ("status", "posted", "result"),
    [
        (400, False, PostResult.TEMPORARY_FAILURE),
        (403, False, PostResult.TEMPORARY_FAILURE),
        (404, False, PostResult.TEMPORARY_FAILURE),
        (408, True, PostResult.TEMPORARY_FAILURE),
        (413, False, PostResult.TEMPORARY_FAILURE),
        (500, True, PostResult.TEMPORARY_FAILURE),
        (502, True, PostResult.TEMPORARY_FAILURE),
        (503, True, PostResult.TEMPORARY_FAILURE),
        (520, True, PostResult.TEMPORARY_FAILURE),
    ],
)
def test_a_status_alone_is_momentary(slack, client, status, posted, result):
    slack.faults.plan("chat.postMessage", Fault(status=status, body=PAGE))
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=slack.channel("general").id, text="hello")
    assert error_code(caught.value) == f"HTTP {status}"
    assert may_be_posted(caught.value) is posted
    assert classify_error(caught.value) is result
    assert not is_lasting(caught.value)


def test_slacks_own_words_stay(slack, client):
    slack.faults.plan("chat.postMessage", Fault(error="is_archived"))
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=slack.channel("general").id, text="hello")
    assert error_code(caught.value) == "is_archived"
    assert is_lasting(caught.value)
    assert client.chat_postMessage(channel=slack.channel("general").id, text="hello")["ok"]


def test_a_plain_client_quotes_nothing_either(slack):
    """Where Bolt or slack_sdk makes the client."""
    plain = WebClient(slack.bot_token(), base_url=slack.api_url, retry_handlers=[])
    slack.faults.plan("chat.postMessage", Fault(body=PAGE))
    with pytest.raises(SlackApiError) as caught:
        plain.chat_postMessage(channel=slack.channel("general").id, text="hello")
    assert error_code(caught.value) == "HTTP 200"
    copy = SlackClient.like(plain)
    assert (copy.token, copy.base_url, copy.timeout) == (plain.token, plain.base_url, plain.timeout)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("30", timedelta(seconds=30)),
        ("1.5", timedelta(seconds=1.5)),
        ("0", timedelta(seconds=0.1)),
        ("-5", timedelta(seconds=0.1)),
        ("864000", timedelta(hours=1)),
        ("Mon, 03 Aug 2026 09:00:20 GMT", timedelta(seconds=20)),
        ("Mon, 03 Aug 2026 08:00:00 GMT", timedelta(seconds=1)),
        ("Wed, 03 Aug 2099 09:00:20 GMT", timedelta(hours=1)),
        (["7"], timedelta(seconds=7)),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("1e400", None),
    ],
)
def test_retry_after_is_read_whatever_it_holds(value, wait):
    assert retry_after({"retry-AFTER": value}, NOW) == wait
    assert retry_after({}, NOW) is None


def test_a_short_rate_limit_is_waited_out_and_a_long_one_left_to_the_caller(slack, monkeypatch):
    slept = []
    monkeypatch.setattr(clients, "time", SimpleNamespace(sleep=slept.append))
    client = SlackClient(slack.bot_token(), base_url=slack.api_url, retry_handlers=[RateLimitWait(2)])
    channel = slack.channel("general").id
    slack.faults.plan("chat.postMessage", Fault(retry_after="soon", body=PAGE))
    assert client.chat_postMessage(channel=channel, text="hello")["ok"]
    assert len(slept) == 1
    slack.faults.plan("chat.postMessage", Fault(retry_after=3600))
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=channel, text="hello")
    assert len(slept) == 1
    assert not is_lasting(caught.value)


@pytest.mark.parametrize(
    ("word", "status", "result"),
    [
        ("invalid_blocks", 200, PostResult.BLOCKS_REFUSED),
        ("slack_connect_file_link_sharing_blocked", 200, PostResult.BLOCKS_REFUSED),
        ("not_in_channel", 200, PostResult.UNAVAILABLE),
        ("token_revoked", 200, PostResult.UNAVAILABLE),
        ("expired_url", 404, PostResult.UNAVAILABLE),
        ("used_url", 404, PostResult.UNAVAILABLE),
        ("expired_trigger_id", 200, PostResult.UNAVAILABLE),
        ("ratelimited", 429, PostResult.TEMPORARY_FAILURE),
        ("service_unavailable", 503, PostResult.TEMPORARY_FAILURE),
        ("quantum_channel_decoherence", 200, PostResult.TEMPORARY_FAILURE),
        ("", 429, PostResult.TEMPORARY_FAILURE),
        ("", 404, PostResult.TEMPORARY_FAILURE),
        ("", 500, PostResult.TEMPORARY_FAILURE),
        ("", 200, PostResult.UNCONFIRMED),
    ],
)
def test_what_an_answer_means_for_the_way_that_was_tried(word, status, result):
    assert classify_answer(word, status) is result


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("ok", None),
        ("", None),
        (" ok\n", None),
        ('{"ok": true}', None),
        ('{"ok": false, "error": "used_url"}', "used_url"),
        ("expired_url", "expired_url"),
        ("no_text", "no_text"),
        (PAGE, ""),
        ("Not Found", ""),
        ("[]", ""),
        ("null", ""),
        ("{}", ""),
        ('{"ok": false, "error": "<html>"}', ""),
    ],
)
def test_what_a_response_url_answers(body, error):
    assert error_of(body) == error
