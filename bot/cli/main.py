"""hfstats …: the command line. Each command is a door to what other modules do; what it prints, they say."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from analytics.domain import ListName
from analytics.errors import HfStatsError, QueryError, SourceError
from analytics.formatting.visible import visible
from analytics.query import quoted
from analytics.storage import database
from bot import composition, database_setup
from bot.cli.failures import SentenceGroup
from bot.cli.progress import progress
from bot.observability import logs
from bot.settings import Settings, secret
from bot.storage.migration_state import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import sqlalchemy as sa

    from analytics.query import Query
    from analytics.storage.sql_history import SqlHistory
    from bot.jobs.snapshot import Loaded


@click.group(cls=SentenceGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="hfstats")
def main() -> None:
    """Ask what the open-model world runs on: snapshots of the Hugging Face Hub, answered with a chart."""


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers to a CSV file.")
@click.option("--png", "png_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the chart to a PNG file.")
@click.option(
    "--parquet", "parquet_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the numbers to a Parquet file."
)
def ask(
    words: tuple[str, ...], *, as_json: bool, csv_file: Path | None, png_file: Path | None, parquet_file: Path | None
) -> None:
    """Answer a question, such as: licenses by downloads."""
    # Here and below, what draws and computes is loaded only by the commands that need it.
    from analytics.export import serialization  # noqa: PLC0415
    from analytics.questions.registry import ask as answer_query  # noqa: PLC0415
    from analytics.questions.registry import parse  # noqa: PLC0415
    from analytics.storage.sql_history import SqlHistory  # noqa: PLC0415
    from bot.blocks import text  # noqa: PLC0415

    # The shell took the quotation marks that a name of several words needs; a whole question in one word never had them.
    typed = " ".join(quoted(word) if len(words) > 1 and " " in word else word for word in words)
    try:
        query = parse(typed)
    except QueryError:
        found = _read_plainly(" ".join(words))
        if found is None:
            raise
        query = found
        click.echo(visible(f"I read that as: {query}"), err=True)
    answer = answer_query(query, SqlHistory(_store(Settings.read())))
    if csv_file:
        _write(csv_file, serialization.as_csv(answer).encode())
    if parquet_file:
        from analytics.export.frames import as_parquet  # noqa: PLC0415

        _write(parquet_file, as_parquet(answer))
    if png_file:
        from analytics.charts.drawing import draw  # noqa: PLC0415

        _write(png_file, draw(answer.chart))
    if as_json:
        click.echo(json.dumps(serialization.as_json(answer), ensure_ascii=False, indent=2))
    else:
        click.echo(visible(text.answer_text(answer)))
        if answer.next:
            click.echo(visible(f"Next: {' | '.join(answer.next)}"))


def _read_plainly(text: str) -> Query | None:
    """Return the question that plain words mean, where every one of them is understood."""
    from analytics.language.natural_language import directory, read  # noqa: PLC0415 - as above
    from analytics.questions.registry import FORMS  # noqa: PLC0415

    # One or two words are no sentence but a command with a mistake, and a script had better hear of it.
    return read(text, FORMS, directory({}), datetime.now(UTC).date()).query if len(text.split()) > 2 else None


def _store(settings: Settings) -> sa.Engine:
    """Open the database until the command ends."""
    opened = composition.store(settings)
    click.get_current_context().call_on_close(opened.dispose)
    return opened


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise HfStatsError(f"{path} cannot be written: {error.strerror}.") from error


@main.command()
@click.option("--month", help="YYYY-MM; the month of the latest snapshot without it.")
@click.option("--week", help="YYYY-Www, instead of a month.")
@click.option(
    "--list",
    "within",
    type=click.Choice([one.value for one in ListName if one is not ListName.HUB]),
    default=ListName.TOP.value,
    show_default=True,
)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the rankings to a CSV file.")
@click.option("--png", "png_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the picture to a PNG file.")
def digest(
    *, month: str | None, week: str | None, within: str, as_json: bool, csv_file: Path | None, png_file: Path | None
) -> None:
    """Show a month's or a week's digest, without sending it."""
    from analytics.storage.sql_history import SqlHistory  # noqa: PLC0415
    from bot.analytics_pool.process import AnalyticsProcess  # noqa: PLC0415
    from bot.blocks import digest as render  # noqa: PLC0415

    if month and week:
        raise QueryError("Give a month or a week, not both.")
    built, picture = AnalyticsProcess(SqlHistory(_store(Settings.read()))).digest(month or week or "", within, ())
    if csv_file:
        _write(csv_file, render.as_csv(built).encode())
    if png_file:
        _write(png_file, picture.png)
    click.echo(json.dumps(render.as_json(built), ensure_ascii=False, indent=2) if as_json else visible(render.as_text(built)))


@main.command()
def snapshot() -> None:
    """Take today's snapshot of the Hub (UTC), once a day."""
    from analytics.storage.ingest import already_taken  # noqa: PLC0415
    from analytics.storage.sql_history import SqlHistory  # noqa: PLC0415
    from bot.jobs.snapshot import take  # noqa: PLC0415

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # its retries are its own affair; what comes of them is told
    settings = Settings.read()
    store = SqlHistory(_store(settings))
    today = datetime.now(UTC).date()
    if already_taken(store, today, "hub"):
        click.echo(f"The snapshot of {today} is already there; nothing changed.")
        return
    with progress() as advance:
        taken = take(store, today, endpoint=settings.hf_endpoint, token=secret(settings.hf_token), advance=advance)
    for one in taken:
        click.echo(f"Stored {one.size} models of the {one.list} list of {one.taken_on}.")
    if not taken:
        click.echo(f"The snapshot of {today} is already there; nothing changed.")


