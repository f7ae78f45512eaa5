"""A stand-in with a clock that a test moves, and a tiny real Bolt app on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk import WebClient
from tinybot import ManualClock, TinyBot

from playground import SlackStandIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def make_slack(clock: ManualClock) -> Iterator[Callable[..., SlackStandIn]]:
    made: list[SlackStandIn] = []

    def make(**options: object) -> SlackStandIn:
        slack = SlackStandIn(**{"clock": clock, "ack_limit": 1.0, "retry_delays": (0.0, 0.05, 0.05), **options}).start()
        made.append(slack)
        return slack

    yield make
    for slack in made:
        slack.stop()


@pytest.fixture
def slack(make_slack: Callable[..., SlackStandIn]) -> SlackStandIn:
    return make_slack()


@pytest.fixture
def client(slack: SlackStandIn) -> WebClient:
    return WebClient(token=slack.bot_token(), base_url=slack.api_url)


@pytest.fixture
def bot(slack: SlackStandIn) -> Iterator[TinyBot]:
    with TinyBot(slack) as tiny:
        slack.attach(tiny.request_url)
        yield tiny
