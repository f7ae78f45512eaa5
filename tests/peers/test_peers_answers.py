"""The real bot in a Slack that others wrote: what stands in the conversation afterwards."""

from __future__ import annotations

import itertools
import json
import re
import time
import urllib.request
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

import pytest
from conftest import APP, BOT_USER, TOKEN, channel_named
from slack_bolt import BoltRequest
from slack_sdk.signature import SignatureVerifier
from waiting import until

from analytics.sources import simulation
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory
from bot import composition
from bot.analytics_pool.pool import Pool

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('simulated') / 'hfstats.db'}"
    engine = database.engine(url)
    database.upgrade(engine)
    for _, day in groupby(simulation.listings(date(2026, 8, 22), months=3), key=lambda listing: listing.taken_on):
        ingest.store(list(day), SqlHistory(engine))
    pool = Pool(url)
    pool.warm()
    yield pool
    pool.close()


class Bot:
    """The bot as it is served over HTTP, without the socket: signed requests in, calls to the emulator out."""

    def __init__(self, emulator, pool, database_url):
        settings = emulator.settings(database_url)
        services = composition.services(settings, pool, pool.entries(), composition.store(settings))
        self.app = composition.bolt(settings, services, over_http=True)
        self._sign = SignatureVerifier(emulator.signing_secret).generate_signature

    def receive(self, body, content_type="application/json"):
        now = str(int(time.time()))
        headers = {
            "content-type": content_type,
            "x-slack-request-timestamp": now,
            "x-slack-signature": self._sign(timestamp=now, body=body),
        }
        response = self.app.dispatch(BoltRequest(body=body, headers=headers))
        assert response.status == 200, response.body
        return response

    def event(self, event):
        body = {
            "type": "event_callback",
            "team_id": "T000000001",
            "api_app_id": APP,
            "event_id": f"Ev{next(_numbers):08}",
            "event_time": int(time.time()),
            "authorizations": [{"team_id": "T000000001", "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}],
            "event": event,
        }
        return self.receive(json.dumps(body))

    def interaction(self, user, **payload):
        body = {"team": {"id": "T000000001"}, "user": {"id": user, "team_id": "T000000001"}, "api_app_id": APP, **payload}
        return self.receive(urlencode({"payload": json.dumps(body)}), "application/x-www-form-urlencoded")


@pytest.fixture
def bot(emulator, pool, tmp_path):
    bot = Bot(emulator, pool, f"sqlite:///{tmp_path}/bot.db")
    yield bot
    bot.app.listener_runner.listener_executor.shutdown(wait=True)


@pytest.fixture(scope="module")
def person(ada):
    return next(user["id"] for user in ada.users_list()["members"] if user["name"] == "ada")


def image_of(message):
    return next((block for block in message.get("blocks", ()) if block["type"] == "image"), None)


def answer_under(ada, channel, thread):
    def look():
        return [one for one in ada.conversations_replies(channel=channel, ts=thread)["messages"] if image_of(one)]

    return until(look)[-1]


def mention(ada, person, channel, text, **more):
    said = ada.chat_postMessage(channel=channel, text=f"<@{BOT_USER}> {text}", **more)
    event = {"type": "app_mention", "user": person, "text": said["message"]["text"], "ts": said["ts"], "channel": channel}
    return said["ts"], event | {key: value for key, value in more.items() if key == "thread_ts"}


def test_the_token_is_good_and_says_whose_it_is(ours):
    whose = ours.auth_test()
    assert (whose["team"], whose["user_id"]) == ("Acme", BOT_USER)


def test_a_mention_is_answered_with_the_picture_that_was_uploaded(bot, ours, ada, person):
    channel = channel_named(ada, "models")
    _, event = mention(ada, person, channel, "licenses by downloads")
    bot.event(event)

    def look():
        return [one for one in ada.conversations_history(channel=channel)["messages"] if image_of(one)]

    message = until(look)[0]
    assert message["user"] == BOT_USER
    assert "leads with" in message["text"]
    assert "Working on" not in json.dumps(message["blocks"])
    file = ours.files_info(file=image_of(message)["slack_file"]["id"])["file"]
    assert file["mimetype"] == "image/png"
    request = urllib.request.Request(file["url_private"], headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request, timeout=5) as picture:
        assert picture.read().startswith(b"\x89PNG")
    assert not [one for one in ada.conversations_history(channel=channel)["messages"] if "Working on" in one["text"]]


def test_a_mention_in_a_thread_is_answered_there(bot, ada, person):
    channel = channel_named(ada, "models")
    thread = ada.chat_postMessage(channel=channel, text="Which models do we use?")["ts"]
    _, event = mention(ada, person, channel, "creators", thread_ts=thread)
    bot.event(event)
    assert answer_under(ada, channel, thread)["thread_ts"] == thread


def test_a_direct_message_is_answered_there(bot, ada, person):
    channel = ada.conversations_open(users=BOT_USER)["channel"]["id"]
    bot.event({"type": "message", "channel_type": "im", "channel": channel, "user": person, "text": "tasks", "ts": "1.000001"})
    answer = until(lambda: [one for one in ada.conversations_history(channel=channel)["messages"] if image_of(one)])[0]
    assert answer["user"] == BOT_USER


def test_what_is_not_understood_is_said_to_one_person_alone(bot, ada, person):
    channel = channel_named(ada, "models")
    before = ada.conversations_history(channel=channel)["messages"]
    ts, event = mention(ada, person, channel, "licenzes by downlods")
    bot.event(event)
    bot.app.listener_runner.listener_executor.shutdown(wait=True)
    after = ada.conversations_history(channel=channel)["messages"]
    assert [one["ts"] for one in after if one not in before] == [ts]


def test_the_numbers_come_as_a_file_into_the_thread(bot, ada, person):
    channel = channel_named(ada, "models")
    said = ada.chat_postMessage(channel=channel, text="stands for an answer")
    action = {"type": "button", "action_id": "csv", "block_id": "controls", "value": "licenses", "action_ts": said["ts"]}
    bot.interaction(
        person,
        type="block_actions",
        trigger_id="1.1",
        channel={"id": channel, "name": "models"},
        container={"type": "message", "message_ts": said["ts"], "channel_id": channel, "is_ephemeral": False},
        message={"ts": said["ts"]},
        actions=[action],
    )

    def look():
        replies = ada.conversations_replies(channel=channel, ts=said["ts"])["messages"]
        return [file for one in replies for file in one.get("files", ())]

    assert until(look)[0]["filetype"] == "csv"


def test_the_home_is_published(bot, emulator, person):
    bot.event({"type": "app_home_opened", "user": person, "channel": "D1", "tab": "home", "event_ts": "1.1"})
    until(lambda: "home" in emulator.page("views") and "Build a question" in emulator.page("views"))


def test_the_form_opens_and_changes(bot, emulator, ours, person):
    trigger = ours.api_call("views.generateTriggerId", json={"user_id": person})["trigger_id"]
    bot.interaction(person, type="shortcut", callback_id="ask", trigger_id=trigger)
    shown = until(
        lambda: re.search(r"(V[0-9A-Z]{6,})(?:(?!V[0-9A-Z]{6,}).)*Your question: `licenses`", emulator.page("views"), re.DOTALL)
    )
    action = {
        "type": "static_select",
        "block_id": "question",
        "action_id": "form:question",
        "selected_option": {"text": {"type": "plain_text", "text": "creators"}, "value": "creators"},
    }
    view = {"id": shown[1], "type": "modal", "callback_id": "build", "blocks": []}
    view["state"] = {"values": {"question": {"form:question": action}}}
    bot.interaction(person, type="block_actions", view=view, container={"type": "view", "view_id": shown[1]}, actions=[action])
    until(lambda: "Your question: `creators`" in emulator.page("views"))
