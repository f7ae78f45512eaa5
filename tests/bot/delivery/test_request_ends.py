"""An exception at any step of a request: one notice to the user, no working message left, one log line."""

from __future__ import annotations

import json
import logging
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from urllib.error import URLError

import faulty
import pytest
import sqlalchemy as sa
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.slack_response import SlackResponse

from analytics.errors import StoreError
from bot.slack.listeners.workflow_step import STEP

WAIT = 60.0
QUESTION = "licenses by downloads"


def refused(code, status=200):
    return SlackApiError(
        "refused",
        SlackResponse(
            client=None,
            http_verb="POST",
            api_url="",
            req_args={},
            data={"ok": False, "error": code},
            headers={},
            status_code=status,
        ),
    )


EXCEPTIONS = {
    "StoreError": lambda: StoreError("The database cannot be used: database is locked"),
    "sqlalchemy TimeoutError": lambda: sa.exc.TimeoutError("QueuePool limit reached"),
    "sqlalchemy OperationalError": lambda: sa.exc.OperationalError("SELECT 1", {}, Exception("database is locked")),
    "sqlalchemy InterfaceError": lambda: sa.exc.InterfaceError("SELECT 1", {}, Exception("already closed")),
    "sqlalchemy PendingRollbackError": lambda: sa.exc.PendingRollbackError("rolled back"),
    "Slack channel_not_found": lambda: refused("channel_not_found"),
    "Slack invalid_blocks": lambda: refused("invalid_blocks"),
    "Slack ratelimited": lambda: refused("ratelimited", 429),
    "Slack internal_error": lambda: refused("internal_error", 500),
    "Slack token_revoked": lambda: refused("token_revoked"),
    "SlackRequestError": lambda: SlackRequestError("no request"),
    "URLError": lambda: URLError(ConnectionRefusedError()),
    "ConnectionResetError": ConnectionResetError,
    "TimeoutError": TimeoutError,
    "BrokenProcessPool": lambda: BrokenProcessPool("died"),
    "futures TimeoutError": FutureTimeoutError,
    "CancelledError": CancelledError,
    "RuntimeError": lambda: RuntimeError("can't start new thread"),
    "MemoryError": MemoryError,
    "KeyError": lambda: KeyError("channel"),
    "RecursionError": RecursionError,
    "SystemExit": lambda: SystemExit(1),
}


@pytest.fixture(scope="module")
def bot(pool, tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('ends') / 'bot.db'}"
    with faulty.running(pool, url) as running:
        yield running


@pytest.fixture(scope="module")
def shown(bot):
    """An answer and a digest, on whose buttons is pressed."""
    ended = sum(bot.ended().values())
    assert bot.slack.command(QUESTION).ok
    assert bot.slack.command("digest").ok
    bot.idle(ended + 2)
    by_kind = {"digest": "Details", "answer": "CSV in thread"}
    return {
        kind: next(m for m in bot.slack.messages("general") if label in json.dumps(m.blocks)) for kind, label in by_kind.items()
    }


def unasked(bot):
    bot.services.answer_cache._cache.clear()


