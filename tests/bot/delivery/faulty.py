"""The real app over HTTP, with injected exceptions at each outgoing call."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, deque
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient
from werkzeug.serving import make_server

from bot import composition
from bot.delivery import retry_queue
from bot.observability.metrics import Metrics
from bot.processes.demo import LINKED
from bot.server.web import WebContext, create_app
from bot.settings import Settings
from bot.storage.schema import UNFINISHED
from playground import SlackStandIn

WAIT = 60.0
MANIFEST = json.loads((Path(__file__).parents[3] / "manifest.json").read_text(encoding="utf-8"))


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

    def __init__(self, pool, url, **settings):
        events = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
        self.slack = SlackStandIn(
            functions=MANIFEST["functions"], events=events, unfurl_domains=LINKED, ack_limit=WAIT, retry_delays=()
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
            **settings,
        )
        self.engine = composition.store(chosen)
        services = composition.services(chosen, self.faulty(pool, "pool"), pool.entries(), self.engine, metrics=self.metrics)
        services.responder._picture_store = self.faulty(services.responder._picture_store, "picture_store")
        services.subscription_service.delivery_context = replace(
            services.subscription_service.delivery_context,
            built_digests=self.faulty(services.subscription_service.delivery_context.built_digests, "built_digests"),
        )
        wrapped = ("received_events", "pending_replies", "rate_limit", "name_index")
        self.services = replace(services, **{name: self.faulty(getattr(services, name), name) for name in wrapped})
        app = composition.bolt(chosen, self.services, over_http=True, metrics=self.metrics)
        self.executor = app.listener_runner.listener_executor
        self.lifecycle = app.listener_runner.lazy_listener_runner._lifecycle
        self._server.app = create_app(WebContext(app, picture_store=composition.picture_store(chosen, self.engine)))
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
        return {(m.channel, m.ts): m for m in shown if "as soon as it's ready" not in self.slack.shown_text(m)}

    def standing(self):
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(UNFINISHED)).all()
        working = [m for m in self.seen().values() if "Working on" in self.slack.shown_text(m)]
        return rows, working

    def idle(self, ended):
        """Wait until as many requests have ended, and nothing is left to do."""
        until = time.monotonic() + WAIT
        while sum(self.ended().values()) < ended or self.executor.depth or self.lifecycle.retry_queue.depth:
            assert time.monotonic() < until, (self.ended(), self.executor.depth, self.lifecycle.retry_queue.depth)
            time.sleep(0.01)

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.executor.shutdown(wait=True)
        self.slack.stop()
        self.engine.dispose()


@contextmanager
def running(pool, url, **settings):
    """Run a bot whose plan also holds for every call of slack_sdk's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retry_queue, "_FIRST", 0.05)
        bot = Bot(pool, url, **settings)
        called, sent = WebClient.api_call, WebhookClient.send_dict

        def api_call(client, api_method, **named):
            bot.planned.pass_by(api_method)
            return called(client, api_method, **named)

        def send_dict(hook, *given, **named):
            bot.planned.pass_by("response_url")
            return sent(hook, *given, **named)

        patch.setattr(WebClient, "api_call", api_call)
        patch.setattr(WebhookClient, "send_dict", send_dict)
        yield bot
        bot.close()
