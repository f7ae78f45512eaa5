"""What a request gets counts as an answer only if it is one: a button that posts an answer then removes the private copy."""

from __future__ import annotations

import pytest
import slack_app
from slack_sdk import WebClient

from bot import composition
from bot.delivery.conversation import Conversation
from bot.domain.access import NOBODY, Access, Actor, ActorKind, ConversationKind, Origin
from playground import SlackStandIn
from playground.faults import Fault


@pytest.fixture
def slack():
    with SlackStandIn() as slack:
        yield slack


@pytest.fixture
def served(slack, pool, entries):
    """Serve a line, said by a member in a channel."""
    settings = slack_app.settings_for(slack, hfstats_per_minute=3)
    services = composition.services(settings, pool, entries, composition.store(settings))
    user, channel = slack.workspace().user("ada").id, slack.channel("general").id
    member = Access(Actor(user, ActorKind.MEMBER), Origin(channel, ConversationKind.PUBLIC, named=True))
    client = WebClient(token=slack.bot_token(), base_url=slack.api_url)

    def serve(line, access=member):
        conversation = Conversation(client, slack.workspace().id, channel, user, access=access)
        return services.serve(conversation, services.parser.parse(line))

    yield serve
    slack_app.tidy(settings)


@pytest.mark.parametrize(
    ("line", "answered"),
    [
        *((line, True) for line in ("licenses", "what is Meta's share", "digest now", "status")),
        *((line, False) for line in ("license no-such-license", "frobnicate", "pause 77", "help", "build", "subscribe at 25:00")),
    ],
)
def test_a_notice_is_no_answer(served, line, answered):
    assert served(line) is answered


def test_neither_a_refusal_nor_the_limit_is_an_answer(served):
    assert [served("licenses", NOBODY), served("licenses"), served("tasks"), served("creators")] == [False, True, True, False]


def test_an_answer_that_slack_does_not_take_is_none(served, slack):
    slack.faults.plan("chat.postMessage", Fault(error="channel_not_found"), times=50)
    slack.faults.plan("chat.postEphemeral", Fault(error="channel_not_found"), times=50)
    slack.faults.plan("chat.update", Fault(error="channel_not_found"), times=50)
    assert not served("licenses")
