"""``hfstats serve``: run the bot over Socket Mode or HTTP, depending on the settings."""

from __future__ import annotations

import logging
import os
import signal
import sys
from contextlib import nullcontext
from threading import Event
from typing import TYPE_CHECKING

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError

from analytics.errors import HfStatsError
from bot import composition
from bot.processes import embedded_worker
from bot.server.http_connection import Limits
from bot.server.http_server import HttpServer, bind
from bot.server.web import LARGEST_BODY, create_app
from bot.settings import secret
from bot.shutdown import wait_until_stopped
from bot.slack.listener_pool import ListenerPool
from bot.slack_api.errors import error_code

if TYPE_CHECKING:
    from socket import socket

    from flask import Flask
    from slack_bolt import App

    from bot.settings import Settings

_log = logging.getLogger(__name__)

FINISH_WITHIN = 28
"""Seconds to finish after a termination signal; hosting platforms kill after 30."""

_PORT_TAKEN = "Can't listen on port {port}: {reason}. Set PORT to another one."
_END = 2
"""Seconds of these reserved for ending child processes."""

_WHERE = {
    "SLACK_BOT_TOKEN": "OAuth & Permissions > Bot User OAuth Token (xoxb-…)",
    "SLACK_SIGNING_SECRET": "Basic Information > App Credentials > Signing Secret",
    "SLACK_CLIENT_ID": "Basic Information > App Credentials > Client ID",
    "SLACK_CLIENT_SECRET": "Basic Information > App Credentials > Client Secret",
    "HFSTATS_PUBLIC_URL": "the public URL of this process, https://…",
    "SLACK_APP_TOKEN": "Basic Information > App-Level Tokens, with the scope connections:write (xapp-…)",
}
"""Where to find each value in the app's settings at api.slack.com/apps."""


def serve(settings: Settings) -> None:
    """Serve Slack until stopped.

    Raises:
        HfStatsError: naming missing settings and where to find them.

    """
    if settings.slack_client_id or settings.slack_client_secret:
        _check_installing(settings)
    else:
        _check_one_workspace(settings)
    database = composition.store(settings)
    database.dispose()  # report an unusable database now, not at the first request
    wanted = settings.hfstats_with_worker
    alone = database.dialect.name == "sqlite" if wanted is None else wanted
    with embedded_worker.worker(settings) if alone else nullcontext():
        if settings.slack_app_token:
            _over_socket(settings)
        else:
            _over_http(settings)


def _check_one_workspace(settings: Settings) -> None:
    missing = [] if settings.slack_bot_token else ["SLACK_BOT_TOKEN"]
    if not settings.slack_app_token and not settings.slack_signing_secret:
        missing.append("SLACK_APP_TOKEN")
        missing.append("SLACK_SIGNING_SECRET")
    if missing:
        raise HfStatsError(_missing_settings(missing))
    _check_token(settings)


def _check_installing(settings: Settings) -> None:
    """Check the settings for installation by other workspaces."""
    if settings.slack_app_token:
        raise HfStatsError("Socket Mode serves only one workspace. To let others install the app, unset SLACK_APP_TOKEN.")
    needed = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET", "HFSTATS_PUBLIC_URL")
    missing = [name for name in needed if not getattr(settings, name.lower())]
    if missing:
        lines = [f"  {name}: {_WHERE[name]}" for name in missing]
        raise HfStatsError("To let workspaces install the app, also set:\n" + "\n".join(lines))
    from bot.storage.installations import Cipher  # noqa: PLC0415 - imports all of SQLAlchemy

    Cipher(settings.keys)


def _missing_settings(missing: list[str]) -> str:
    lines = [f"  {name}: api.slack.com/apps > your app > {_WHERE[name]}" for name in missing]
    either = (
        " SLACK_APP_TOKEN is for Socket Mode, SLACK_SIGNING_SECRET for HTTP. You need only one of them."
        if len(missing) > 1
        else ""
    )
    return f"To connect to Slack, set:{either}\n" + "\n".join(lines)


