"""``hfstats serve``: Socket Mode or HTTP, whichever the environment is set up for."""

from __future__ import annotations

import logging
import signal
from threading import Event
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError

from analytics.errors import HfStatsError
from bot import wiring
from bot.settings import secret
from bot.web import web

if TYPE_CHECKING:
    from flask import Flask

    from bot.settings import Settings

_log = logging.getLogger(__name__)

_WHERE = {
    "SLACK_BOT_TOKEN": "OAuth & Permissions > Bot User OAuth Token (xoxb-…)",
    "SLACK_SIGNING_SECRET": "Basic Information > App Credentials > Signing Secret",
    "SLACK_APP_TOKEN": "Basic Information > App-Level Tokens, with the scope connections:write (xapp-…)",
}
"""Where each secret stands in the settings of an app at api.slack.com/apps."""


def serve(settings: Settings) -> None:
    """Answer Slack until stopped.

    Raises:
        HfStatsError: saying which setting is missing and where in Slack's settings to find it.

    """
    missing = [] if settings.slack_bot_token else ["SLACK_BOT_TOKEN"]
    if not settings.slack_app_token and not settings.slack_signing_secret:
        missing.append("SLACK_APP_TOKEN")
        missing.append("SLACK_SIGNING_SECRET")
    if missing:
        raise HfStatsError(_needs(missing))
    _check_token(settings)
    wiring.store(settings).dispose()  # a database that cannot be used is said now, not to the first who asks
    if settings.slack_app_token:
        _over_socket(settings)
    else:
        _OverHttp(settings).run()


def _needs(missing: list[str]) -> str:
    lines = [f"  {name}: api.slack.com/apps > your app > {_WHERE[name]}" for name in missing]
    either = (
        " SLACK_APP_TOKEN is for Socket Mode, SLACK_SIGNING_SECRET for HTTP; one of the two is enough."
        if len(missing) > 1
        else ""
    )
    return f"To talk to Slack, set:{either}\n" + "\n".join(lines)


def _over_socket(settings: Settings) -> None:
    pool = wiring.pool(settings)
    try:
        desk = wiring.desk(settings, pool, pool.entries(), wiring.store(settings))
        app = wiring.bolt(settings, desk, over_http=False)
        handler = SocketModeHandler(app, secret(settings.slack_app_token))
        handler.connect()  # type: ignore[no-untyped-call]
        _log.info("connected to Slack over Socket Mode")
        until_stopped()
        handler.close()  # type: ignore[no-untyped-call]
        app.listener_runner.listener_executor.shutdown(wait=True)  # what was acknowledged gets its answer
    finally:
        pool.close()


def until_stopped() -> None:
    """Wait for Ctrl-C or a termination signal."""
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    while not stopped.wait(1.0):  # a wait without end would not see a signal on every system
        pass


def _check_token(settings: Settings) -> None:
    """Ask Slack whose token this is, before anybody waits for an answer.

    Raises:
        HfStatsError: when Slack refuses it or cannot be reached.

    """
    try:
        whose = wiring.client(settings).auth_test()
    except SlackApiError as error:
        code = error.response.get("error")
        raise HfStatsError(f"Slack refused the token ({code}); copy it anew from {_WHERE['SLACK_BOT_TOKEN']}.") from error
    except OSError as error:
        raise HfStatsError(f"Slack cannot be reached at {settings.slack_api_url}: {error}.") from error
    _log.info("serving the workspace %s", whose.get("team"))


class _OverHttp(BaseApplication):  # type: ignore[misc]
    """gunicorn with one process of threads; the analytics processes beside it do the work."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"0.0.0.0:{self._settings.port}",
            "workers": 1,
            "threads": 8,
            "worker_class": "gthread",
            "graceful_timeout": 30,
            "loglevel": self._settings.hfstats_log_level.lower(),
            "proc_name": "hfstats",
            "post_worker_init": None,
        }
        for name, value in options.items():
            if value is not None:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build everything inside the worker process: a pool does not survive a fork."""
        pool = wiring.pool(self._settings)
        pool.warm()
        engine = wiring.store(self._settings)
        app = wiring.bolt(self._settings, wiring.desk(self._settings, pool, pool.entries(), engine), over_http=True)
        return web(app, wiring.gallery(self._settings, engine))

    def init(self, parser: Any, opts: Any, args: Any) -> None:  # noqa: ANN401 - gunicorn's own signature
        """Read no command line of gunicorn's."""
