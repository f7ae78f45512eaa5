"""The ``hfstats`` command line. Commands parse options and print what other modules return."""

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

USAGE = 2
"""Exit code for invalid input, the same as Click's."""


class _Sentences(click.Group):
    """Prints known errors as one sentence on standard error and sets the exit code."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except HfStatsError as error:
            click.echo(visible(f"hfstats: {error}"), err=True)
            if error.suggestions:
                click.echo(visible(f"Try: {' | '.join(error.suggestions)}"), err=True)
            ctx.exit(USAGE if isinstance(error, QueryError) else 1)


@click.group(cls=_Sentences, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="hfstats")
def main() -> None:
    """Follow open models on Hugging Face: licenses, creators and tasks, ranked by downloads, with a chart for each answer."""


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
    """Answer a question, for example: licenses by downloads."""
    # Here and below, slow modules are imported only by the commands that need them.
    from analytics.export import serialization  # noqa: PLC0415
    from analytics.questions.registry import ask as answer_query  # noqa: PLC0415
    from analytics.questions.registry import parse  # noqa: PLC0415
    from analytics.storage.sql_history import SqlHistory  # noqa: PLC0415
    from bot.blocks import text  # noqa: PLC0415

    # The shell removed the quotes around names of several words. A whole question passed as one argument had none.
    typed = " ".join(quoted(word) if len(words) > 1 and " " in word else word for word in words)
    try:
        query = parse(typed)
    except QueryError:
        natural = _read_plainly(" ".join(words))
        if natural is None:
            raise
        query = natural
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
    """Return the query for a natural-language question; ``None`` unless every word is understood."""
    from analytics.language.natural_language import directory, read  # noqa: PLC0415 - as above
    from analytics.questions.registry import FORMS  # noqa: PLC0415

    # One or two words are a mistyped command rather than a sentence, and a script should get the error.
    return read(text, FORMS, directory({}), datetime.now(UTC).date()).query if len(text.split()) > 2 else None


def _store(settings: Settings) -> sa.Engine:
    """Open the database, and close it when the command ends."""
    opened = composition.store(settings)
    click.get_current_context().call_on_close(opened.dispose)
    return opened


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise HfStatsError(f"Can't write {path}: {error.strerror}.") from error


@main.command()
@click.option("--month", help="YYYY-MM. Default: the month of the latest snapshot.")
@click.option("--week", help="YYYY-Www; use instead of --month.")
@click.option(
    "--list",
    "within",
    type=click.Choice([list_.value for list_ in ListName if list_ is not ListName.HUB]),
    default=ListName.TOP.value,
    show_default=True,
)
@click.option("--json", "as_json", is_flag=True, help="Print the digest as JSON.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the rankings to a CSV file.")
@click.option("--png", "png_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the picture to a PNG file.")
def digest(
    *, month: str | None, week: str | None, within: str, as_json: bool, csv_file: Path | None, png_file: Path | None
) -> None:
    """Show the digest for a month or a week without sending it."""
    from analytics.storage.sql_history import SqlHistory  # noqa: PLC0415
    from bot.analytics_pool.process import AnalyticsProcess  # noqa: PLC0415
    from bot.blocks import digest as render  # noqa: PLC0415

    if month and week:
        raise QueryError("Use either --month or --week, not both.")
    built, picture = AnalyticsProcess(SqlHistory(_store(Settings.read()))).digest(month or week or "", within, ())
    if csv_file:
        _write(csv_file, render.as_csv(built).encode())
    if png_file:
        _write(png_file, picture.png)
    click.echo(json.dumps(render.as_json(built), ensure_ascii=False, indent=2) if as_json else visible(render.as_text(built)))


@main.command()
def snapshot() -> None:
    """Take today's snapshot of the Hub (UTC). Runs at most once a day."""
    from analytics.storage.ingest import already_taken  # noqa: PLC0415
    from analytics.storage.sql_history import SqlHistory  # noqa: PLC0415
    from bot.jobs.snapshot import take  # noqa: PLC0415

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # hide its retries; the final result is reported
    settings = Settings.read()
    store = SqlHistory(_store(settings))
    today = datetime.now(UTC).date()
    if already_taken(store, today, "hub"):
        click.echo(f"The snapshot for {today} already exists. Nothing changed.")
        return
    with progress() as advance:
        taken = take(store, today, endpoint=settings.hf_endpoint, token=secret(settings.hf_token), advance=advance)
    for snapshot in taken:
        click.echo(f"Stored {snapshot.size} models from the {snapshot.list} list for {snapshot.taken_on}.")
    if not taken:
        click.echo(f"The snapshot for {today} already exists. Nothing changed.")