def _over_socket(settings: Settings) -> None:
    pool = composition.pool(settings)
    try:
        engine = composition.store(settings)
        services = composition.services(settings, pool, pool.entries(), engine)
        app = composition.bolt(settings, services, over_http=False)
        handler = SocketModeHandler(app, secret(settings.slack_app_token))
        handler.connect()  # type: ignore[no-untyped-call]
        composition.start_recovery(settings, engine)
        composition.prewarmer(services).start()
        composition.worker_watch(settings, engine).start()
        _log.info("connected to Slack through Socket Mode")
        wait_until_stopped()
        handler.close()  # type: ignore[no-untyped-call]
        _drain(app)
    finally:
        pool.close()


def _drain(app: App) -> None:
    """Wait until acknowledged requests are finished."""
    executor = app.listener_runner.listener_executor
    if isinstance(executor, ListenerPool) and executor.depth:
        _log.info("finishing %s requests", executor.depth)
    if isinstance(executor, ListenerPool):
        executor.close(FINISH_WITHIN - _END)
    else:
        executor.shutdown(wait=True)


def _check_token(settings: Settings) -> None:
    """Check the token with Slack at the start.

    Raises:
        HfStatsError: when Slack rejects the token or can't be reached.

    """
    try:
        whose = composition.client(settings).auth_test()
    except SlackApiError as error:
        code = error_code(error)
        raise HfStatsError(f"Slack rejected the token ({code}). Copy it again from {_WHERE['SLACK_BOT_TOKEN']}.") from error
    except OSError as error:
        raise HfStatsError(f"Slack can't be reached at {settings.slack_api_url}: {error}.") from error
    _log.info("serving workspace %s", whose.get("team"))


def _over_http(settings: Settings) -> None:
    """Serve requests until a termination signal, then finish acknowledged ones."""
    bound = _bind(settings.port)  # first, to report a port in use before loading everything
    stopping = Event()
    servers: list[HttpServer] = []

    def stop(*_: object) -> None:
        if not stopping.is_set():
            signal.alarm(FINISH_WITHIN + 1)  # later than an orderly shutdown
        stopping.set()
        for server in servers:
            server.stop()

    signal.signal(signal.SIGALRM, _give_up)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    pool = composition.pool(settings)
    try:
        pool.warm()
        engine = composition.store(settings)
        web_context = composition.web_context(settings, pool, engine)
        composition.start_recovery(settings, engine, web_context.metrics)
        if web_context.health:
            web_context.health.start()
        if web_context.prewarming:
            web_context.prewarming.start()
        if web_context.worker_watch:
            web_context.worker_watch.start()
        # Seconds. With Python's default of 0.005, an acknowledgement would wait for another request's work.
        sys.setswitchinterval(0.001)
        servers.append(_listen(create_app(web_context), bound))
        if stopping.is_set():  # a signal arrived during startup
            servers[0].stop()
        servers[0].run()
        _drain(web_context.app)
    finally:
        pool.close()
        signal.alarm(0)


def _bind(port: int) -> socket:
    try:
        return bind(port)
    except OSError as error:
        raise HfStatsError(_PORT_TAKEN.format(port=port, reason=error.strerror)) from error


def _listen(application: Flask, bound: socket) -> HttpServer:
    port = bound.getsockname()[1]
    try:
        server = HttpServer(application, bound, Limits(body_bytes=LARGEST_BODY))
    except OSError as error:  # another process bound the port at the same time
        raise HfStatsError(_PORT_TAKEN.format(port=port, reason=error.strerror)) from error
    _log.info("listening on port %s", port)
    return server


def _give_up(*_: object) -> None:
    """Exit with unfinished requests, just before the platform would kill the process. The next process recovers them."""
    _log.error("exiting with unfinished requests %s s after the stop signal", FINISH_WITHIN + 1)
    os._exit(1)
