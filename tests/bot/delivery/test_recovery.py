"""Recovery after the bot was killed in the middle of an answer."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
import sqlalchemy as sa
from databases import BOTH_DATABASES, migrated
from slack_sdk import WebClient
from waiting import WAIT, until

from analytics.errors import StoreError
from analytics.storage import database
from bot.delivery.recovery import recover
from bot.domain.pending_reply import PendingReply
from bot.storage.messages.pending_replies import PendingReplies
from bot.storage.schema import UNFINISHED
from playground import SlackStandIn
from playground.faults import Fault

AT_ONCE = timedelta(seconds=-1)


@pytest.fixture
def serve(simulated, tmp_path):
    """Start ``hfstats serve`` over Socket Mode on a database of its own; ends it and its children at the end."""
    shutil.copy(simulated.removeprefix("sqlite:///"), tmp_path / "own.db")
    started = []

    def start(slack):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "PORT", "DATABASE"))}
        theirs = {"SLACK_BOT_TOKEN": slack.bot_token(), "SLACK_APP_TOKEN": slack.app_token, "SLACK_API_URL": slack.api_url}
        log = (tmp_path / f"serve-{len(started)}.log").open("w", encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli.main", "serve"],
            env={**kept, **theirs, "DATABASE_URL": f"sqlite:///{tmp_path}/own.db"},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        started.append((process, log))
        slack.wait_for(lambda: slack.socket_mode.connected, WAIT)
        return process

    yield start
    for process, log in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        log.close()


@pytest.fixture(params=BOTH_DATABASES)
def pending_replies(request, tmp_path):
    is_sqlite = request.param == "sqlite"
    engine = database.engine(migrated(tmp_path / "bot.db") if is_sqlite else request.getfixturevalue("migrated_postgres_url"))
    yield PendingReplies(engine)
    engine.dispose()


def test_a_bot_killed_in_the_middle_of_an_answer_offers_it_again_when_it_is_back(serve, tmp_path):
    engine = sa.create_engine(f"sqlite:///{tmp_path}/own.db")

    def rows():
        with engine.connect() as connection:
            return connection.execute(sa.select(UNFINISHED)).all()

    with SlackStandIn() as slack:
        first = serve(slack)
        slack.faults.plan("files.getUploadURLExternal", Fault(delay=3600.0))
        assert slack.command("licenses by downloads").ok
        (working,) = slack.wait_for(lambda: slack.messages("general"), WAIT)
        assert "Working on" in slack.shown_text(working)
        until(
            lambda: rows() and not slack.faults._planned["files.getUploadURLExternal"]
        )  # it waits for Slack to take the picture
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
        slack.wait_for(lambda: not slack.socket_mode.connected, WAIT)
        serve(slack)  # at once: the process that the row belongs to is gone
        (message,) = slack.wait_for(
            lambda: [m for m in slack.messages("general") if "I was restarted" in slack.shown_text(m)], WAIT
        )
        assert message.ts == working.ts
        assert "licenses by downloads" in slack.shown_text(message)
        until(lambda: rows() == [])
        assert slack.press(message, "Ask again").ok
        (answer,) = slack.wait_for(
            lambda: [m for m in slack.messages("general") if any(block["type"] == "image" for block in m.blocks)], WAIT
        )
        assert answer.ts == working.ts
        # on a slow machine, who pressed is told first that the answer comes
        assert len([m for m in slack.messages("general") if "as soon as it's ready" not in slack.shown_text(m)]) == 1
    engine.dispose()


@pytest.fixture
def slack():
    with SlackStandIn() as slack:
        yield slack


def left_behind(slack, pending_replies, channel="general"):
    """Post a working message and remember it, as a bot does before it is killed."""
    client = WebClient(slack.bot_token(), base_url=slack.api_url, retry_handlers=[])
    place = slack.channel(channel).id
    ts = client.chat_postMessage(channel=place, text="Working on it …")["ts"]
    pending_replies.begin(PendingReply(slack.workspace().id, place, ts, "licenses"))
    return client, lambda: slack.shown_text(slack.workspace().message(place, ts))


def test_what_is_being_worked_on_is_left_alone(slack, pending_replies):
    client, shown = left_behind(slack, pending_replies)
    assert recover(pending_replies, lambda _workspace: client) == 0
    assert "Working on" in shown()


@pytest.mark.parametrize("channel", ["general", "research", "direct"])
def test_what_was_left_behind_is_put_right_once(slack, pending_replies, channel):
    client, shown = left_behind(slack, pending_replies, channel)
    assert recover(pending_replies, lambda _workspace: client, AT_ONCE) == 1
    assert "I was restarted while working on" in shown()
    assert recover(pending_replies, lambda _workspace: client, AT_ONCE) == 0


@pytest.mark.parametrize("fault", [Fault(status=500), Fault(drop="before"), Fault(error="ratelimited")])
def test_what_could_not_be_put_right_just_now_is_tried_again(slack, pending_replies, fault):
    client, shown = left_behind(slack, pending_replies)
    slack.faults.plan("chat.update", fault)
    assert recover(pending_replies, lambda _workspace: client, AT_ONCE) == 0
    assert recover(pending_replies, lambda _workspace: client, AT_ONCE) == 1
    assert "I was restarted" in shown()


def test_a_message_that_is_gone_and_a_workspace_that_left_are_forgotten(slack, pending_replies):
    client, _ = left_behind(slack, pending_replies)
    slack.faults.plan("chat.update", Fault(error="message_not_found"))
    pending_replies.begin(PendingReply("T0LEFT", "C1", "1.1", "licenses"))
    assert recover(pending_replies, lambda workspace: None if workspace == "T0LEFT" else client, AT_ONCE) == 0
    assert pending_replies.take_over(AT_ONCE) == []


def test_a_workspace_whose_token_cannot_be_had_now_keeps_no_other_waiting_and_has_its_turn_later(slack, pending_replies):
    pending_replies.begin(PendingReply("T0SLOW", "C1", "1.1", "licenses"))
    client, shown = left_behind(slack, pending_replies)

    def client_for(workspace):
        if workspace == "T0SLOW":
            raise StoreError("no token now")
        return client

    assert recover(pending_replies, client_for, AT_ONCE) == 1
    assert "I was restarted" in shown()
    assert [work.workspace for work in pending_replies.take_over(AT_ONCE)] == ["T0SLOW"]
