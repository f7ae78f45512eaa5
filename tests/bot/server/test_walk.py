"""The modules that a request passes through: few packages, in one order, and the text parsed once."""

from __future__ import annotations

import pytest
import slack_app
from walk import walked
from web_bot import Workers

from bot.analytics_pool.process import entries
from playground import SlackStandIn

RECEIVED = ["bot/server", "bot/slack", "bot/composition", "bot/conversation", "analytics/language"]
"""Up to the acknowledgement. The composition root is there with one function, which counts the request."""
ANSWERED = ["bot/delivery", "bot/blocks", "bot/analytics_pool", "analytics/questions", "analytics/statistics", "analytics/charts"]
MOST_ENTRIES = {"bot/conversation": 5, "bot/delivery": 10, "bot/blocks": 7, "bot/analytics_pool": 1, "analytics/charts": 1}
"""How often a room is entered: delivery shows the working message, waits for the answer and brings it, in two passes."""


def command(slack):
    return slack.command("creators by downloads")


def button(slack):
    return slack.press(slack_app.wait_for_answer(slack), "license apache-2.0")


def mention(slack):
    return slack.mention("tasks by downloads")


@pytest.mark.parametrize("send", [command, button, mention])
def test_a_request_passes_each_room_in_order_and_is_read_once(simulated, send):
    with SlackStandIn() as slack, walked("listener", "Thread") as walk:  # from the start: threads are used again
        stop = slack_app.over_http(slack, Workers(simulated, entries()), entries())
        slack.command("licenses by downloads")
        slack_app.wait_for_answer(slack)
        slack.wait_for(lambda: stop.executor.depth == 0, slack_app.WAIT)
        walk.restart()
        send(slack)
        stop()  # waits for what was begun
    rooms = [*RECEIVED, *ANSWERED]
    if send is button:  # the blocks say what a control's id means
        rooms.remove("bot/blocks")
        rooms.insert(rooms.index("bot/conversation"), "bot/blocks")
    assert walk.rooms == rooms
    assert walk.calls["bot/conversation/request_parser.py:parse"] == 1
    assert walk.calls["analytics/language/grammar.py:parse"] == 1
    assert {room: many for room, many in walk.entries.items() if many > MOST_ENTRIES.get(room, many)} == {}
