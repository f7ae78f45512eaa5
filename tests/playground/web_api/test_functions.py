"""The stand-in's workflow steps, drafts and cards under links, as Slack has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError
from tinybot import TinyBot

from playground.web_api.functions import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from slack_sdk import WebClient

    from playground import SlackStandIn

SHOUT = {
    "title": "Shout",
    "description": "Says it louder",
    "input_parameters": {
        "words": {"type": "string", "name": "words", "title": "Words", "description": "What to say", "is_required": True}
    },
    "output_parameters": {
        "louder": {"type": "string", "name": "louder", "title": "Louder", "description": "In capitals", "is_required": True},
        "length": {"type": "integer", "name": "length", "title": "Length", "description": "Letters", "is_required": False},
    },
}
CARD = [
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "About *this*"},
        "accessory": {
            "type": "button",
            "action_id": "more",
            "text": {"type": "plain_text", "text": "More"},
            "value": "this",
        },
    }
]


@pytest.fixture
def slack(make_slack: Callable[..., SlackStandIn]) -> SlackStandIn:
    return make_slack(functions={"shout": SHOUT}, unfurl_domains=("hfstats.example",))


@pytest.fixture
def bot(slack: SlackStandIn) -> Iterator[TinyBot]:
    with TinyBot(slack) as tiny:
        slack.attach(tiny.request_url)
        yield tiny


def error(call: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        call(**arguments)
    return str(refused.value.response["error"])


def test_a_step_is_run_with_its_own_token_and_its_outputs_come_back(slack: SlackStandIn, bot: TinyBot) -> None:
    tokens = []

    @bot.app.function("shout")
    def shout(inputs: dict[str, str], complete: Any, client: WebClient) -> None:
        tokens.append(client.token)
        complete({"louder": inputs["words"].upper(), "length": 5})

    execution = slack.run_step("shout", {"words": "hello"})
    slack.wait_for(lambda: execution.state is State.COMPLETED)
    assert execution.outputs == {"louder": "HELLO", "length": 5}
    event = json.loads(bot.requests[-1][1])["event"]
    assert event["function"]["callback_id"] == "shout"
    assert event["function"]["output_parameters"][0]["name"] == "louder"
    assert tokens == [event["bot_access_token"]]
    assert tokens[0] not in {slack.bot_token(), None}


def test_a_step_that_fails_says_why(slack: SlackStandIn, bot: TinyBot) -> None:
    @bot.app.function("shout")
    def shout(fail: Any) -> None:
        fail("I am hoarse")

    execution = slack.run_step("shout", {"words": "hello"})
    slack.wait_for(lambda: execution.state is State.FAILED)
    assert execution.error == "I am hoarse"


def test_a_step_ends_once_and_with_what_it_declares(slack: SlackStandIn, client: WebClient) -> None:
    step = {"function_execution_id": slack.run_step("shout", {"words": "hello"}).id}
    for outputs in ({}, {"louder": 3}, {"louder": "X", "softer": "x"}, {"louder": "X", "length": "five"}):
        assert error(client.functions_completeSuccess, **step, outputs=outputs) == "parameter_validation_failed"
    client.functions_completeSuccess(**step, outputs={"louder": "HELLO"})
    assert error(client.functions_completeSuccess, **step, outputs={"louder": "X"}) == "execution_not_in_running_state"
    assert error(client.functions_completeError, **step, error="no") == "execution_not_in_running_state"
    assert error(client.functions_completeError, function_execution_id="Fx0", error="no") == "function_execution_not_found"


def test_workflow_builder_refuses_inputs_that_are_not_declared(slack: SlackStandIn) -> None:
    for inputs in ({}, {"words": 1}, {"words": "x", "more": "y"}):
        with pytest.raises(ValueError, match=r"parameter|type"):
            slack.run_step("shout", inputs)
    with pytest.raises(LookupError):
        slack.run_step("whisper", {})


def test_another_workspace_cannot_end_a_step(make_slack: Callable[..., SlackStandIn], client: WebClient) -> None:
    slack = make_slack(functions={"shout": SHOUT}, teams=("Acme", "Globex"))
    execution = slack.run_step("shout", {"words": "hello"}, team="Globex")
    client.base_url, client.token = slack.api_url, slack.bot_token("Acme")
    assert error(client.functions_completeError, function_execution_id=execution.id, error="no") == "access_denied"


def test_an_app_is_notified_of_links_in_a_draft_and_may_show_a_preview(
    slack: SlackStandIn, bot: TinyBot, client: WebClient
) -> None:
    slack.compose("see <https://hfstats.example/a>")
    event = json.loads(bot.requests[-1][1])["event"]
    assert (event["channel"], event["source"]) == ("COMPOSER", "composer")
    assert event["message_ts"] == event["unfurl_id"]
    assert slack.messages() == []
    there = {"unfurl_id": event["unfurl_id"], "source": "composer"}
    client.chat_unfurl(**there, unfurls={"https://hfstats.example/a": {"blocks": CARD}})
    assert "About this" in slack.shown_text(slack.drafts()[0])
    assert slack.drafts("grace") == []


def test_an_unfurl_names_its_message_in_one_of_two_ways(slack: SlackStandIn, bot: TinyBot, client: WebClient) -> None:
    slack.say("see <https://hfstats.example/a>", channel="random")
    event = json.loads(bot.requests[-1][1])["event"]
    unfurls = {"https://hfstats.example/a": {"blocks": CARD}}
    known = event["unfurl_id"]
    assert error(client.chat_unfurl, unfurl_id=known, unfurls=unfurls) == "missing_source"
    assert error(client.chat_unfurl, source="composer", unfurls=unfurls) == "missing_unfurl_id"
    assert error(client.chat_unfurl, unfurl_id="U1", source="composer", unfurls=unfurls) == "invalid_unfurl_id"
    assert error(client.chat_unfurl, unfurl_id=known, source="composer", unfurls=unfurls) == "invalid_source"
    client.chat_unfurl(unfurl_id=known, source=event["source"], unfurls=unfurls)
    assert slack.messages("random")[0].unfurls


def test_a_button_in_a_card_says_where_it_is(slack: SlackStandIn, bot: TinyBot, client: WebClient) -> None:
    pressed = []

    @bot.app.action("more")
    def more(ack: Any, body: dict[str, Any]) -> None:
        ack()
        pressed.append(body)

    slack.say("see <https://hfstats.example/a>")
    message = slack.messages()[0]
    client.chat_unfurl(channel=message.channel, ts=message.ts, unfurls={"https://hfstats.example/a": {"blocks": CARD}})
    assert slack.press(slack.messages()[0], "More").ok
    container = pressed[0]["container"]
    assert container["type"] == "message_attachment"
    assert container["message_ts"] == message.ts
    assert container["is_app_unfurl"] is True
    assert container["app_unfurl_url"] == "https://hfstats.example/a"
    assert pressed[0]["actions"][0]["value"] == "this"
