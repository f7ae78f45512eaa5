"""What users do, against a real Bolt app over real HTTP: what it is sent, how it may answer, and what users then see."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient
from tinybot import TinyBot

from playground.delivery import signature

if TYPE_CHECKING:
    from collections.abc import Callable

    from tinybot import ManualClock

    from playground import SlackStandIn

BUTTONS = {
    "type": "actions",
    "block_id": "next",
    "elements": [
        {
            "type": "button",
            "action_id": "ask",
            "text": {"type": "plain_text", "text": "By models"},
            "value": "licenses by models",
        },
        {
            "type": "static_select",
            "action_id": "list",
            "options": [{"text": {"type": "plain_text", "text": "Top"}, "value": "top"}],
        },
    ],
}
MODAL = {
    "type": "modal",
    "callback_id": "subscribe",
    "private_metadata": "C1",
    "title": {"type": "plain_text", "text": "Subscribe"},
    "submit": {"type": "plain_text", "text": "Save"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "question",
            "label": {"type": "plain_text", "text": "Question"},
            "element": {"type": "plain_text_input", "action_id": "question"},
        }
    ],
}


def shown(slack: SlackStandIn, channel: str = "general", viewer: str = "ada") -> list[str]:
    return [slack.shown_text(one) for one in slack.messages(channel, viewer)]


# Requests


def test_the_published_example_of_a_signature() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
        b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
        b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121"
        b".803a0bc887a14d10d2c447fce8b6703c"
    )
    said = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body) == said


def test_a_commands_form_is_signed_and_whole(slack: SlackStandIn, bot: TinyBot) -> None:
    bot.app.command("/hfstats")(lambda ack: ack())
    assert slack.command("licenses <by> models & more", user="grace", channel="research").ok
    headers, body = bot.requests[-1]
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert SignatureVerifier(slack.signing_secret).is_valid_request(body, headers)
    form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    assert form["text"] == "licenses &lt;by&gt; models &amp; more"
    assert (form["command"], form["user_name"], form["channel_name"]) == ("/hfstats", "grace", "privategroup")
    assert (form["channel_id"], form["team_id"]) == (slack.channel("research").id, slack.workspace().id)
    assert {"token", "team_domain", "user_id", "api_app_id", "is_enterprise_install", "response_url", "trigger_id"} <= set(form)


def test_a_wrong_secret_is_refused_by_bolt_and_reported_by_slackbot(make_slack: Callable[..., SlackStandIn]) -> None:
    slack = make_slack()
    with TinyBot(slack) as bot:
        bot.app.command("/hfstats")(lambda ack: ack())
        other = make_slack()
        other.attach(bot.request_url)
        ack = other.command("help")
        assert (ack.error, ack.status) == ("dispatch_failed", 401)
        assert shown(other) == ['/hfstats failed with the error "dispatch_failed"']


def test_the_url_is_verified(slack: SlackStandIn, bot: TinyBot) -> None:
    assert slack.verify_url()
    slack.attach(f"{bot.url}/absent")
    assert not slack.verify_url()


# Acknowledgements


@pytest.mark.parametrize(
    ("answer", "everybody", "ada"),
    [
        ({}, [], []),
        ({"text": "Only you"}, [], ["Only you"]),
        ({"text": "All of you", "response_type": "in_channel"}, ["/hfstats help", "All of you"], ["/hfstats help", "All of you"]),
        (
            {"text": "t", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*In* blocks"}}]},
            [],
            ["In blocks"],
        ),
        (
            {"text": "t", "blocks": [{"type": "sparkle"}]},
            [],
            ['/hfstats failed with the error "invalid_command_response"'],
        ),
    ],
)
def test_an_acks_body_is_the_answer(
    slack: SlackStandIn, bot: TinyBot, answer: dict[str, Any], everybody: list[str], ada: list[str]
) -> None:
    bot.app.command("/hfstats")(lambda ack: ack(**answer))
    slack.command("help")
    assert shown(slack, viewer="grace") == everybody
    assert shown(slack, viewer="ada") == ada


def test_plain_text_is_an_answer_too(slack: SlackStandIn, bot: TinyBot) -> None:
    bot.app.command("/hfstats")(lambda ack: ack("Plain *text*"))
    assert slack.command("help").ok
    assert shown(slack) == ["Plain text"]
    assert shown(slack, viewer="grace") == []


def test_too_late_is_a_timeout_that_only_the_user_sees(make_slack: Callable[..., SlackStandIn]) -> None:
    slack = make_slack(ack_limit=0.2)
    done = threading.Event()
    with TinyBot(slack, process_before_response=True) as bot:

        @bot.app.command("/hfstats")
        def slow(ack: Any) -> None:
            done.wait(1)
            ack()

        slack.attach(bot.request_url)
        ack = slack.command("help")
        done.set()
    assert (ack.error, ack.status) == ("operation_timeout", None)
    assert shown(slack) == ['/hfstats failed with the error "operation_timeout"']
    assert shown(slack, viewer="grace") == []


def test_nobody_there_and_no_such_command(slack: SlackStandIn) -> None:
    slack.attach("http://127.0.0.1:1/slack/events")
    assert slack.command("help").error == "dispatch_failed"
    assert slack.command("/other help").error == "invalid_command"
    assert shown(slack)[-1] == "/other is not a valid command."


# Response URLs


def hook_of(slack: SlackStandIn, bot: TinyBot, channel: str = "general") -> WebhookClient:
    bot.app.command("/hfstats")(lambda ack: ack())
    slack.command("help", channel=channel)
    return WebhookClient(parse_qs(bot.requests[-1][1].decode())["response_url"][0])


def test_a_response_url_answers_the_user_even_where_the_bot_is_no_member(slack: SlackStandIn, bot: TinyBot) -> None:
    hook = hook_of(slack, bot, "random")
    assert hook.send(text="Only you").status_code == 200
    assert hook.send(text="All", response_type="in_channel").body == "ok"
    assert shown(slack, "random") == ["Only you", "All"]
    assert shown(slack, "random", "grace") == ["All"]


def test_five_uses_and_no_more(slack: SlackStandIn, bot: TinyBot) -> None:
    hook = hook_of(slack, bot)
    assert [hook.send(text=str(number)).status_code for number in range(6)] == [200] * 5 + [404]
    assert json.loads(hook.send(text="late").body) == {"ok": False, "error": "used_url"}
    assert shown(slack) == ["0", "1", "2", "3", "4"]


def test_thirty_minutes_and_no_longer(slack: SlackStandIn, bot: TinyBot, clock: ManualClock) -> None:
    hook = hook_of(slack, bot)
    clock.advance(29 * 60)
    assert hook.send(text="in time").status_code == 200
    clock.advance(2 * 60)
    late = hook.send(text="late")
    assert (late.status_code, json.loads(late.body)["error"]) == (404, "expired_url")
    assert [one.error for one in slack.calls if one.method == "response_url"] == [None, "expired_url"]


def test_a_command_has_nothing_to_replace(slack: SlackStandIn, bot: TinyBot) -> None:
    hook = hook_of(slack, bot)
    hook.send(text="Working …")
    hook.send(text="Done", replace_original=True)
    assert shown(slack) == ["Working …", "Done"]


def test_bad_content_is_refused_with_words(slack: SlackStandIn, bot: TinyBot) -> None:
    hook = hook_of(slack, bot)
    answer = hook.send(text="t", blocks=[{"type": "sparkle"}])
    assert answer.status_code == 404
    assert json.loads(answer.body)["error"] == "invalid_blocks"
    assert json.loads(hook.send(text="t", response_type="loud").body)["error"] == "invalid_response_type"
    assert json.loads(hook.send(text="").body)["error"] == "no_text"
    assert WebhookClient(f"{slack.base_url}/hooks/T1/guess").send(text="t").status_code == 404


# Presses


def posted(slack: SlackStandIn, bot: TinyBot) -> Any:
    bot.client.chat_postMessage(channel=slack.channel("general").id, text="t", blocks=[BUTTONS])
    return slack.messages()[-1]


def pressed(bot: TinyBot) -> dict[str, Any]:
    return dict(json.loads(parse_qs(bot.requests[-1][1].decode())["payload"][0]))


def test_a_press_tells_what_where_and_who(slack: SlackStandIn, bot: TinyBot) -> None:
    bot.app.action("ask")(lambda ack: ack())
    message = posted(slack, bot)
    assert slack.press(message, "By models", user="grace", others={"list": "top"}).ok
    payload = pressed(bot)
    assert payload["type"] == "block_actions"
    assert payload["user"]["name"] == "grace"
    assert payload["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": False,
    }
    assert payload["message"]["ts"] == message.ts
    action = payload["actions"][0]
    assert (action["block_id"], action["action_id"], action["value"]) == ("next", "ask", "licenses by models")
    assert action["action_ts"]
    assert payload["state"]["values"]["next"]["list"]["selected_option"]["value"] == "top"


def test_a_choice_carries_its_option(slack: SlackStandIn, bot: TinyBot) -> None:
    bot.app.action("list")(lambda ack: ack())
    message = posted(slack, bot)
    assert slack.press(message, "list", value="top").ok
    assert pressed(bot)["actions"][0]["selected_option"]["text"]["text"] == "Top"
    with pytest.raises(LookupError, match="no option 'bottom'"):
        slack.press(message, "list", value="bottom")
    with pytest.raises(LookupError, match="nothing called"):
        slack.press(message, "By weight")


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ({"text": "New", "response_type": "in_channel"}, ["By models", "New"]),
        ({"text": "New", "replace_original": True}, ["New"]),
        ({"text": "", "delete_original": True}, []),
    ],
)
def test_a_press_may_add_replace_or_delete(slack: SlackStandIn, bot: TinyBot, answer: dict[str, Any], left: list[str]) -> None:
    @bot.app.action("ask")
    def ask(ack: Any, respond: Any) -> None:
        ack()
        respond(**answer)

    slack.press(posted(slack, bot), "ask")
    slack.wait_for(lambda: [one for one in slack.calls if one.method == "response_url"])
    texts = [slack.shown_text(one).partition("\n")[0] for one in slack.messages(viewer="grace")]
    assert texts == left


def test_an_ephemeral_message_is_replaced_for_its_reader(slack: SlackStandIn, bot: TinyBot) -> None:
    @bot.app.command("/hfstats")
    def command(ack: Any, respond: Any) -> None:
        ack()
        respond(text="t", blocks=[BUTTONS])

    @bot.app.action("ask")
    def ask(ack: Any, respond: Any) -> None:
        ack()
        respond(text="Replaced", replace_original=True)

    slack.command("help")
    message = slack.wait_for(slack.messages)[0]
    slack.press(message, "ask")
    slack.wait_for(lambda: shown(slack) == ["Replaced"])
    assert "message" not in pressed(bot)
    assert pressed(bot)["container"]["is_ephemeral"] is True
    assert shown(slack, viewer="grace") == []


def test_external_options_come_from_the_app(slack: SlackStandIn, bot: TinyBot) -> None:
    select = {"type": "external_select", "action_id": "creator", "min_query_length": 0}
    bot.app.options("creator")(lambda ack, payload: ack(options=[option(f"{payload['value']}-1")]))
    bot.app.action("creator")(lambda ack: ack())
    bot.client.chat_postMessage(channel=slack.channel("general").id, text="t", blocks=[{"type": "actions", "elements": [select]}])
    message = slack.messages()[-1]
    assert [one["value"] for one in slack.suggest(message, "creator", "meta")] == ["meta-1"]
    assert slack.press(message, "creator", value="meta-1").ok
    assert pressed(bot)["actions"][0]["selected_option"]["value"] == "meta-1"


def option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": value.title()}, "value": value}


# Modals and the App Home


def open_modal(slack: SlackStandIn, bot: TinyBot, **more: object) -> None:
    @bot.app.command("/hfstats")
    def command(ack: Any, body: dict[str, str], client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view={**MODAL, **more})

    slack.command("subscribe")
    slack.wait_for(slack.modal)


def test_a_modal_is_filled_in_and_submitted(slack: SlackStandIn, bot: TinyBot) -> None:
    seen: list[dict[str, Any]] = []

    @bot.app.view("subscribe")
    def submitted(ack: Any, view: dict[str, Any]) -> None:
        seen.append(view)
        ack()

    open_modal(slack, bot)
    assert slack.submit({}).error == "incomplete"
    assert slack.modal().errors == {"question": "Please complete this required field."}
    assert seen == []
    assert slack.submit({"question": "licenses"}).ok
    assert slack.modal() is None
    assert seen[0]["state"]["values"] == {"question": {"question": {"type": "plain_text_input", "value": "licenses"}}}
    assert seen[0]["private_metadata"] == "C1"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"response_action": "errors", "errors": {"question": "No such question"}}, None),
        ({"response_action": "errors", "errors": {"nowhere": "x"}}, "invalid_errors"),
        ({"response_action": "update", "view": {**MODAL, "title": {"type": "plain_text", "text": "Second"}}}, None),
        ({"response_action": "push", "view": {**MODAL, "title": {"type": "plain_text", "text": "Second"}}}, None),
        ({"response_action": "push", "view": {"type": "modal"}}, "invalid_view"),
        ({"response_action": "clear"}, None),
    ],
)
def test_a_submission_may_be_answered(slack: SlackStandIn, bot: TinyBot, answer: dict[str, Any], error: str | None) -> None:
    bot.app.view("subscribe")(lambda ack: ack(**answer))
    open_modal(slack, bot)
    assert slack.submit({"question": "licenses"}).error == error
    view = slack.modal()
    match answer["response_action"]:
        case "clear":
            assert view is None
        case "errors" if error is None:
            assert view.errors == {"question": "No such question"}
        case "update" | "push" if error is None:
            assert view.content["title"]["text"] == "Second"
            assert (view.previous is not None) == (answer["response_action"] == "push")
        case _:
            assert view.errors == {"": "We had some trouble connecting. Try again?"}


def test_closing_is_told_to_who_asked(slack: SlackStandIn, bot: TinyBot) -> None:
    closed: list[dict[str, Any]] = []

    @bot.app.view_closed("subscribe")
    def close(ack: Any, body: dict[str, Any]) -> None:
        closed.append(body)
        ack()

    open_modal(slack, bot)
    assert slack.close().ok
    assert slack.modal() is None
    assert closed[0]["is_cleared"] is False


def test_a_trigger_is_good_for_one_modal_within_three_seconds(slack: SlackStandIn, bot: TinyBot, clock: ManualClock) -> None:
    def refused(trigger: str) -> str:
        with pytest.raises(SlackApiError) as caught:
            bot.client.views_open(trigger_id=trigger, view=MODAL)
        return str(caught.value.response["error"])

    bot.app.command("/hfstats")(lambda ack: ack())
    slack.command("help")
    trigger = parse_qs(bot.requests[-1][1].decode())["trigger_id"][0]
    bot.client.views_open(trigger_id=trigger, view=MODAL)
    assert refused(trigger) == "exchanged_trigger_id"
    assert refused("12.34") == "invalid_trigger_id"
    slack.command("help")
    clock.advance(3.1)
    assert refused(parse_qs(bot.requests[-1][1].decode())["trigger_id"][0]) == "expired_trigger_id"


def test_views_stack_three_high_and_update_by_hash(slack: SlackStandIn, bot: TinyBot) -> None:
    def trigger() -> str:
        slack.command("help")
        return parse_qs(bot.requests[-1][1].decode())["trigger_id"][0]

    bot.app.command("/hfstats")(lambda ack: ack())
    view = bot.client.views_open(trigger_id=trigger(), view=MODAL)["view"]
    for _ in range(2):
        bot.client.views_push(trigger_id=trigger(), view=MODAL)
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        bot.client.views_push(trigger_id=trigger(), view=MODAL)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        bot.client.views_update(view_id=view["id"], hash="old", view=MODAL)
    assert bot.client.views_update(view_id=view["id"], hash=view["hash"], view=MODAL)["view"]["hash"] != view["hash"]
    with pytest.raises(SlackApiError) as caught:
        bot.client.views_open(trigger_id=trigger(), view={**MODAL, "title": {"type": "plain_text", "text": "x" * 25}})
    assert caught.value.response["error"] == "invalid_arguments"
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]


def test_the_app_home_is_published_and_its_buttons_work(slack: SlackStandIn, bot: TinyBot) -> None:
    actions: list[dict[str, Any]] = []

    @bot.app.event("app_home_opened")
    def opened(event: dict[str, Any], client: Any) -> None:
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [BUTTONS]})

    @bot.app.action("ask")
    def ask(ack: Any, body: dict[str, Any]) -> None:
        ack()
        actions.append(body)

    assert slack.open_home("grace").ok
    home = slack.wait_for(lambda: slack.home("grace"))
    assert slack.home("ada") is None
    assert slack.press(home, "ask", user="grace").ok
    slack.wait_for(lambda: actions)
    assert actions[0]["container"] == {"type": "view", "view_id": home.id}
    assert "response_url" not in actions[0]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        bot.client.views_publish(user_id=home.user, hash="old", view={"type": "home", "blocks": []})


def test_a_global_shortcut(slack: SlackStandIn, bot: TinyBot) -> None:
    bot.app.shortcut("ask_hfstats")(lambda ack: ack())
    assert slack.shortcut("ask_hfstats").ok
    assert pressed(bot)["callback_id"] == "ask_hfstats"


# Events


def test_a_mention_is_reported_only_where_the_bot_is(slack: SlackStandIn, bot: TinyBot) -> None:
    @bot.app.event("app_mention")
    def mentioned(event: dict[str, Any], say: Any) -> None:
        say(f"You said: {event['text']}", thread_ts=event["ts"])

    assert slack.mention("licenses <now>").status == 200
    reply = slack.wait_for(lambda: [one for one in slack.messages() if one.is_reply])[0]
    assert slack.shown_text(reply) == "You said: @hfstats licenses <now>"
    envelope = json.loads(bot.requests[-1][1])
    assert envelope["type"] == "event_callback"
    assert envelope["authorizations"][0]["user_id"] == slack.workspace().bot
    assert slack.mention("hello", channel="random").status is None
    assert shown(slack, "random")[-1] == "You mentioned @hfstats, but it is not in this channel."


def test_a_message_to_the_bot(slack: SlackStandIn, bot: TinyBot) -> None:
    @bot.app.event("message")
    def message(event: dict[str, Any], say: Any) -> None:
        assert event["channel_type"] == "im"
        say("Hello")

    assert slack.dm("hello").ok
    slack.wait_for(lambda: shown(slack, "direct") == ["hello", "Hello"])
    before = len(bot.requests)
    slack.say("not for the bot")
    assert len(bot.requests) == before


def test_links_of_the_apps_domains_are_reported(make_slack: Callable[..., SlackStandIn]) -> None:
    slack = make_slack(unfurl_domains=("hfstats.example",))
    with TinyBot(slack) as bot:
        slack.attach(bot.request_url)

        @bot.app.event("link_shared")
        def shared(event: dict[str, Any], client: Any) -> None:
            blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Unfurled"}}]
            client.chat_unfurl(
                channel=event["channel"], ts=event["message_ts"], unfurls={event["links"][0]["url"]: {"blocks": blocks}}
            )

        slack.say("see <https://hfstats.example/q?a=1&amp;b=2> and <https://example.com>", channel="random")
        slack.wait_for(lambda: slack.messages("random")[0].unfurls)
    event = json.loads(bot.requests[-1][1])["event"]
    assert event["links"] == [{"url": "https://hfstats.example/q?a=1&b=2", "domain": "hfstats.example"}]
    assert event["is_bot_user_member"] is False


def test_an_event_that_fails_comes_again_three_times(slack: SlackStandIn, bot: TinyBot) -> None:
    @bot.app.middleware
    def broken() -> None:
        raise RuntimeError("broken")

    assert slack.mention("hello").error == "dispatch_failed"
    slack.wait_for(lambda: len(bot.requests) == 4)
    time.sleep(0.2)
    assert len(bot.requests) == 4
    retries = [(headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")) for headers, _ in bot.requests]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in bot.requests}) == 1


def test_a_removed_app_is_notified_and_hears_no_more(slack: SlackStandIn, bot: TinyBot) -> None:
    bot.app.event("tokens_revoked")(lambda: None)
    bot.app.event("app_uninstalled")(lambda: None)
    slack.uninstall()
    assert [json.loads(body)["event"]["type"] for _, body in bot.requests] == ["tokens_revoked", "app_uninstalled"]
    assert slack.command("help").error == "invalid_command"
    slack.mention("hello")
    assert len(bot.requests) == 2


def test_only_subscribed_events_are_sent(make_slack: Callable[..., SlackStandIn]) -> None:
    slack = make_slack(events=())
    with TinyBot(slack) as bot:
        slack.attach(bot.request_url)
        slack.mention("hello")
        slack.open_home()
        assert bot.requests == []


def test_waiting_for_what_does_not_happen_says_so(slack: SlackStandIn) -> None:
    with pytest.raises(TimeoutError, match=r"within 0\.05 seconds"):
        slack.wait_for(slack.messages, timeout=0.05)
