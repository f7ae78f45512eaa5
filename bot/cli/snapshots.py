"""The commands that fill the database: ``snapshot``, ``import`` and ``backfill``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from analytics.domain import ListName
from analytics.errors import SourceError
from analytics.formatting.visible import visible
from bot.cli.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from analytics.storage.sql_history import SqlHistory
    from bot.jobs.snapshot import Loaded
    from bot.settings import Settings


@click.command()
def snapshot() -> None:
    """Take today's snapshot of the Hub (UTC), once a day."""
    import logging
    from datetime import UTC, datetime

    from analytics.storage.ingest import already_taken
    from analytics.storage.sql_history import SqlHistory
    from bot.cli.progress import progress
    from bot.jobs.snapshot import take
    from bot.settings import Settings, secret

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # its retries are its own business; their outcome is printed
    settings = Settings.read()
    store = SqlHistory(open_store(settings.database))
    today = datetime.now(UTC).date()
    if already_taken(store, today, "hub"):
        click.echo(f"The snapshot for {today} already exists. Nothing changed.")
        return
    with progress() as advance:
        taken = take(store, today, endpoint=settings.hf_endpoint, token=secret(settings.hf_token), advance=advance)
    for new in taken:
        click.echo(f"Stored {new.size} models from the {new.list} list for {new.taken_on}.")
    if not taken:
        click.echo(f"The snapshot for {today} already exists. Nothing changed.")


@click.command(name="import")
@click.argument("files", nargs=-1, required=True, metavar="FILE|hf://…")
@click.option(
    "--list",
    "within",
    type=click.Choice([name.value for name in ListName if name is not ListName.BOTH]),
    help="Which list the files hold; read from the data if left out. hub: dumps of every public model, in Parquet.",
)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day of a dump whose name does not contain it, YYYY-MM-DD.")
@click.option(
    "--columns", multiple=True, metavar="FIELD=NAME", help="What a dump calls a field of the Hub, such as downloads=month."
)
def import_(files: tuple[str, ...], within: str | None, on: datetime | None, columns: tuple[str, ...]) -> None:
    """Import listings from CSV (also .gz) or Parquet files, a snapshot a date; with --list hub, dumps of the whole Hub."""
    from analytics.storage.sql_history import SqlHistory
    from bot.cli.progress import progress
    from bot.jobs.snapshot import load
    from bot.settings import Settings

    if (on or columns) and within != ListName.HUB:
        raise SourceError("--on and --columns are for dumps of the whole Hub; say --list hub with them.")
    if within != ListName.HUB and (remote := next((file for file in files if file.startswith("hf://")), None)):
        raise SourceError(f"{remote} would be a dump of the whole Hub; say --list hub with it.")
    if on and len(files) > 1:
        raise SourceError("--on names the day of one dump; import the others by themselves.")
    names = _column_names(columns)
    settings = Settings.read()
    store = SqlHistory(open_store(settings.database))
    loaded: list[Loaded] = []
    try:
        with progress() as advance:
            for file in files:
                if within == ListName.HUB:
                    day = on.date() if on else None
                    loaded.append(_load_dump(settings, store, file, on=day, columns=names, advance=advance))
                else:
                    loaded.append(load(store, Path(file), ListName(within) if within else None, advance))
    finally:  # also when a later file is refused: what is stored stays stored
        for result in loaded:
            click.echo(visible(result.said))


def _load_dump(
    settings: Settings,
    store: SqlHistory,
    file: str,
    *,
    on: date | None,
    columns: dict[str, str],
    advance: Callable[[str, int, int | None], None],
) -> Loaded:
    from bot.jobs.snapshot import load_dump, load_from_hub

    if not file.startswith("hf://"):
        return load_dump(store, Path(file), on=on, columns=columns, advance=advance)
    from tempfile import TemporaryDirectory

    from analytics.sources.dumps.repository import HubFile
    from bot.settings import secret

    with TemporaryDirectory(prefix="hfstats-") as folder:
        where = {"endpoint": settings.hf_endpoint, "token": secret(settings.hf_token)}
        return load_from_hub(store, HubFile.parse(file), Path(folder), on=on, columns=columns, advance=advance, **where)


@click.command()
@click.option("--since", required=True, type=click.DateTime(["%Y-%m", "%Y-%m-%d"]), metavar="YYYY-MM", help="The first month.")
@click.option(
    "--every",
    "interval",
    type=click.Choice(["day", "week", "month"]),
    default="month",
    show_default=True,
    help="Take the last dump of each.",
)
@click.option("--repo", default=None, metavar="OWNER/NAME", help="The dataset whose revisions are the dumps.")
@click.option("--file", "path", default=None, metavar="PATH", help="The dump's file in it.")
@click.option("--columns", multiple=True, metavar="FIELD=NAME", help="What the dump calls a field of the Hub.")
@click.option("--later", is_flag=True, help="Leave the counting to the workers.")
@click.pass_context
def backfill(
    ctx: click.Context,
    *,
    since: datetime,
    interval: str,
    repo: str | None,
    path: str | None,
    columns: tuple[str, ...],
    later: bool,
) -> None:
    """Fetch and count the whole Hub's past, a dump a day, week or month; workers on the same database take part."""
    from bot import composition
    from bot.cli import backfill
    from bot.settings import Settings

    settings = Settings.read()
    service = composition.backfill(settings, open_store(settings.database))
    request = backfill.BackfillRequest(
        since.date(),
        backfill.Every(interval),
        repo or backfill.KNOWN,
        path or backfill.KNOWN_FILE,
        _column_names(columns),
    )
    for line in backfill.plan(service, request):
        click.echo(line)
    if later:
        click.echo("The workers take them up within a minute; hfstats status says how far they are.")
        return
    ctx.exit(int(not backfill.take_part(service, request, click.echo)))


def _column_names(columns: tuple[str, ...]) -> dict[str, str]:
    """Read ``FIELD=NAME`` pairs. Raises SourceError for anything else."""
    names = {}
    for text in columns:
        field, equals, name = text.partition("=")
        if not (field and equals and name):
            raise SourceError(f"“{text}” is no FIELD=NAME; write --columns downloads=month, say.")
        names[field] = name
    return names


COMMANDS = (snapshot, import_, backfill)
