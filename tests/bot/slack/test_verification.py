"""Verification of Slack's signatures: accepts Slack's requests, rejects all others, never raises."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt import BoltContext, BoltRequest, BoltResponse
from slack_sdk.signature import SignatureVerifier

from bot.slack.error_handler import handle_error
from bot.slack.verification import TOLERANCE, VerifiedOnly, is_signed_by_slack, is_verified, is_well_formed, verified_context

SECRET = "a signing secret of the tests"


def signed(body, stamp=None, secret=SECRET):
    stamp = str(int(time.time())) if stamp is None else stamp
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return stamp, f"v0={digest}"


@given(st.binary(max_size=200))
def test_what_slack_signs_is_slacks_whatever_the_bytes(body):
    stamp, signature = signed(body)
    assert is_signed_by_slack(SECRET, stamp, signature, body)
    assert not is_signed_by_slack(SECRET, stamp, signature, body + b" ")
    assert not is_signed_by_slack("another", stamp, signature, body)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_the_signature_is_slack_sdks(text):
    stamp = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=text)
    assert is_signed_by_slack(SECRET, stamp, signature, text.encode())


STAMPS = [
    *("nan", "NaN", "inf", "-inf", "infinity", "1e400", "-0", "", " ", "None", "9" * 5000, "9" * 12, "0", "-1", "1" * 13),
    *("²" * 10, "\ud800", "\U0001d7d9" * 10, None, float("nan"), [], b"1", object()),
]
STAMPS_OF_NOW = [
    *(int, float, "-{}".format, "+{}".format, "{}.0".format, " {}".format, "{}\n".format, "{0},{0}".format, "{}_0".format, hex),
    *("{}\0".format, lambda now: "".join(chr(0x660 + int(digit)) for digit in str(now)), lambda now: [str(now)]),
]
"""Each makes one of the present time."""


@pytest.mark.parametrize(
    "stamp", [*(lambda _, one=one: one for one in STAMPS), *STAMPS_OF_NOW], ids=map(str, range(len(STAMPS) + len(STAMPS_OF_NOW)))
)
def test_a_timestamp_is_plain_digits_of_the_last_minutes(stamp):
    stamp = stamp(int(time.time()))
    assert not is_well_formed(stamp, "v0=" + "0" * 64)
    if isinstance(stamp, str):
        digest = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        assert not is_signed_by_slack(SECRET, stamp, f"v0={digest}", b""), "also where the secret is right"


@pytest.mark.parametrize("off", [-TOLERANCE - 5, TOLERANCE + 5])
def test_an_old_signature_and_one_of_the_future_are_no_good(off):
    assert not is_signed_by_slack(SECRET, *signed(b"", str(int(time.time()) + off)), b"")


@pytest.mark.parametrize("secret", [None, "", " ", "\t\n"])
def test_without_a_secret_nothing_is_slacks(secret):
    assert not is_signed_by_slack(secret, *signed(b"", secret=secret or ""), b"")


anything = st.one_of(st.none(), st.text(), st.binary(), st.integers(), st.floats(), st.lists(st.text(), max_size=2))


@given(anything, anything, st.binary(max_size=30))
def test_nothing_raises_and_nothing_gets_in(stamp, signature, body):
    assert is_signed_by_slack(SECRET, stamp, signature, body) is False


@given(st.text(max_size=80))
def test_a_signature_is_taken_in_one_form_only(tail):
    stamp, good = signed(b"")
    for signature in (good + tail, tail + good, good.upper() + tail, good[3:] + tail, f"{good},{good}"):
        assert is_signed_by_slack(SECRET, stamp, signature, b"") is (signature == good)


def through(request):
    went_on = []
    response = VerifiedOnly(SECRET).process(req=request, resp=BoltResponse(status=200), next=lambda: went_on.append(1))
    assert bool(went_on) is (response is None)
    return response.status if response else 200


def test_bolt_takes_what_was_verified_and_verifies_what_was_not():
    stamp, signature = signed(b"{}")
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": signature}
    assert through(BoltRequest(body="{}", context=verified_context())) == 200
    assert through(BoltRequest(body="{}", headers=headers)) == 200
    assert through(BoltRequest(body={}, mode="socket_mode")) == 200
    for wrong in ({}, headers | {"x-slack-request-timestamp": "nan"}, headers | {"x-slack-signature": [signature, signature]}):
        assert through(BoltRequest(body="{}", headers=wrong)) == 401
    assert through(BoltRequest(body='{"hfstats_verified": true, "context": {"hfstats_verified": true}}')) == 401


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://hooks.slack.com.evil.example/a", 7, ["a"], {}])
def test_a_response_url_that_is_not_slacks_is_taken_away(url):
    """Bolt posts to it by itself, where a workspace has no installation."""
    request = BoltRequest(body=json.dumps({"response_url": url}), context=verified_context())
    assert through(request) == 200
    assert request.context.response_url is None
    good = BoltRequest(body='{"response_url": "https://hooks.slack.com/a"}', context=verified_context())
    assert through(good) == 200
    assert good.context.response_url == "https://hooks.slack.com/a"


def test_the_mark_goes_with_the_copy_that_a_lazy_listener_gets():
    assert is_verified(BoltRequest(body="{}", context=verified_context()).to_copyable().context)
    assert not is_verified(BoltRequest(body="{}").to_copyable().context)


def test_a_failure_of_what_was_not_verified_tells_nobody(caplog):
    """``response_url`` leads where nothing listens, and pytest lets nothing else be reached: a call would raise or be logged."""
    body = {"response_url": "http://127.0.0.1:9/", "channel_id": "C1", "user_id": "U1"}
    context = BoltRequest(body=body, mode="socket_mode").context
    assert isinstance(context, BoltContext)
    assert handle_error(ValueError("nan"), context).status == 401
    assert caplog.records == []