@main.command(name="import")
@click.argument("files", nargs=-1, required=True, metavar="FILE|hf://…")
@click.option(
    "--list",
    "within",
    type=click.Choice([name.value for name in ListName if name is not ListName.BOTH]),
    help="Which list the files hold; found out from the data when not given. hub: dumps of every public model, in Parquet.",
)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day of a dump whose name does not tell it, YYYY-MM-DD.")
@click.option(
    "--columns", multiple=True, metavar="FIELD=NAME", help="What a dump calls a field of the Hub, such as downloads=month."
)
def import_(files: tuple[str, ...], within: str | None, on: datetime | None, columns: tuple[str, ...]) -> None:
    """Import listings from CSV (also .gz) or Parquet files, a snapshot a date; with --list hub, dumps of the whole Hub."""
    from analytics.storage.sql_history import SqlHistory  # noqa: PLC0415
    from bot.jobs.snapshot import load  # noqa: PLC0415

    if (on or columns) and within != ListName.HUB:
        raise SourceError("--on and --columns are for dumps of the whole Hub; say --list hub with them.")
    if within != ListName.HUB and (remote := next((one for one in files if one.startswith("hf://")), None)):
        raise SourceError(f"{remote} would be a dump of the whole Hub; say --list hub with it.")
    if on and len(files) > 1:
        raise SourceError("--on names the day of one dump; import the others by themselves.")
    called = dict(_pair(one) for one in columns)
    settings = Settings.read()
    store = SqlHistory(_store(settings))
    loaded: list[Loaded] = []
    try:
        with progress() as advance:
            for file in files:
                if within == ListName.HUB:
                    day = on.date() if on else None
                    loaded.append(_load_dump(settings, store, file, on=day, columns=called, advance=advance))
                else:
                    loaded.append(load(store, Path(file), ListName(within) if within else None, advance))
    finally:  # also where a later file is refused: what is stored stays stored
        for one in loaded:
            click.echo(visible(one.said))


def _load_dump(
    settings: Settings,
    store: SqlHistory,
    file: str,
    *,
    on: date | None,
    columns: dict[str, str],
    advance: Callable[[str, int, int | None], None],
) -> Loaded:
    from bot.jobs.snapshot import load_dump, load_from_hub  # noqa: PLC0415

    if not file.startswith("hf://"):
        return load_dump(store, Path(file), on=on, columns=columns, advance=advance)
    from analytics.sources.dumps.repository import HubFile  # noqa: PLC0415

    with TemporaryDirectory(prefix="hfstats-") as folder:
        where = {"endpoint": settings.hf_endpoint, "token": secret(settings.hf_token)}
        return load_from_hub(store, HubFile.parse(file), Path(folder), on=on, columns=columns, advance=advance, **where)


@main.command()
@click.option("--since", required=True, type=click.DateTime(["%Y-%m", "%Y-%m-%d"]), metavar="YYYY-MM", help="The first month.")
@click.option(
    "--every", type=click.Choice(["day", "week", "month"]), default="month", show_default=True, help="Take the last dump of each."
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
    every: str,
    repo: str | None,
    path: str | None,
    columns: tuple[str, ...],
    later: bool,
) -> None:
    """Fetch and count the whole Hub's past, a dump a day, week or month; workers on the same database take part."""
    from bot.cli import backfill  # noqa: PLC0415

    settings = Settings.read()
    made = composition.backfill(settings, _store(settings))
    called = dict(_pair(one) for one in columns)
    request = backfill.BackfillRequest(
        since.date(), backfill.Every(every), repo or backfill.KNOWN, path or backfill.KNOWN_FILE, called
    )
    for said in backfill.plan(made, request):
        click.echo(said)
    if later:
        click.echo("The workers take them up within a minute; hfstats status says how far they are.")
        return
    ctx.exit(int(not backfill.take_part(made, request, click.echo)))