ACTS = {
    "command": lambda bot, _: bot.slack.command(QUESTION),
    "command, not asked before": lambda bot, _: (unasked(bot), bot.slack.command(QUESTION))[1],
    "command to oneself": lambda bot, _: bot.slack.command(f"{QUESTION} quiet"),
    "mention": lambda bot, _: bot.slack.mention(QUESTION),
    "message": lambda bot, _: bot.slack.dm(QUESTION),
    "subscribe": lambda bot, _: bot.slack.command("subscribe monthly"),
    "form": lambda bot, _: bot.slack.command("build"),
    "details": lambda bot, shown: bot.slack.press(shown["digest"], "Details"),
    "export": lambda bot, shown: bot.slack.press(shown["answer"], "CSV in thread"),
    "home": lambda bot, _: bot.slack.open_home(),
    "link": lambda bot, _: bot.slack.say("<https://huggingface.co/google>"),
    "step": lambda bot, _: bot.slack.run_step(STEP, {"question": QUESTION}),
}
STEPS = [
    *(("command", step) for step in ("received_events.first", "rate_limit.ask", "chat.postMessage", "pending_replies.begin")),
    ("command, not asked before", "pool.answer"),
    *(("command", step) for step in ("picture_store.save", "chat.update", "pending_replies.end")),
    *(("command to oneself", step) for step in ("received_events.first", "response_url")),
    *(("mention", step) for step in ("received_events.first", "chat.postMessage", "chat.update")),
    ("message", "chat.update"),
    *(("subscribe", step) for step in ("built_digests.save", "chat.postMessage", "chat.update", "pending_replies.begin")),
    ("form", "views.open"),
    *(("details", step) for step in ("built_digests.get", "response_url")),
    *(("export", step) for step in ("rate_limit.ask", "files.getUploadURLExternal", "files.completeUploadExternal")),
    *(("home", step) for step in ("name_index.current", "views.publish")),
    ("link", "chat.unfurl"),
    *(("step", step) for step in ("rate_limit.ask", "functions.completeSuccess")),
]


ALWAYS = {"StoreError", "SystemExit"}
"""One that has a sentence of its own, and one that is no ``Exception``."""


def some(place):
    """Choose exceptions for a step by its place: of each sort one, and over four steps all of them."""
    return {name: make for at, (name, make) in enumerate(EXCEPTIONS.items()) if at % 4 == place % 4 or name in ALWAYS}


@pytest.mark.parametrize(("act", "step"), STEPS, ids=[f"{act}: {step}" for act, step in STEPS])
def test_some_exceptions_at_a_step_are_reported_once_and_leave_nothing(bot, shown, caplog, act, step):
    tell_once_and_leave_nothing(bot, shown, caplog, (act, step), some(STEPS.index((act, step))))


@pytest.mark.slow
@pytest.mark.parametrize(("act", "step"), STEPS, ids=[f"{act}: {step}" for act, step in STEPS])
def test_every_exception_at_a_step_is_reported_once_and_leaves_nothing(bot, shown, caplog, act, step):
    tell_once_and_leave_nothing(bot, shown, caplog, (act, step), EXCEPTIONS)


def tell_once_and_leave_nothing(bot, shown, caplog, place, exceptions):
    act, step = place
    for name, make in exceptions.items():
        caplog.clear()
        bot.slack.workspace().modals.clear()
        called = len(bot.slack.calls)
        bot.planned.plan(step, make)
        before, ended = bot.seen(), bot.ended()
        done = ACTS[act](bot, shown)
        bot.idle(sum(ended.values()) + 1)
        assert bot.planned.raised == 1, f"{name}: the step was not reached"
        assert sum(bot.ended().values()) == sum(ended.values()) + 1, name
        told = [bot.slack.shown_text(m) for key, m in bot.seen().items() if key not in before]
        failures = [one for one in caplog.records if one.levelno >= logging.ERROR and one.name.startswith("bot.")]
        assert len(failures) <= 1, (name, [one.getMessage() for one in failures])
        assert bot.standing() == ([], []), name
        if act == "step":
            assert done.state.name != "RUNNING", name
        elif act == "home":
            published = [call for call in bot.slack.calls[called:] if call.method == "views.publish" and call.ok]
            assert len(told) + len(published) == 1, (name, told)
        elif act == "form":
            assert len(told) + (bot.slack.modal() is not None) == 1, (name, told)
        elif act == "link":
            assert told == [], name
        elif act == "export":
            files = [m for key, m in bot.seen().items() if key not in before and m.files]
            assert len(files) == 1 or (not files and len(told) == 1), (name, told)
        else:
            assert len(told) == 1, (name, told)
        if any("under the reference" in text for text in told):
            assert len(failures) == 1, name
            assert any(failures[0].getMessage().removeprefix("failure ") in text for text in told)
