"""``hfstats serve``: Socket Mode or HTTP, whichever the environment is set up for."""

from __future__ import annotations

import logging
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger as GunicornLogger
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError

from analytics.errors import HfStatsError
from bot import beside, wiring
from bot.carrying import Carrying
from bot.settings import secret
from bot.stopping import until_stopped
from bot.web import web

if TYPE_CHECKING:
    from flask import Flask
    from slack_bolt import App

    from bot.analytics_pool.pool import Pool
    from bot.settings import Settings

_log = logging.getLogger(__name__)

FINISH_WITHIN = 28
"""Seconds after a termination signal; hosting platforms kill after 30."""

_WHERE = {
    "SLACK_BOT_TOKEN": "OAuth & Permissions > Bot User OAuth Token (xoxb-…)",
    "SLACK_SIGNING_SECRET": "Basic Information > App Credentials > Signing Secret",
    "SLACK_CLIENT_ID": "Basic Information > App Credentials > Client ID",
    "SLACK_CLIENT_SECRET": "Basic Information > App Credentials > Client Secret",
    "HFSTATS_PUBLIC_URL": "the address under which Slack reaches this process, https://…",
    "SLACK_APP_TOKEN": "Basic Information > App-Level Tokens, with the scope connections:write (xapp-…)",
}
"""Where each secret stands in the settings of an app at api.slack.com/apps."""


def serve(settings: Settings) -> None:
    """Answer Slack until stopped.

    Raises:
        HfStatsError: saying which setting is missing and where in Slack's settings to find it.

    """
    if settings.slack_client_id or settings.slack_client_secret:
        _check_installing(settings)
    else:
        _check_one_workspace(settings)
    database = wiring.store(settings)
    database.dispose()  # a database that cannot be used is said now, not to the first who asks
    wanted = settings.hfstats_with_worker
    alone = database.dialect.name == "sqlite" if wanted is None else wanted
    with beside.worker(settings) if alone else nullcontext():
        if settings.slack_app_token:
            _over_socket(settings)
        else:
            _OverHttp(settings).run()


def _check_one_workspace(settings: Settings) -> None:
    missing = [] if settings.slack_bot_token else ["SLACK_BOT_TOKEN"]
    if not settings.slack_app_token and not settings.slack_signing_secret:
        missing.append("SLACK_APP_TOKEN")
        missing.append("SLACK_SIGNING_SECRET")
    if missing:
        raise HfStatsError(_needs(missing))
    _check_token(settings)


def _check_installing(settings: Settings) -> None:
    """Refuse to let workspaces install the app where that would end half way."""
    if settings.slack_app_token:
        raise HfStatsError("Socket Mode serves one workspace; to let others install the app, unset SLACK_APP_TOKEN.")
    needed = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET", "HFSTATS_PUBLIC_URL")
    missing = [name for name in needed if not getattr(settings, name.lower())]
    if missing:
        lines = [f"  {name}: {_WHERE[name]}" for name in missing]
        raise HfStatsError("To let workspaces install the app, set also:\n" + "\n".join(lines))
    from bot.store.installations import Cipher  # noqa: PLC0415 - with it comes all of SQLAlchemy

    Cipher(settings.keys)


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
        engine = wiring.store(settings)
        desk = wiring.desk(settings, pool, pool.entries(), engine)
        app = wiring.bolt(settings, desk, over_http=False)
        handler = SocketModeHandler(app, secret(settings.slack_app_token))
        handler.connect()  # type: ignore[no-untyped-call]
        wiring.recovering(settings, engine)
        wiring.prewarming(desk).start()
        wiring.worker_watch(settings, engine).start()
        _log.info("connected to Slack over Socket Mode")
        until_stopped()
        handler.close()  # type: ignore[no-untyped-call]
        _drain(app)
    finally:
        pool.close()


def _drain(app: App) -> None:
    """Wait until what was acknowledged has its answer."""
    executor = app.listener_runner.listener_executor
    if isinstance(executor, Carrying) and executor.depth:
        _log.info("finishing %s requests", executor.depth)
    executor.shutdown(wait=True)


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


class _Plainly(GunicornLogger):  # type: ignore[misc]
    """gunicorn's lines among ours, in the same form."""

    def setup(self, cfg: Any) -> None:  # noqa: ANN401 - gunicorn's own configuration
        """Leave form and destination to the root logger."""
        self.loglevel = self.LOG_LEVELS.get(cfg.loglevel.lower(), logging.INFO)
        self.error_log.setLevel(self.loglevel)
        self.error_log.propagate = True
        self.access_log.propagate = False


class _OverHttp(BaseApplication):  # type: ignore[misc]
    """gunicorn with one process of threads; the analytics processes beside it do the work."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool: Pool | None = None
        self._app: App | None = None
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"0.0.0.0:{self._settings.port}",
            "workers": 1,
            "threads": 8,
            "worker_class": "gthread",
            "graceful_timeout": FINISH_WITHIN,
            "timeout": 2 * FINISH_WITHIN,
            "keepalive": 75,
            "loglevel": self._settings.hfstats_log_level.lower(),
            "logger_class": _Plainly,
            "proc_name": "hfstats",
            "worker_exit": self._finish,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build everything inside the worker process: a pool does not survive a fork."""
        self._pool = wiring.pool(self._settings)
        self._pool.warm()
        engine = wiring.store(self._settings)
        house = wiring.house(self._settings, self._pool, engine)
        wiring.recovering(self._settings, engine, house.metrics)
        if house.health:
            house.health.start()
        if house.prewarming:
            house.prewarming.start()
        if house.worker_watch:
            house.worker_watch.start()
        self._app = house.app
        # Seconds; Python's own 0.005 is longer than an acknowledgement takes, which would wait for the work of another request.
        sys.setswitchinterval(0.001)
        return web(house)

    def _finish(self, _arbiter: object, _worker: object) -> None:
        """Let the worker process end when what it acknowledged has its answer; the arbiter ends one that takes too long."""
        if self._app:
            _drain(self._app)
        if self._pool:
            self._pool.close()

    def init(self, parser: Any, opts: Any, args: Any) -> None:  # noqa: ANN401 - gunicorn's own signature
        """Read no command line of gunicorn's."""