@main.command(name="import")
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
    from analytics.storage.sql_history import SqlHistory  # noqa: PLC0415
    from bot.jobs.snapshot import load  # noqa: PLC0415

    if (on or columns) and within != ListName.HUB:
        raise SourceError("--on and --columns work only for dumps of the whole Hub. Add --list hub.")
    if within != ListName.HUB and (remote := next((file for file in files if file.startswith("hf://")), None)):
        raise SourceError(f"{remote} is a dump of the whole Hub. Add --list hub.")
    if on and len(files) > 1:
        raise SourceError("--on sets the date of a single dump. Import one file at a time.")
    called = dict(_pair(pair) for pair in columns)
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
@click.option("--repo", default=None, metavar="OWNER/NAME", help="The dataset repository whose revisions are the dumps.")
@click.option("--file", "path", default=None, metavar="PATH", help="The dump's path in the repository.")
@click.option("--columns", multiple=True, metavar="FIELD=NAME", help="The dump's column for a Hub field.")
@click.option("--later", is_flag=True, help="Let the workers do the counting.")
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
    """Import the Hub's history from past dumps. Takes one per day, week or month; workers on the same database help."""
    from bot.cli import backfill  # noqa: PLC0415

    settings = Settings.read()
    service = composition.backfill(settings, _store(settings))
    called = dict(_pair(pair) for pair in columns)
    request = backfill.BackfillRequest(
        since.date(), backfill.Every(every), repo or backfill.KNOWN, path or backfill.KNOWN_FILE, called
    )
    for text in backfill.plan(service, request):
        click.echo(text)
    if later:
        click.echo("The workers will start within a minute. To see their progress, run: hfstats status")
        return
    ctx.exit(int(not backfill.take_part(service, request, click.echo)))