def _pair(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not (field and equals and column):
        raise SourceError(f"“{text}” is no FIELD=NAME; write --columns downloads=month, say.")
    return field, column


@main.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database's tables up to date; safe to run again."""
    engine = database.engine(Settings.read().database)
    for migrations in (database.SNAPSHOTS, TABLES):
        before, after = database.upgrade(engine, migrations)
        done = "are up to date, at" if before == after else "were upgraded to"
        click.echo(f"The tables for {migrations.whose} {done} version {after}.")
    database_setup.upgrade(engine)


@main.group()
def keys() -> None:
    """Look after the keys that encrypt the tokens of workspaces."""


@keys.command()
def new() -> None:
    """Print a new key for HFSTATS_KEYS."""
    from cryptography.fernet import Fernet  # noqa: PLC0415

    click.echo(Fernet.generate_key().decode())


@keys.command()
def rotate() -> None:
    """Encrypt every stored token anew with the first key of HFSTATS_KEYS; the others can go then."""
    settings = Settings.read()
    kept = composition.installations(settings, _store(settings))
    if kept is None:
        raise HfStatsError("SLACK_CLIENT_ID is not set: this hfstats serves one workspace and keeps no tokens.")
    many = kept.reencrypt()
    click.echo(f"Encrypted {many} {'row' if many == 1 else 'rows'} with the first key; the other keys can be taken out.")


@main.command()
def serve() -> None:
    """Answer Slack: over Socket Mode with SLACK_APP_TOKEN, else over HTTP with SLACK_SIGNING_SECRET; on SQLite with a worker."""
    from bot.processes import serve  # noqa: PLC0415

    settings = Settings.read()
    logs.configure(settings.hfstats_log_level, settings.hfstats_log_format)
    serve.serve(settings)


@main.command()
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input does.")
@click.option("--beats", type=int, hidden=True, help="The descriptor of a pipe that takes a byte as long as it works.")
@click.option("--check", is_flag=True, help="Run none; end with 0 when one on this host was heard from in the last minute.")
def worker(*, with_parent: bool, beats: int | None, check: bool) -> None:
    """Run what runs by the clock: a snapshot a day, digests and alerts; any number of them on PostgreSQL."""
    from bot.processes import worker as clock  # noqa: PLC0415

    settings = Settings.read()
    if check:
        click.echo(clock.check(_store(settings)))
        return
    logs.configure(settings.hfstats_log_level, settings.hfstats_log_format)
    if with_parent:
        clock.end_with_parent(sys.stdin.fileno())
    clock.work(settings, *([clock.beating_into(beats)] if beats is not None else []))


@main.command()
def status() -> None:
    """Say how things stand: data, subscriptions, deliveries."""
    from bot.processes import status  # noqa: PLC0415

    settings = Settings.read()
    database_ = _store(settings)
    for name, said in status.lines(composition.delivery_context(settings, database_), database_, datetime.now(UTC)):
        click.echo(f"{name}: {said}")


@main.group(invoke_without_command=True)
@click.option("--failed", is_flag=True, help="Only what did not arrive, or may not have.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="As many as that, the latest first.")
@click.pass_context
def deliveries(ctx: click.Context, *, failed: bool, limit: int) -> None:
    """Show what went where, and what did not and why."""
    from bot.processes import status  # noqa: PLC0415

    if ctx.invoked_subcommand is None:
        settings = Settings.read()
        for line in status.deliveries(
            composition.delivery_context(settings, _store(settings)).outbox, failed=failed, limit=limit
        ):
            click.echo(line)


@deliveries.command()
@click.argument("ids", nargs=-1, type=int, metavar="[ID]…")
@click.option("--all", "every", is_flag=True, help="Everything that failed; not what is unsure, which may have arrived.")
def retry(ids: tuple[int, ...], *, every: bool) -> None:
    """Send again what failed or is unsure; an unsure one may then be there twice."""
    from bot.processes import status  # noqa: PLC0415

    settings = Settings.read()
    for line in status.retry(composition.delivery_context(settings, _store(settings)).outbox, ids, every=every):
        click.echo(line)


@main.command()
@click.option("--url", help="The public address of hfstats serve, https://…; without it, for Socket Mode.")
def manifest(url: str | None) -> None:
    """Print the manifest to make the Slack app from."""
    from bot.slack.installation.manifest import manifest as filled  # noqa: PLC0415

    if url is not None and not url.startswith("https://"):
        raise HfStatsError(f"“{url}” is no address that Slack takes; write it as https://your-host")
    click.echo(json.dumps(filled(url), indent=2, ensure_ascii=False))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Check tokens, scopes, database, Hub, public URL and clock, and say how to mend what is wrong."""
    from bot.processes.doctor import State, examine  # noqa: PLC0415

    findings = examine(Settings.read())
    signs = {State.GOOD: "✓", State.BAD: "✗", State.UNUSED: "–"}  # noqa: RUF001 - a dash as a sign
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    for finding in () if as_json else findings:
        click.echo(f"{signs[finding.state]} {finding.name}: {finding.said}")
        if finding.mend:
            click.echo(f"    {finding.mend}")
    ctx.exit(int(any(finding.state is State.BAD for finding in findings)))


@main.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, envvar="PORT", help="Where the playground listens."
)
@click.option("--simulated", is_flag=True, help="Do not try the Hub; use the simulated history.")
def demo(port: int, *, simulated: bool) -> None:
    """Serve the playground: a stand-in for Slack on this machine, with the bot in it."""
    from bot.processes import demo as demonstration  # noqa: PLC0415

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    demonstration.run(Settings.read(), port, simulated=simulated, say=click.echo)


if __name__ == "__main__":
    main()
