"""``hfstats demo``: the bot on one machine, with the playground instead of Slack."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import SecretStr
from werkzeug.serving import WSGIRequestHandler, make_server

from analytics.domain import ListName
from analytics.errors import HfStatsError, SourceError
from analytics.sources import hub, simulation
from analytics.storage import ingest
from analytics.storage.sql_history import SqlHistory
from bot import composition
from bot.conversation.help import completions
from bot.jobs import snapshot
from bot.locations import data_folder
from bot.server.web import create_app
from bot.settings import secret
from bot.shutdown import wait_until_stopped
from playground import SlackStandIn

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from bot.settings import Settings

LINKED = ("huggingface.co", "hf.co")
"""Domains whose links the bot unfurls, as in the manifest."""
FIND_OUT = 10.0
"""Timeout in seconds for checking whether the Hub can be reached."""


def run(settings: Settings, port: int, *, simulated: bool, say: Callable[[str], None]) -> None:
    """Serve the playground on loopback until interrupted; ``say`` prints a line.

    Raises:
        HfStatsError: when the port is in use or the data can't be stored.

    """
    today = datetime.now(UTC).date()
    live = not simulated and _live(settings, today, say)
    folder = settings.database_url or f"sqlite:///{data_folder() / ('demo-live.db' if live else f'demo-{today}.db')}"
    settings = settings.model_copy(update={"database_url": folder})
    engine = composition.store(settings)
    history = SqlHistory(engine)
    if not live and not history.snapshots(ListName.TOP):
        ingest.store_days(simulation.listings(today), history)
    engine.dispose()
    _serve(settings, port, "" if live else "Simulated data, not real measurements.", say)


def _live(settings: Settings, today: date, say: Callable[[str], None]) -> bool:
    """Store a live snapshot in the demo's database; returns whether there is one."""
    token = secret(settings.hf_token)
    live = settings.model_copy(update={"database_url": settings.database_url or f"sqlite:///{data_folder() / 'demo-live.db'}"})
    if not hub.reachable(settings.hf_endpoint, timeout=FIND_OUT):
        say("The Hub can't be reached. Using simulated data.")
        return False
    engine = composition.store(live)
    store = SqlHistory(engine)
    try:
        if not ingest.already_taken(store, today, "hub"):
            say("Taking a snapshot of the Hub …")
            snapshot.take(store, today, endpoint=settings.hf_endpoint, token=token)
    except SourceError as error:
        say(f"{error} Using simulated data.")
        return False
    finally:
        engine.dispose()
    return True


class _Quiet(WSGIRequestHandler):
    """Doesn't log requests."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do nothing."""


def _serve(settings: Settings, port: int, note: str, say: Callable[[str], None]) -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    pool = composition.pool(settings)
    try:
        entries = pool.entries()
        slack = SlackStandIn(port=port, note=note, completions=completions(entries), unfurl_domains=LINKED)
        try:
            slack.start()
        except (OSError, SystemExit) as error:
            raise HfStatsError(
                f"Port {port} on 127.0.0.1 is in use. Choose another one, for example: PORT={port + 1} make demo"
            ) from error
        credentials = {
            "slack_bot_token": SecretStr(slack.bot_token()),
            "slack_signing_secret": SecretStr(slack.signing_secret),
            "slack_api_url": slack.api_url,
        }
        settings = settings.model_copy(update=credentials)
        engine = composition.store(settings)
        web_context = composition.web_context(settings, pool, engine)
        bot = make_server("127.0.0.1", 0, create_app(web_context), threaded=True, request_handler=_Quiet)
        threading.Thread(target=bot.serve_forever, name="bot", daemon=True).start()
        slack.attach(f"http://127.0.0.1:{bot.server_port}/slack/events")
        worker = composition.local_engine(settings, composition.jobs(settings, engine, pool), without=("snapshot",))
        worker.start()
        if web_context.health:
            web_context.health.start()
        if web_context.prewarming:
            web_context.prewarming.start()
        say(f"hfstats playground: {slack.base_url}  (press Ctrl-C to stop)")
        wait_until_stopped()
        worker.stop()
        slack.stop()
        bot.shutdown()
    finally:
        pool.close()
