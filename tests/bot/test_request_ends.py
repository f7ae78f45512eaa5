"""Whatever is raised at any step of a request: the person is told once, nothing is left standing, one line is in the log."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter, deque
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.slack_response import SlackResponse
from slack_sdk.webhook import WebhookClient
from werkzeug.serving import make_server

from analytics.errors import StoreError
from bot import wiring
from bot.delivery import handover
from bot.demo import LINKED
from bot.doors.workflow import STEP
from bot.metrics import Metrics
from bot.playground import SlackStandIn
from bot.pool import Pool
from bot.settings import Settings
from bot.store.schema import UNFINISHED
from bot.web import House, web

WAIT = 60.0
QUESTION = "licenses by downloads"
MANIFEST = json.loads((Path(__file__).parents[2] / "manifest.json").read_text(encoding="utf-8"))


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


class Planned:
    """What is raised at the next calls of which step."""

    def __init__(self):
        self._steps, self.raised = {}, 0

    def plan(self, step, make, times=1):
        self._steps, self.raised = {step: deque([make] * times)}, 0

    def pass_by(self, step):
        waiting = self._steps.get(step)
        if waiting:
            self.raised += 1
            error = waiting.popleft()()
            raise error


class Faulty:
    """Raises what is planned, then does what the real one does."""

    def __init__(self, real, name, planned):
        self._real, self._name, self._planned = real, name, planned

    def __getattr__(self, attribute):
        found = getattr(self._real, attribute)
        if not callable(found):
            return found

        def call(*given, **named):
            self._planned.pass_by(f"{self._name}.{attribute}")
            return found(*given, **named)

        return call


class Bot:
    """The real app over HTTP, whose every call out passes by a plan."""

    def __init__(self, pool, url):
        settings = MANIFEST["settings"]["event_subscriptions"]
        self.slack = SlackStandIn(
            functions=MANIFEST["functions"], events=settings["bot_events"], unfurl_domains=LINKED, ack_limit=WAIT, retry_delays=()
        ).start()
        self.planned, self.metrics = Planned(), Metrics()
        self._server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
        address = f"http://127.0.0.1:{self._server.server_port}"
        chosen = Settings(
            slack_bot_token=SecretStr(self.slack.bot_token()),
            slack_signing_secret=SecretStr(self.slack.signing_secret),
            slack_api_url=self.slack.api_url,
            database_url=url,
            hfstats_public_url=address,
            hfstats_per_minute=10_000,
        )
        self.engine = wiring.store(chosen)
        desk = wiring.desk(chosen, self.faulty(pool, "pool"), pool.entries(), self.engine, metrics=self.metrics)
        desk.courier._gallery = self.faulty(desk.courier._gallery, "gallery")
        desk.clerk.office = replace(desk.clerk.office, editions=self.faulty(desk.clerk.office.editions, "editions"))
        wrapped = ("seen", "unfinished", "allowance", "catalog")
        self.desk = replace(desk, **{name: self.faulty(getattr(desk, name), name) for name in wrapped})
        app = wiring.bolt(chosen, self.desk, over_http=True, metrics=self.metrics)
        self.executor = app.listener_runner.listener_executor
        self.lifecycle = app.listener_runner.lazy_listener_runner._lifecycle
        self._server.app = web(House(app, gallery=wiring.gallery(chosen, self.engine)))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.slack.attach(f"{address}/slack/events")

    def faulty(self, real, name):
        return Faulty(real, name, self.planned)

    def ended(self):
        """How many requests ended, by outcome."""
        (family,) = [one for one in self.metrics.registry.collect() if one.name == "hfstats_requests_ended"]
        return Counter({one.labels["outcome"]: int(one.value) for one in family.samples if one.name.endswith("_total")})

    def seen(self):
        """What the bot shows to Ada anywhere."""
        rooms = ("general", "direct")
        shown = [m for room in rooms for m in self.slack.messages(room) if m.author == self.slack.workspace().bot]
        return {(m.channel, m.ts): m for m in shown if "the answer comes by itself" not in self.slack.shown_text(m)}

    def standing(self):
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(UNFINISHED)).all()
        working = [m for m in self.seen().values() if "Working on" in self.slack.shown_text(m)]
        return rows, working

    def idle(self, ended):
        """Wait until as many requests have ended, and nothing is left to do."""
        until = time.monotonic() + WAIT
        while sum(self.ended().values()) < ended or self.executor.depth or self.lifecycle.handover.depth:
            assert time.monotonic() < until, (self.ended(), self.executor.depth, self.lifecycle.handover.depth)
            time.sleep(0.01)

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.executor.shutdown(wait=True)
        self.slack.stop()
        self.engine.dispose()


@pytest.fixture(scope="module")
def bot(simulated, tmp_path_factory):
    pool = Pool(simulated)
    pool.warm()
    url = f"sqlite:///{tmp_path_factory.mktemp('ends') / 'bot.db'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handover, "_FIRST", 0.05)
        running = Bot(pool, url)
        called, sent = WebClient.api_call, WebhookClient.send_dict

        def api_call(client, api_method, **named):
            if running.slack.base_url in client.base_url:
                running.planned.pass_by(api_method)
            return called(client, api_method, **named)

        def send_dict(hook, *given, **named):
            running.planned.pass_by("response_url")
            return sent(hook, *given, **named)

        patch.setattr(WebClient, "api_call", api_call)
        patch.setattr(WebhookClient, "send_dict", send_dict)
        yield running
        running.close()
    pool.close()


@pytest.fixture(scope="module")
def shown(bot):
    """An answer and a digest, on whose buttons is pressed."""
    ended = sum(bot.ended().values())
    assert bot.slack.command(QUESTION).ok
    assert bot.slack.command("digest").ok
    bot.idle(ended + 2)
    by_kind = {"digest": "Full rankings", "answer": "CSV in thread"}
    return {
        kind: next(m for m in bot.slack.messages("general") if label in json.dumps(m.blocks)) for kind, label in by_kind.items()
    }


def unasked(bot):
    bot.desk.recent._kept.clear()


ACTS = {
    "command": lambda bot, _: bot.slack.command(QUESTION),
    "command, not asked before": lambda bot, _: (unasked(bot), bot.slack.command(QUESTION))[1],
    "command to oneself": lambda bot, _: bot.slack.command(f"{QUESTION} quiet"),
    "mention": lambda bot, _: bot.slack.mention(QUESTION),
    "message": lambda bot, _: bot.slack.dm(QUESTION),
    "clerk": lambda bot, _: bot.slack.command("subscribe monthly"),
    "form": lambda bot, _: bot.slack.command("build"),
    "details": lambda bot, shown: bot.slack.press(shown["digest"], "Full rankings"),
    "export": lambda bot, shown: bot.slack.press(shown["answer"], "CSV in thread"),
    "home": lambda bot, _: bot.slack.open_home(),
    "link": lambda bot, _: bot.slack.say("<https://huggingface.co/google-bert/bert-base-uncased>"),
    "step": lambda bot, _: bot.slack.run_step(STEP, {"question": QUESTION}),
}
STEPS = [
    *(("command", step) for step in ("seen.first", "allowance.ask", "chat.postMessage", "unfinished.begin")),
    ("command, not asked before", "pool.answer"),
    *(("command", step) for step in ("gallery.keep", "chat.update", "unfinished.end")),
    *(("command to oneself", step) for step in ("seen.first", "response_url")),
    *(("mention", step) for step in ("seen.first", "chat.postMessage", "chat.update")),
    ("message", "chat.update"),
    *(("clerk", step) for step in ("editions.keep", "chat.postMessage", "chat.update", "unfinished.begin")),
    ("form", "views.open"),
    *(("details", step) for step in ("editions.get", "chat.postMessage")),
    *(("export", step) for step in ("allowance.ask", "files.getUploadURLExternal", "files.completeUploadExternal")),
    *(("home", step) for step in ("catalog.current", "views.publish")),
    ("link", "chat.unfurl"),
    *(("step", step) for step in ("allowance.ask", "functions.completeSuccess")),
]
NOBODY = {"link", "step"}
"""Who waits there is no person in a conversation."""
FOLLOWED = {"form": "modal", "home": "home"}
"""What shows in a view what came of it."""


@pytest.mark.parametrize(("act", "step"), STEPS, ids=[f"{act}: {step}" for act, step in STEPS])
@pytest.mark.timeout(600)
def test_every_exception_at_a_step_is_told_once_and_leaves_nothing(bot, shown, caplog, act, step):
    for name, make in EXCEPTIONS.items():
        caplog.clear()
        bot.slack.workspace().modals.clear()
        home = bot.slack.home()
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
            assert len(told) + (bot.slack.home() is not None and bot.slack.home() != home) == 1, (name, told)
        elif act == "form":
            assert len(told) + (bot.slack.modal() is not None) == 1, (name, told)
        elif act == "link":
            assert told == [], name
        else:
            assert len(told) == 1, (name, told)
        if any("under the reference" in text for text in told):
            assert len(failures) == 1, name
            assert any(failures[0].getMessage().removeprefix("failure ") in text for text in told)
