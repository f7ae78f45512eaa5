"""The commands that fill the database: ``snapshot``, ``import``, ``history`` and ``backfill``."""

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
    """Take today's snapshot of the Hub (UTC). Runs at most once a day."""
    from datetime import UTC, datetime

    from analytics.storage.ingest import already_taken
    from analytics.storage.sql_history import SqlHistory
    from bot.cli.progress import progress
    from bot.jobs.snapshot import take
    from bot.settings import Settings, secret

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
    help="The list that the files contain. Default: detected from the data. hub: Parquet dumps of every public model.",
)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The dump's date (YYYY-MM-DD), if not in its file name.")
@click.option(
    "--columns", multiple=True, metavar="FIELD=NAME", help="The dump's column for a Hub field, for example downloads=month."
)
def import_(files: tuple[str, ...], within: str | None, on: datetime | None, columns: tuple[str, ...]) -> None:
    """Import listings from CSV or Parquet files. Stores a snapshot per date; --list hub imports dumps of the whole Hub."""
    from analytics.storage.sql_history import SqlHistory
    from bot.cli.progress import progress
    from bot.jobs.snapshot import load
    from bot.settings import Settings

    if (on or columns) and within != ListName.HUB:
        raise SourceError("--on and --columns work only for dumps of the whole Hub. Add --list hub.")
    if within != ListName.HUB and (remote := next((file for file in files if file.startswith("hf://")), None)):
        raise SourceError(f"{remote} is a dump of the whole Hub. Add --list hub.")
    if on and len(files) > 1:
        raise SourceError("--on sets the date of a single dump. Import one file at a time.")
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
    finally:  # report stored files even if a later one fails
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
@click.option("--months", type=click.IntRange(1, 120), default=24, show_default=True, help="Complete months to fetch.")
@click.option("--repo", default=None, metavar="OWNER/NAME", help="The dataset repository whose revisions are the dumps.")
@click.option("--file", "path", default=None, metavar="PATH", help="The dump's path in the repository.")
@click.option("--columns", multiple=True, metavar="FIELD=NAME", help="The dump's column for a Hub field.")
@click.pass_context
def history(ctx: click.Context, *, months: int, repo: str | None, path: str | None, columns: tuple[str, ...]) -> None:
    """Fetch the top and trending lists of past month ends. Reads only the parts of each dump that the lists need."""
    from datetime import UTC, datetime

    from bot import composition
    from bot.cli.backfill import stop_on_signal
    from bot.cli.history import fetch
    from bot.settings import Settings

    settings = Settings.read()
    fetcher = composition.history(settings, open_store(settings.database), repo, path, _column_names(columns))
    with stop_on_signal(fetcher.stopped):
        ctx.exit(int(not fetch(fetcher, months, datetime.now(UTC).date(), click.echo)))


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
@click.option("--repo", default=None, metavar="OWNER/NAME", help="The dataset repository whose revisions are the dumps.")
@click.option("--file", "path", default=None, metavar="PATH", help="The dump's path in the repository.")
@click.option("--columns", multiple=True, metavar="FIELD=NAME", help="The dump's column for a Hub field.")
@click.option("--later", is_flag=True, help="Let the workers do the counting.")
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
    """Import the Hub's history from past dumps. Takes one per day, week or month; workers on the same database help."""
    from bot import composition
    from bot.cli import backfill
    from bot.settings import Settings

    settings = Settings.read()
    service = composition.backfill(settings, open_store(settings.database))
    request = backfill.BackfillRequest(
        since.date(),
        backfill.Interval(interval),
        repo or settings.hfstats_dump_dataset,
        path or settings.hfstats_dump_file,
        _column_names(columns),
    )
    for line in backfill.plan(service, request):
        click.echo(line)
    if later:
        click.echo("The workers will start within a minute. To see their progress, run: hfstats status")
        return
    ctx.exit(int(not backfill.take_part(service, request, click.echo)))


def _column_names(columns: tuple[str, ...]) -> dict[str, str]:
    """Parse ``FIELD=NAME`` pairs.

    Raises:
        SourceError: for text that isn't such a pair.

    """
    names = {}
    for text in columns:
        field, equals, name = text.partition("=")
        if not (field and equals and name):
            raise SourceError(f"“{text}” isn't in the form FIELD=NAME. For example: --columns downloads=month")
        names[field] = name
    return names


COMMANDS = (snapshot, import_, history, backfill)
