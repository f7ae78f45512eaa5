"""Outcomes of requests during outages of the database or Slack, and at shutdown."""

from __future__ import annotations

import subprocess
import sys
import threading

import faulty
import pytest
import sqlalchemy as sa
from databases import locked, migrated, own_postgres, stopped
from slack_sdk import WebClient
from waiting import until

from analytics.storage import database_wait
from bot.delivery import lifecycle
from bot.delivery.recovery import recover
from bot.domain.pending_reply import WITHOUT_MESSAGE, PendingReply
from bot.slack import listener_pool
from bot.storage.messages.pending_replies import PendingReplies
from bot.storage.process_identity import has_ended, this_process
from bot.storage.schema import UNFINISHED
from playground.faults import Fault

QUESTIONS = [f"{what} by {by}" for what in ("licenses", "tasks") for by in ("downloads", "likes", "models")]


@pytest.fixture
def bot(pool, tmp_path):
    with faulty.running(pool, migrated(tmp_path / "bot.db")) as bot:
        yield bot


@pytest.fixture
def _hurried(monkeypatch):
    monkeypatch.setattr(lifecycle, "DATABASE_WITHIN", 0.5)
    monkeypatch.setattr(listener_pool, "_DEDUPLICATION_TIMEOUT", 0.2)
    monkeypatch.setattr(database_wait, "LEAST", 0.05)


def texts(bot):
    return [bot.slack.shown_text(message) for message in bot.seen().values()]


@pytest.mark.usefixtures("_hurried")
def test_while_sqlite_is_locked_everybody_is_notified_and_nothing_is_left_when_it_is_free(bot, tmp_path):
    with locked(tmp_path / "bot.db"):
        for question in QUESTIONS:
            assert bot.slack.command(question).ok
        assert bot.slack.command("subscribe monthly on first-working-day at 09:00 UTC").ok
        until(lambda: sum(bot.ended().values()) == len(QUESTIONS) + 1)  # and the lock is still held
        told = texts(bot)
        assert len(told) == len(QUESTIONS) + 1
        assert not [text for text in told if "Working on" in text]
        assert [text for text in told if "I can't reach my database right now. Ask again in a minute." in text]
    bot.idle(len(QUESTIONS) + 1)
    assert bot.standing() == ([], [])
    assert bot.ended() == {"answered": len(QUESTIONS), "refused": 1}
    note = next(m for m in bot.seen().values() if "I can't reach" in bot.slack.shown_text(m))
    assert bot.slack.press(note, "subscribe monthly on first-working-day at 09:00 UTC").ok
    bot.idle(len(QUESTIONS) + 2)
    assert [text for text in texts(bot) if "subscribed this conversation" in text]


@pytest.mark.postgres
@pytest.mark.usefixtures("_hurried")
def test_while_postgresql_is_stopped_everybody_is_notified(pool):
    with own_postgres() as (url, folder), faulty.running(pool, url) as bot:
        assert bot.slack.command(QUESTIONS[0]).ok
        bot.idle(1)
        with stopped(folder):
            for question in QUESTIONS[:4]:
                assert bot.slack.command(question).ok
            until(lambda: sum(bot.ended().values()) == 5)
            assert len(texts(bot)) == 5
        bot.idle(5)
        assert bot.standing() == ([], [])


def test_somebody_who_cannot_be_notified_now_is_told_when_slack_is_back(bot):
    for method in ("chat.postMessage", "chat.postEphemeral", "chat.update", "response_url"):
        bot.slack.faults.plan(method, Fault(status=500), times=8)
    assert bot.slack.command(QUESTIONS[0]).ok
    bot.idle(1)
    assert len(texts(bot)) == 1
    assert bot.standing() == ([], [])
    assert bot.ended() == {"handed_over": 1}