def _pair(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not (field and equals and column):
        raise SourceError(f"“{text}” isn't in the form FIELD=NAME. For example: --columns downloads=month")
    return field, column


@main.group()
def db() -> None:
    """Manage the database."""


@db.command()
def upgrade() -> None:
    """Upgrade the database's tables. Safe to run again."""
    engine = database.engine(Settings.read().database)
    for migrations in (database.SNAPSHOTS, TABLES):
        before, after = database.upgrade(engine, migrations)
        done = "are up to date, at" if before == after else "were upgraded to"
        click.echo(f"The tables for {migrations.whose} {done} version {after}.")
    database_setup.upgrade(engine)


@main.group()
def keys() -> None:
    """Manage the keys that encrypt workspace tokens."""


@keys.command()
def new() -> None:
    """Print a new key for HFSTATS_KEYS."""
    from cryptography.fernet import Fernet  # noqa: PLC0415

    click.echo(Fernet.generate_key().decode())


@keys.command()
def rotate() -> None:
    """Re-encrypt every stored token with the first key in HFSTATS_KEYS, so that you can remove the others."""
    settings = Settings.read()
    installations = composition.installations(settings, _store(settings))
    if installations is None:
        raise HfStatsError("SLACK_CLIENT_ID is not set. This deployment serves one workspace and stores no tokens.")
    many = installations.reencrypt()
    click.echo(f"Re-encrypted {many} {'row' if many == 1 else 'rows'} with the first key. You can remove the other keys.")


@main.command()
def serve() -> None:
    """Run the bot over Socket Mode or HTTP. Uses Socket Mode with SLACK_APP_TOKEN; with SQLite, also runs a worker."""
    from bot.processes import serve  # noqa: PLC0415

    settings = Settings.read()
    logs.configure(settings.hfstats_log_level, settings.hfstats_log_format)
    serve.serve(settings)


@main.command()
@click.option("--with-parent", is_flag=True, hidden=True, help="Exit when standard input closes.")
@click.option("--beats", type=int, hidden=True, help="The file descriptor of a pipe to write heartbeats to.")
@click.option("--check", is_flag=True, help="Only check: exit with 0 if a worker on this host is running.")
def worker(*, with_parent: bool, beats: int | None, check: bool) -> None:
    """Run scheduled jobs: daily snapshots, digests and alerts. With PostgreSQL, you can run any number of workers."""
    from bot.processes import worker as clock  # noqa: PLC0415

    settings = Settings.read()
    if check:
        click.echo(clock.check(_store(settings)))
        return
    logs.configure(settings.hfstats_log_level, settings.hfstats_log_format)
    if with_parent:
        clock.end_with_parent(sys.stdin.fileno())
    clock.work(settings, *([clock.heartbeat_writer(beats)] if beats is not None else []))


@main.command()
def status() -> None:
    """Show the state of data, subscriptions, deliveries and workers."""
    from bot.processes import status  # noqa: PLC0415

    settings = Settings.read()
    database_ = _store(settings)
    for name, text in status.lines(composition.delivery_context(settings, database_), database_, datetime.now(UTC)):
        click.echo(f"{name}: {text}")


@main.group(invoke_without_command=True)
@click.option("--failed", is_flag=True, help="Show only deliveries that failed or may not have arrived.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many to show, latest first.")
@click.pass_context
def deliveries(ctx: click.Context, *, failed: bool, limit: int) -> None:
    """List deliveries, and why some failed."""
    from bot.processes import status  # noqa: PLC0415

    if ctx.invoked_subcommand is None:
        settings = Settings.read()
        for line in status.deliveries(
            composition.delivery_context(settings, _store(settings)).outbox, failed=failed, limit=limit
        ):
            click.echo(line)


@deliveries.command()
@click.argument("ids", nargs=-1, type=int, metavar="[ID]…")
@click.option("--all", "all_failed", is_flag=True, help="Retry all failed deliveries, but not unsure ones.")
def retry(ids: tuple[int, ...], *, all_failed: bool) -> None:
    """Retry failed or unsure deliveries. An unsure delivery may then arrive twice."""
    from bot.processes import status  # noqa: PLC0415

    settings = Settings.read()
    for line in status.retry(composition.delivery_context(settings, _store(settings)).outbox, ids, all_failed=all_failed):
        click.echo(line)


@main.command()
@click.option("--url", help="The public URL of hfstats serve, https://… Default: a manifest for Socket Mode.")
def manifest(url: str | None) -> None:
    """Print the manifest to create the Slack app from."""
    from bot.slack.installation.manifest import manifest as filled  # noqa: PLC0415

    if url is not None and not url.startswith("https://"):
        raise HfStatsError(f"Slack doesn't accept “{url}”. Use a URL like https://hfstats.example.com")
    click.echo(json.dumps(filled(url), indent=2, ensure_ascii=False))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Check the setup and explain how to fix problems. Covers tokens, scopes, database, Hub, public URL and clock."""
    from bot.processes.doctor import State, examine  # noqa: PLC0415

    findings = examine(Settings.read())
    signs = {State.GOOD: "✓", State.BAD: "✗", State.UNUSED: "–"}  # noqa: RUF001 - a dash as a sign
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    for finding in () if as_json else findings:
        click.echo(f"{signs[finding.state]} {finding.name}: {finding.message}")
        if finding.fix:
            click.echo(f"    {finding.fix}")
    ctx.exit(int(any(finding.state is State.BAD for finding in findings)))


@main.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, envvar="PORT", help="The playground's port."
)
@click.option("--simulated", is_flag=True, help="Use simulated data instead of the Hub.")
def demo(port: int, *, simulated: bool) -> None:
    """Run the bot in a local stand-in for Slack."""
    from bot.processes import demo as demonstration  # noqa: PLC0415

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    demonstration.run(Settings.read(), port, simulated=simulated, say=click.echo)


if __name__ == "__main__":
    main()
