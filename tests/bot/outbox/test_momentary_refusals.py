"""Temporary errors of Slack or a proxy: nothing is paused, and the digest is posted once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.outbox import Kind, State
from bot.outbox.delivery import ATTEMPTS, WARN_AFTER
from playground.faults import Fault

PAGE = "<!DOCTYPE html><html><head><title>Blocked by Example Proxy</title></head><body>Call 555-0100</body></html>"
JSON = "application/json"

MOMENTARY = {
    # Slack's own words, listed as momentary or not listed at all
    "service_unavailable": Fault(error="service_unavailable"),
    "message_limit_exceeded": Fault(error="message_limit_exceeded"),
    "fatal_error": Fault(error="fatal_error"),
    "internal_error": Fault(error="internal_error"),
    "request_timeout": Fault(error="request_timeout"),
    "team_added_to_org": Fault(error="team_added_to_org"),
    "org_login_required": Fault(error="org_login_required"),
    "accesslimited": Fault(error="accesslimited"),
    "two_factor_setup_required": Fault(error="two_factor_setup_required"),
    "token_expired": Fault(error="token_expired"),
    "invalid_arguments": Fault(error="invalid_arguments"),
    "method_deprecated": Fault(error="method_deprecated"),
    "external_channel_migrating": Fault(error="external_channel_migrating"),
    "a word of next year's": Fault(error="quantum_channel_decoherence"),
    "no word but a sentence": Fault(error="Something went wrong. Call 555-0100."),
    "fatal_error that posted": Fault(error="fatal_error", takes_effect=True),
    "internal_error with 500": Fault(error="internal_error", status=500),
    "service_unavailable with 503": Fault(error="service_unavailable", status=503),
    # Rate limits
    "ratelimited": Fault(retry_after=3),
    "ratelimited without a header": Fault(error="ratelimited"),
    "ratelimited with 429 and no header": Fault(error="ratelimited", status=429),
    "rate_limited": Fault(error="rate_limited"),
    "429 in plain text": Fault(status=429, body="Too Many Requests", content_type="text/plain"),
    "429 in plain text with Retry-After": Fault(retry_after=7, body="Too Many Requests", content_type="text/plain"),
    "429 in HTML": Fault(status=429, body=PAGE),
    "429 in HTML with Retry-After": Fault(retry_after=7, body=PAGE),
    "429 with a date": Fault(retry_after="Mon, 03 Aug 2026 09:00:20 GMT", body=PAGE),
    "429 with nonsense": Fault(retry_after="soon", body=""),
    "429 with a negative wait": Fault(retry_after=-5),
    "429 for ten days": Fault(retry_after=864000),
    # Proxies and gateways
    "200 with a page": Fault(body=PAGE),
    "200 with a page that posted": Fault(body=PAGE, takes_effect=True),
    "200 without a body": Fault(body=""),
    "200 without a body that posted": Fault(body="", takes_effect=True),
    "200 with half an object": Fault(body='{"ok": tr', content_type=JSON),
    "200 with a list": Fault(body="[]", content_type=JSON),
    "200 with a list that holds something": Fault(body='["ok"]', content_type=JSON),
    "200 with null": Fault(body="null", content_type=JSON),
    "200 with a text": Fault(body='"ok"', content_type=JSON),
    "200 with an empty object": Fault(body="{}", content_type=JSON),
    "200 with ok and nothing else": Fault(body='{"ok": true}', content_type=JSON),
    "200 with ok and nothing else that posted": Fault(body='{"ok": true}', content_type=JSON, takes_effect=True),
    "200 with an error that is a number": Fault(body='{"ok": false, "error": 12}', content_type=JSON),
    "200 with bytes that are no text": Fault(body=b"\xff\xfe\x00{", content_type=JSON),
    "200 in an unknown encoding": Fault(body=PAGE, content_type="text/html; charset=x-klingon"),
    "202": Fault(status=202, body="accepted", content_type="text/plain"),
    "403 with a page": Fault(status=403, body=PAGE),
    "404 with a page": Fault(status=404, body=PAGE),
    "407": Fault(status=407, body="Proxy Authentication Required", content_type="text/plain"),
    "408": Fault(status=408, body=""),
    "500": Fault(status=500),
    "500 that posted": Fault(status=500, takes_effect=True),
    "502 with a page": Fault(status=502, body=PAGE),
    "503 with Retry-After": Fault(status=503, body=PAGE, headers={"Retry-After": "120"}),
    "504 that posted": Fault(status=504, body=PAGE, takes_effect=True),
    # Connections
    "dropped before": Fault(drop="before"),
    "dropped after": Fault(drop="after"),
}


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("fault", MOMENTARY.values(), ids=MOMENTARY.keys())
def test_a_momentary_answer_pauses_nothing_and_the_digest_arrives_once(kit, fault, times):
    subscription = kit.subscribe()
    kit.slack.faults.plan("chat.postMessage", fault, times=times)
    line = kit.settle(kit.owe(source=subscription.id))
    assert line.state is State.SENT
    assert [message.ts for message in kit.shown()] == [line.ts]
    assert kit.delivery_context.subscriptions.get(subscription.workspace, subscription.id).paused is None
    assert kit.told() == []


@pytest.mark.parametrize("fault", [Fault(body=PAGE), Fault(status=500), Fault(body="[]"), Fault(body='{"ok": true}')])
def test_a_look_that_is_answered_so_posts_nothing_again(kit, fault):
    kit.slack.faults.plan("chat.postMessage", Fault(body=PAGE, takes_effect=True))
    kit.slack.faults.plan("conversations.history", fault, times=3)
    assert kit.settle(kit.owe()).state is State.SENT
    assert len(kit.shown()) == 1
    assert len(kit.calls()) == 1


LASTING = [
    ("channel_not_found", "I can't find the channel"),
    ("not_in_channel", "I'm not a member"),
    ("is_archived", "the channel was archived"),
    ("is_inactive", "archived or deleted"),
    ("restricted_action", "doesn't let me post"),
    ("restricted_action_read_only_channel", "only some people can post"),
    ("restricted_action_thread_only_channel", "threads only"),
    ("ekm_access_denied", "turned off messages"),
    ("no_permission", "may not post there"),
    ("access_denied", "doesn't let me post"),
    ("posting_to_channel_denied", "Slack answers “posting_to_channel_denied”"),
    ("messages_tab_disabled", "Messages tab is turned off"),
]


@pytest.mark.parametrize(("code", "reason"), LASTING)
def test_what_lasts_pauses_at_once_with_the_reason(kit, code, reason):
    subscription = kit.subscribe()
    kit.slack.faults.plan("chat.postMessage", Fault(error=code))
    line = kit.settle(kit.owe(source=subscription.id))
    assert (line.state, line.error, line.attempts) == (State.FAILED, code, 0)
    assert kit.delivery_context.subscriptions.get(subscription.workspace, subscription.id).paused == code
    (told,) = kit.told()
    assert "is paused" in told.text
    assert reason in told.text


@pytest.mark.parametrize(
    "code",
    [
        "account_inactive",
        "token_revoked",
        "invalid_auth",
        "not_authed",
        "missing_scope",
        "not_allowed_token_type",
        "team_access_not_granted",
        "team_not_found",
        "enterprise_is_restricted",
    ],
)
def test_where_the_workspace_is_lost_the_operator_is_notified(operated, code):
    kit = operated
    subscription = kit.subscribe()
    kit.slack.faults.plan("chat.postMessage", Fault(error=code))
    assert kit.settle(kit.owe(source=subscription.id)).state is State.FAILED
    assert kit.delivery_context.subscriptions.get(subscription.workspace, subscription.id).paused == code
    assert kit.told() == []
    (told,) = kit.operator_told()
    assert subscription.channel in told.text
    assert subscription.workspace in told.text


ALL_DAY = {
    "service_unavailable": Fault(error="service_unavailable"),
    "a word of next year's": Fault(error="quantum_channel_decoherence"),
    "429 without a header": Fault(status=429, body=PAGE),
    "429 with Retry-After": Fault(retry_after=600),
    "200 with a page": Fault(body=PAGE),
    "500": Fault(status=500),
    "invalid_blocks": Fault(error="invalid_blocks"),
}


@pytest.mark.parametrize("fault", ALL_DAY.values(), ids=ALL_DAY.keys())
def test_what_goes_on_for_more_than_a_day_is_told_to_the_operator_and_paused_then(operated, fault):
    kit = operated
    subscription = kit.subscribe()
    kit.slack.faults.plan("chat.postMessage", fault, times=5000)
    began, id_ = kit.clock(), kit.owe(source=subscription.id)
    moments = [began]
    while (again := kit.deliver(id_)) is not None:
        assert kit.delivery_context.subscriptions.get(subscription.workspace, subscription.id).paused is None
        kit.clock.now = max(kit.clock.now, again.at) + timedelta(milliseconds=1)
        moments.append(kit.clock.now)
    assert kit.clock() - began > timedelta(hours=24)
    assert len(moments) < 400, "the waits grow"
    assert kit.delivery_context.outbox.get(id_).state is State.FAILED
    paused = kit.delivery_context.subscriptions.get(subscription.workspace, subscription.id).paused
    assert paused
    while kit.slack.faults.take("chat.postMessage"):
        pass  # Slack is back from here on
    (told,) = kit.told()
    assert "is paused" in told.text
    assert "more than a day" in told.text
    assert "555" not in told.text
    assert "Example Proxy" not in told.text
    assert any(subscription.channel in message.text for message in kit.operator_told())
    assert kit.delivery_context.outbox.retry(id_, subscription.workspace)
    assert kit.settle(id_).state is State.SENT


def test_the_operator_hears_of_it_after_an_hour_while_it_is_still_tried(operated):
    kit = operated
    kit.slack.faults.plan("chat.postMessage", Fault(error="service_unavailable"), times=WARN_AFTER)
    id_, began = kit.owe(source=kit.subscribe().id), kit.clock()
    for _ in range(WARN_AFTER):
        again = kit.deliver(id_)
        kit.clock.now = max(kit.clock.now, again.at) + timedelta(milliseconds=1)
    assert timedelta(hours=1) < kit.clock() - began < timedelta(hours=3)
    assert kit.settle(id_).state is State.SENT
    (told,) = kit.operator_told()
    assert "service_unavailable" in told.text


def test_a_channel_that_was_archived_is_reported_from_a_page_that_names_it(kit):
    """Only Slack's JSON speaks for Slack."""
    kit.slack.faults.plan("chat.postMessage", Fault(body="is_archived", content_type="text/plain"))
    kit.slack.faults.plan("chat.postMessage", Fault(status=403, body="channel_not_found"))
    subscription = kit.subscribe()
    assert kit.settle(kit.owe(source=subscription.id)).state is State.SENT
    assert kit.delivery_context.subscriptions.get(subscription.workspace, subscription.id).paused is None


def test_alerts_and_notices_are_retried_as_digests_are(kit):
    watch = kit.delivery_context.watches.add(
        kit.workspace().id,
        kit.channel().id,
        "creator meta below 10%",
        kit.workspace().user("ada").id,
        crossed=False,
        looked_at=None,
    )
    kit.slack.faults.plan("chat.postMessage", Fault(error="message_limit_exceeded"), times=2)
    id_ = kit.owe(source=watch.id, period="2026-08-02", kind=Kind.ALERT)
    assert kit.settle(id_).state is State.SENT
    assert kit.delivery_context.watches.get(watch.workspace, watch.id).muted is None
    kit.channel().archived = True
    assert kit.settle(kit.owe(source=watch.id, period="2026-08-03", kind=Kind.ALERT)).state is State.FAILED
    kit.slack.faults.plan("chat.postMessage", Fault(body=PAGE), times=1)
    (told,) = kit.told()
    assert "the channel was archived" in told.text


def test_more_attempts_than_fit_into_a_day():
    assert sum(min(5 * 2**n, 3600) for n in range(ATTEMPTS - 1)) > 24 * 3600
