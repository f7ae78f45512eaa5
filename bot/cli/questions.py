"""The commands that answer questions: ``ask`` and ``digest``; and ``schema``, which describes answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analytics.domain import ListName
from analytics.errors import HfStatsError, QueryError
from analytics.formatting.visible import visible
from bot.cli import operations
from bot.cli.store import open_store

if TYPE_CHECKING:
    from analytics.query import Query
    from analytics.storage.history import History
    from bot.domain.request import Command, Help

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option("--csv", "csv_file", type=_FILE, help="Write the numbers to a CSV file.")
@click.option("--png", "png_file", type=_FILE, help="Write the chart to a PNG file.")
@click.option("--parquet", "parquet_file", type=_FILE, help="Write the numbers to a Parquet file.")
def ask(
    words: tuple[str, ...], *, as_json: bool, csv_file: Path | None, png_file: Path | None, parquet_file: Path | None
) -> None:
    """Answer a question, such as: licenses by downloads. Also understands the words of the Slack command, such as help."""
    from analytics.query import quoted
    from analytics.questions.registry import parse
    from analytics.storage.sql_history import SqlHistory
    from bot.locations import database_url

    # The shell took the quotation marks that a name of several words needs; a whole question in one argument never had them.
    line = " ".join(quoted(word) if len(words) > 1 and " " in word else word for word in words)
    history = SqlHistory(open_store(database_url()))
    try:
        query = parse(line)
    except QueryError as error:
        from bot.cli import conversation
        from bot.domain.request import Command, Help

        request = conversation.read(line, history, error)
        if isinstance(request, Command | Help):
            _run(request, as_json=as_json, csv_file=csv_file, png_file=png_file, parquet_file=parquet_file)
            return
        query = request
    _answer(query, line, history, as_json=as_json, csv_file=csv_file, png_file=png_file, parquet_file=parquet_file)


def _run(
    request: Command | Help, *, as_json: bool, csv_file: Path | None, png_file: Path | None, parquet_file: Path | None
) -> None:
    """Run one of the commands that work without Slack.

    Raises:
        QueryError: naming an option that the command has no use for.

    """
    from analytics.formatting.phrases import enumerate_
    from bot.cli.conversation import print_help
    from bot.domain.request import Help

    word = "help" if isinstance(request, Help) else request.word
    options = {"--json": as_json, "--csv": csv_file, "--png": png_file, "--parquet": parquet_file}
    takes = ("--json", "--csv", "--png") if word == "digest" else ()
    useless = [option for option, value in options.items() if value and option not in takes]
    if useless:
        instead = f"; it takes {enumerate_(takes)}" if takes else ""
        raise QueryError(f"“{word}” doesn't take {enumerate_(useless, 'or')}{instead}.")
    if isinstance(request, Help):
        print_help(request)
    elif word == "status":
        click.get_current_context().invoke(operations.status)
    else:
        month = str(request.edition or "")
        click.get_current_context().invoke(digest, month=month, as_json=as_json, csv_file=csv_file, png_file=png_file)


def _answer(
    query: Query,
    line: str,
    history: History,
    *,
    as_json: bool,
    csv_file: Path | None,
    png_file: Path | None,
    parquet_file: Path | None,
) -> None:
    from analytics.export import serialization
    from analytics.questions import registry
    from bot.blocks import text
    from bot.domain.reply import with_age, with_number

    answer = registry.ask(query, history)
    if csv_file:
        _write(csv_file, serialization.as_csv(answer).encode())
    if parquet_file:
        from analytics.export.frames import as_parquet

        _write(parquet_file, as_parquet(answer))
    if png_file:
        from analytics.charts.drawing import draw

        _write(png_file, draw(answer.chart))
    if as_json:
        click.echo(json.dumps(serialization.as_json(answer), ensure_ascii=False, indent=2))
    else:
        answer = with_age(with_number(answer, query, line), query, datetime.now(UTC).date())
        click.echo(visible(text.answer_text(answer)))
        if answer.next:
            click.echo(visible(f"Next: {' | '.join(answer.next)}"))


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise HfStatsError(f"Can't write {path}: {error.strerror}.") from error


@click.command()
@click.option("--month", help="YYYY-MM. Default: the month of the latest snapshot.")
@click.option("--week", help="YYYY-Www; use instead of --month.")
@click.option(
    "--list",
    "within",
    type=click.Choice([name.value for name in ListName if name is not ListName.HUB]),
    default=ListName.TOP.value,
    show_default=True,
)
@click.option("--as-recorded", is_flag=True, help="Don't fill in licenses, tasks and libraries from other dates.")
@click.option("--json", "as_json", is_flag=True, help="Print the digest as JSON.")
@click.option("--csv", "csv_file", type=_FILE, help="Write the rankings to a CSV file.")
@click.option("--png", "png_file", type=_FILE, help="Write the picture to a PNG file.")
def digest(
    *,
    month: str | None,
    week: str | None,
    within: str,
    as_recorded: bool,
    as_json: bool,
    csv_file: Path | None,
    png_file: Path | None,
) -> None:
    """Show the digest for a month or a week without sending it."""
    from analytics.storage.sql_history import SqlHistory
    from bot.analytics_pool.process import AnalyticsProcess
    from bot.blocks import digest as render
    from bot.domain.reply import age_sentence
    from bot.locations import database_url

    if month and week:
        raise QueryError("Use either --month or --week, not both.")
    process = AnalyticsProcess(SqlHistory(open_store(database_url())))
    built, picture = process.digest(month or week or "", within, (), as_recorded=as_recorded)
    today = datetime.now(UTC).date()
    age = "" if month or week else age_sentence(built.source.snapshot, built.source.list, today)
    if csv_file:
        _write(csv_file, render.as_csv(built).encode())
    if png_file:
        _write(png_file, picture.png)
    click.echo(
        json.dumps(render.as_json(built), ensure_ascii=False, indent=2) if as_json else visible(render.as_text(built, age))
    )


@click.command()
@click.argument("question")
def schema(question: str) -> None:
    """Print the JSON Schema of the answers to a question, such as: licenses. Or that of reports: report."""
    from analytics.export.json_schema import answer_schema
    from analytics.export.report_json import report_schema
    from analytics.questions.registry import QUESTIONS

    if question.casefold() == "report":
        click.echo(json.dumps(report_schema(), ensure_ascii=False, indent=2))
        return
    asked = next((each for each in QUESTIONS if question.casefold() in {each.form.word, *each.form.aliases}), None)
    if asked is None:
        raise QueryError(f"There's no question “{question}”. “hfstats ask help” lists all of them.")
    described = answer_schema(asked.form.word, asked.fields.always, asked.fields.sometimes)
    click.echo(json.dumps(described, ensure_ascii=False, indent=2))


COMMANDS = (ask, digest, schema)
