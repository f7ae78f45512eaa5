"""Notices about deliveries, which name a channel but have no name for a direct message."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from bot.blocks import notices
from bot.blocks.text_objects import conversation_name
from bot.domain.outbox import Delivery, Kind, State


def delivery(channel, kind=Kind.DIGEST):
    due = datetime(2026, 8, 3, 9, tzinfo=UTC)
    period = "2026-08-03" if kind is Kind.ALERT else "2026-07"
    return Delivery(7, "T1", channel, kind, 3, period, "mark", None, None, due, State.FAILED, 1, None, None, "is_archived")


NOTICES = {
    "unsure": notices.unsure_notice,
    "given up": notices.retries_exhausted_notice,
    "refused": lambda row: notices.undelivered_notice(row, "is_archived"),
    "paused": lambda row: notices.paused_notice(row, "channel_not_found"),
    "paused after a day": lambda row: notices.paused_notice(row, "fatal_error", after_a_day=True),
}


@pytest.mark.parametrize("kind", [Kind.DIGEST, Kind.ALERT, Kind.BETS], ids=str)
@pytest.mark.parametrize("notice", NOTICES.values(), ids=NOTICES.keys())
def test_a_notice_names_the_channel_but_calls_a_direct_message_this_conversation(notice, kind):
    assert "<#C1>" in notice(delivery("C1", kind)).text
    for channel in ("D1", "U1", "W1"):
        text = notice(delivery(channel, kind)).text
        assert "this conversation" in text
        assert not re.search(r"<#|/invite", text)


@pytest.mark.parametrize("notice", NOTICES.values(), ids=NOTICES.keys())
def test_somebody_else_is_told_whose_conversation_it_is(notice):
    row = delivery("D1")
    for passed_on, name in (
        (notices.for_installer(notice(row), "U1"), "my direct messages with <@U1>"),
        (notices.for_operator(notice(row), row), "direct message D1"),
    ):
        words = passed_on.text + str(passed_on.above)
        assert name in words
        assert "this conversation" not in words
        assert "the channel can run" not in words
    assert "direct message D1 of workspace T1" in notices.failed_for_operator(row, "is_archived").text
    assert "channel C1 of workspace T1" in notices.failed_for_operator(delivery("C1"), "is_archived").text


@pytest.mark.parametrize(
    ("channel", "here", "name"),
    [
        ("C1", "C1", "<#C1>"),
        ("G1", "D1", "<#G1>"),
        ("D1", "D1", "this conversation"),
        ("U1", "D1", "this conversation"),
        ("D1", "U1", "this conversation"),
        ("D1", "C1", "our direct messages"),
        ("D1", "", "our direct messages"),
    ],
)
def test_a_conversation_has_a_name_for_each_place_where_it_is_read(channel, here, name):
    assert conversation_name(channel, here) == name
