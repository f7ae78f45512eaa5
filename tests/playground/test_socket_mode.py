"""The same acts over Socket Mode, with Bolt's own handler and a real WebSocket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playground import SlackStandIn


@pytest.fixture
def app(slack: SlackStandIn) -> App:
    client = WebClient(token=slack.bot_token(), base_url=slack.api_url)
    return App(client=client)


@pytest.fixture
def handler(slack: SlackStandIn, app: App) -> Iterator[SocketModeHandler]:
    handler = SocketModeHandler(app, slack.app_token, ping_interval=1)
    handler.connect()
    slack.wait_for(lambda: slack.socket_mode.connected)
    yield handler
    handler.close()


def test_without_a_connection_nothing_is_delivered(slack: SlackStandIn) -> None:
    assert slack.command("help").error == "dispatch_failed"


def test_a_command_is_acknowledged_with_an_answer(slack: SlackStandIn, app: App, handler: SocketModeHandler) -> None:
    app.command("/hfstats")(lambda ack, command: ack(f"You asked: {command['text']}"))
    assert slack.command("licenses & more").ok
    assert [slack.shown_text(one) for one in slack.messages()] == ["You asked: licenses & more"]
    assert handler.client.is_connected()


def test_a_press_and_its_answer(slack: SlackStandIn, app: App, handler: SocketModeHandler) -> None:
    button = {"type": "button", "action_id": "ask", "text": {"type": "plain_text", "text": "Ask"}}

    @app.action("ask")
    def ask(ack: Any, respond: Any) -> None:
        ack()
        respond("Replaced", replace_original=True)

    app.client.chat_postMessage(channel=slack.channel("general").id, text="t", blocks=[{"type": "actions", "elements": [button]}])
    assert slack.press(slack.messages()[0], "Ask").ok
    slack.wait_for(lambda: [one.text for one in slack.messages()] == ["Replaced"])
    assert handler.client.is_connected()


def test_an_event(slack: SlackStandIn, app: App, handler: SocketModeHandler) -> None:
    app.event("app_mention")(lambda say: say("Hello"))
    assert slack.mention("hello").ok
    slack.wait_for(lambda: [one.text for one in slack.messages()][1:] == ["Hello"])
    assert slack.deliveries[-1].kind == "events_api"
    assert handler.client.is_connected()


def test_no_ack_in_time_is_a_timeout(make_slack: Callable[..., SlackStandIn]) -> None:
    slack = make_slack(ack_limit=0.2)
    app = App(client=WebClient(token=slack.bot_token(), base_url=slack.api_url))
    app.command("/hfstats")(lambda: None)
    handler = SocketModeHandler(app, slack.app_token)
    handler.connect()
    slack.wait_for(lambda: slack.socket_mode.connected)
    try:
        assert slack.command("help").error == "operation_timeout"
        assert slack.shown_text(slack.messages()[0]) == '/hfstats failed with the error "operation_timeout"'
    finally:
        handler.close()


def test_the_app_comes_back_after_a_disconnect(slack: SlackStandIn, app: App, handler: SocketModeHandler) -> None:
    app.command("/hfstats")(lambda ack: ack("Here"))
    slack.socket_mode.refresh()
    slack.wait_for(lambda: slack.socket_mode.connected, timeout=15)
    assert slack.command("help").ok
    assert handler.client.is_connected()


def test_a_ticket_opens_one_connection(slack: SlackStandIn) -> None:
    client = WebClient(base_url=slack.api_url)
    url = client.apps_connections_open(app_token=slack.app_token)["url"]
    assert url.startswith("ws://127.0.0.1:")
    other = client.apps_connections_open(app_token=slack.app_token)["url"]
    assert other != url