def test_a_working_message_that_cannot_be_withdrawn_now_is_withdrawn_when_slack_is_back(bot):
    bot.planned.plan("pool.answer", MemoryError)
    bot.slack.faults.plan("chat.delete", Fault(status=500), times=2)
    bot.slack.faults.plan("chat.update", Fault(status=500), times=2)
    bot.services.answer_cache._cache.clear()
    assert bot.slack.command(QUESTIONS[0]).ok
    bot.idle(1)
    assert len([text for text in texts(bot) if "under the reference" in text]) == 1
    assert bot.standing() == ([], [])


def test_who_waits_in_the_queue_when_the_process_ends_is_notified(pool, tmp_path, monkeypatch):
    monkeypatch.setattr(lifecycle, "RESERVED_FOR_NOTICES", 0.0)
    monkeypatch.setattr(listener_pool, "RESERVED_FOR_NOTICES", 20.0)
    monkeypatch.setattr(listener_pool, "_STILL_RUNNING", 19.9)
    with faulty.running(pool, migrated(tmp_path / "bot.db"), hfstats_threads=1) as bot:
        free = threading.Event()
        answer = bot.services.answer_cache._answers._real.answer
        monkeypatch.setattr(pool, "answer", lambda text: (free.wait(60), answer(text))[1])
        for question in QUESTIONS[:5]:
            assert bot.slack.command(question).ok
        until(lambda: [text for text in texts(bot) if "Working on" in text] and bot.executor.depth == 5)
        bot.executor.close(20.0)
        told = texts(bot)
        assert len([text for text in told if "I'm restarting and couldn't get to your request." in text]) == 4
        assert len([text for text in told if "I was restarted while working on" in text]) == 1
        assert bot.ended() == {"stopped": 5}
        assert bot.slack.command(QUESTIONS[5]).ok  # acknowledged while the process ends
        until(lambda: bot.ended() == {"stopped": 6})
        assert len(texts(bot)) == 6
        free.set()


def test_what_a_dead_process_left_is_put_right_at_once_and_what_a_living_one_has_is_not(bot):
    pending_replies, client = PendingReplies(bot.engine), WebClient(bot.slack.bot_token(), base_url=bot.slack.api_url)
    channel, team, ada = bot.slack.channel("general").id, bot.slack.workspace().id, bot.slack.workspace().user("ada").id
    pending_replies.begin(PendingReply(team, channel, f"{WITHOUT_MESSAGE}1", "licenses", ada))
    assert recover(pending_replies, lambda _: client) == 0
    dead = subprocess.run(
        [sys.executable, "-c", "from bot.storage.process_identity import this_process; print(this_process())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    with bot.engine.begin() as connection:
        connection.execute(UNFINISHED.update().values(owner=dead))
    assert recover(pending_replies, lambda _: client) == 1
    (message,) = bot.seen().values()
    assert "I was interrupted before I could answer you." in bot.slack.shown_text(message)
    assert bot.slack.press(message, "licenses").ok
    assert bot.standing() == ([], [])


def test_only_a_process_that_is_known_to_have_ended_is_gone():
    boot, space, which = this_process().split(" ")
    pid, started = which.split(":")
    assert not has_ended(this_process())
    assert has_ended(f"{boot} {space} {pid}:{int(started) - 1}")  # another one had this number before
    assert not has_ended(f"{boot} 1 {pid}:1")  # another container's
    assert not has_ended(f"another-machine {space} {pid}:1")
    assert not has_ended("")
    assert len(this_process()) <= 80


def test_what_can_never_be_put_right_is_forgotten(bot):
    pending_replies, client = PendingReplies(bot.engine), WebClient(bot.slack.bot_token(), base_url=bot.slack.api_url)
    pending_replies.begin(PendingReply(bot.slack.workspace().id, "C0GONE", f"{WITHOUT_MESSAGE}1", "licenses", "U0GONE"))
    with bot.engine.begin() as connection:
        connection.execute(UNFINISHED.update().values(started_at=sa.func.datetime("2026-01-01")))
    assert recover(pending_replies, lambda _: client) == 0
    assert bot.standing()[0] == []
