"""Canvases in the stand-in: as strict as Slack's documentation."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from playground import SlackStandIn


@pytest.fixture
def slack():
    with SlackStandIn() as slack:
        yield slack


@pytest.fixture
def client(slack):
    return WebClient(slack.bot_token(), base_url=slack.api_url)


def create(client, markdown="# Report", **more):
    return client.canvases_create(title="Report", document_content={"type": "markdown", "markdown": markdown}, **more)


def refusal(call, *arguments, **named):
    with pytest.raises(SlackApiError) as raised:
        call(*arguments, **named)
    return raised.value.response["error"]


def test_a_canvas_has_a_link_and_readers(slack, client):
    id_, channel = create(client)["canvas_id"], slack.channel("general").id
    client.canvases_access_set(canvas_id=id_, access_level="read", channel_ids=[channel])
    file = client.files_info(file=id_)["file"]
    assert (file["title"], file["channels"]) == ("Report", [channel])
    assert slack.flask.test_client().get(f"/docs/{slack.workspace().id}/{id_}").text == "# Report\n\n# Report"


@pytest.mark.parametrize(
    "markdown", ["#### Deep", "A claim[^1]", "<b>bold</b>", "| a | b |\n| --- | --- |\n" + "| 1 | 2 |\n" * 150, "x" * 1_048_577]
)
def test_what_a_canvas_does_not_show_is_refused(client, markdown):
    assert refusal(create, client, markdown) == "invalid_arguments"


def test_escaped_signs_are_text(client):
    assert create(client, r"\<b\> \[^1\] \#### | a |")["ok"]


def test_a_free_plan_has_canvases_in_tabs_only(slack, client):
    slack.faults.free_plan = True
    assert refusal(create, client) == "free_teams_cannot_create_non_tabbed_canvases"
    assert create(client, channel_id=slack.channel("general").id)["ok"]


def test_access_is_for_channels(slack, client):
    id_, person = create(client)["canvas_id"], slack.workspace().user("ada").id
    direct = slack.workspace().direct(person).id
    access = client.canvases_access_set
    assert refusal(access, canvas_id="F0", access_level="read", channel_ids=["C1"]) == "canvas_not_found"
    assert refusal(access, canvas_id=id_, access_level="read", channel_ids=[direct]) == "channel_not_found"
    assert refusal(access, canvas_id=id_, access_level="read", user_ids=[person]) == "failed_to_update_user_ids"
    assert refusal(access, canvas_id=id_, access_level="read") == "invalid_parameters"
    assert refusal(access, canvas_id=id_, access_level="all", channel_ids=["C1"]) == "invalid_arguments"
