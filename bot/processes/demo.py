"""``hfstats demo``: the bot on one machine, with the playground instead of Slack."""

from __future__ import annotations

import logging
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from pydantic import SecretStr
from werkzeug.serving import WSGIRequestHandler, make_server

from analytics.errors import HfStatsError, SourceError
from analytics.formatting.phrases import day, plural
from analytics.sources import hub, simulation
from analytics.storage import ingest
from analytics.storage.schema import METADATA
from analytics.storage.sql_history import SqlHistory
from bot import composition
from bot.conversation.help import STARTERS, completions
from bot.jobs import snapshot
from bot.locations import data_folder, default_database
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
    url, note = _data(settings, datetime.now(UTC).date(), simulated=simulated, say=say)
    _serve(settings.model_copy(update={"database_url": url}), port, note, say)


def _data(settings: Settings, today: date, *, simulated: bool, say: Callable[[str], None]) -> tuple[str, str]:
    """Return the address of the database to show, and the line above the page that says which data it has.

    Data that are stored already are shown as they are. Otherwise there is a snapshot of the Hub or, without the Hub or if
    ``simulated``, simulated data.
    """
    url = settings.database_url
    if not url and not simulated:
        url = _copy_of_default(settings)
    if url and (stored := _stored(settings, url)):
        say(f"Showing {stored}.")
        return url, f"{stored[0].upper()}{stored[1:]}."
    if not simulated and _live(settings, today, say):
        return settings.database_url or _demo_database("live"), ""
    url = settings.database_url or _demo_database(str(today))
    engine = composition.store(settings.model_copy(update={"database_url": url}))
    history = SqlHistory(engine)
    if not history.lists():
        ingest.store_days(simulation.listings(today), history)
    engine.dispose()
    return url, "Simulated data, not real measurements."


def _demo_database(name: str) -> str:
    return f"sqlite:///{data_folder() / f'demo-{name}.db'}"


def _copy_of_default(settings: Settings) -> str:
    """Copy the snapshots of the default database, if there is one. Returns the copy's address, or ``""``.

    Only snapshots: the playground is another workspace and must not touch a real one's subscriptions and tokens.
    """
    default = sa.make_url(default_database()).database or ""
    if not Path(default).exists():
        return ""
    url = _demo_database("copy")
    composition.store(settings.model_copy(update={"database_url": url})).dispose()
    with closing(sqlite3.connect(sa.make_url(url).database or "")) as copy, copy:
        copy.execute("ATTACH ? AS stored", (default,))
        for table in reversed(METADATA.sorted_tables):
            copy.execute(f"DELETE FROM main.{table.name}")  # noqa: S608 - our own names
        for table in METADATA.sorted_tables:
            columns = ", ".join(row[1] for row in copy.execute(f"PRAGMA stored.table_info({table.name})"))
            if columns:  # of the version that wrote the database
                copy.execute(f"INSERT INTO main.{table.name} ({columns}) SELECT {columns} FROM stored.{table.name}")  # noqa: S608
    return url


def _stored(settings: Settings, url: str) -> str:
    """Describe the snapshots in a database: ``""`` if there are none."""
    engine = composition.store(settings.model_copy(update={"database_url": url}))
    snapshots = [snapshot for snapshots in SqlHistory(engine).lists().values() for snapshot in snapshots]
    engine.dispose()
    if not snapshots:
        return ""
    last = max(snapshots, key=lambda snapshot: snapshot.taken_on)
    kind = "simulated data, not real measurements" if last.simulated else "the stored data"
    days = plural(len({snapshot.taken_on for snapshot in snapshots}), "day")
    return f"{kind}: {days}, the last one {day(last.taken_on)}"


def _live(settings: Settings, today: date, say: Callable[[str], None]) -> bool:
    """Store a live snapshot in the demo's database; returns whether there is one."""
    token = secret(settings.hf_token)
    live = settings.model_copy(update={"database_url": settings.database_url or _demo_database("live")})
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
        slack = SlackStandIn(port=port, note=note, completions=completions(entries), starters=STARTERS, unfurl_domains=LINKED)
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
        # Past months are fetched only beside live data: nothing measured is mixed with simulated or copied snapshots.
        fetches = not note and settings.hfstats_history_months > 0
        without = ("snapshot",) if fetches else ("snapshot", "history")
        worker = composition.local_engine(settings, composition.jobs(settings, engine, pool), without=without)
        worker.start()
        if web_context.health:
            web_context.health.start()
        if web_context.prewarming:
            web_context.prewarming.start()
        if fetches:
            months = plural(settings.hfstats_history_months, "month")
            say(f"Fetching the past {months} from the Hub in the background. App Home shows the progress.")
        say(f"hfstats playground: {slack.base_url}  (press Ctrl-C to stop)")
        wait_until_stopped()
        worker.stop()
        slack.stop()
        bot.shutdown()
    finally:
        pool.close()
