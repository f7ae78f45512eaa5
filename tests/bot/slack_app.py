"""The real Bolt app and the strict stand-in, over HTTP and Socket Mode."""

from __future__ import annotations

import shutil
import tempfile
import threading
from pathlib import Path

import pytest
from databases import migrated
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode import SocketModeHandler
from werkzeug.serving import make_server

from bot import composition
from bot.analytics_pool.pool import Pool
from bot.server.web import WebContext, create_app
from bot.settings import Settings
from playground import SlackStandIn

WAIT = 20.0


class Broken:
    """A source of answers with a defect in it."""

    def answer(self, text):
        raise ZeroDivisionError(text)


@pytest.fixture(scope="session")
def empty_pool(tmp_path_factory):
    url = migrated(tmp_path_factory.mktemp("empty") / "hfstats.db")
    pool = Pool(url)
    yield pool
    pool.close()


def settings_for(slack, make_database=migrated, **more):
    return Settings(
        slack_bot_token=SecretStr(slack.bot_token()),
        slack_signing_secret=SecretStr(slack.signing_secret),
        slack_app_token=SecretStr(slack.app_token),
        slack_api_url=slack.api_url,
        database_url=make_database(Path(tempfile.mkdtemp(prefix="hfstats-")) / "bot.db"),
        **more,
    )


def tidy(settings):
    shutil.rmtree(Path(settings.database_url.removeprefix("sqlite:///")).parent, ignore_errors=True)


def services(settings, answers, entries):
    """Build the services; what the store has is known to the first refusal too, which waits for that only a second."""
    found = composition.services(settings, answers, entries, composition.store(settings))
    if isinstance(answers, Pool):
        found.name_index.cached(WAIT)
    return found


def over_http(slack, answers, entries, **more):
    """Serve the bot over HTTP on loopback; returns how to stop it."""
    settings = settings_for(slack, **more)
    app = composition.bolt(settings, services(settings, answers, entries), over_http=True)
    server = make_server("127.0.0.1", 0, create_app(WebContext(app)), threaded=True)
    server.daemon_threads = False  # closing waits for the requests: work begins after its acknowledgement
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    slack.attach(f"http://127.0.0.1:{server.server_port}/slack/events")

    def stop():
        server.shutdown()
        thread.join()
        server.server_close()
        app.listener_runner.listener_executor.shutdown(wait=True)
        tidy(settings)

    stop.executor = app.listener_runner.listener_executor
    return stop


def over_socket(slack, answers, entries):
    """Connect the bot over Socket Mode; returns how to stop it."""
    settings = settings_for(slack)
    app = composition.bolt(settings, services(settings, answers, entries), over_http=False)
    handler = SocketModeHandler(app, slack.app_token)
    handler.connect()
    slack.wait_for(lambda: slack.socket_mode.connected, WAIT)

    def stop():
        handler.close()
        app.listener_runner.listener_executor.shutdown(wait=True)
        tidy(settings)

    return stop


TRANSPORTS = {"http": over_http, "socket mode": over_socket}


@pytest.fixture(params=TRANSPORTS)
def slack(request, pool, entries):
    with SlackStandIn() as slack:
        stop = TRANSPORTS[request.param](slack, pool, entries)
        yield slack
        stop()


@pytest.fixture
def http(pool, entries):
    with SlackStandIn() as slack:
        stop = over_http(slack, pool, entries)
        yield slack
        stop()


def answers_in(slack, channel="general", viewer="ada"):
    """The messages that show a picture or have buttons: finished answers, not working ones."""
    return [m for m in slack.messages(channel, viewer) if any(b["type"] in {"image", "actions"} for b in m.blocks)]


def wait_for_answer(slack, channel="general", viewer="ada", count=1):
    return slack.wait_for(lambda: (found := answers_in(slack, channel, viewer))[count - 1 :] and found, WAIT)[-1]


def image_of(message):
    return next((block for block in message.blocks if block["type"] == "image"), None)
