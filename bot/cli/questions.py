"""The commands that answer questions: ``ask`` and ``digest``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analytics.domain import ListName
from analytics.errors import HfStatsError, QueryError
from analytics.formatting.visible import visible
from bot.cli.store import open_store

if TYPE_CHECKING:
    from analytics.query import Query

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
    """Answer a question, for example: licenses by downloads."""
    from analytics.export import serialization
    from analytics.questions import registry
    from analytics.storage.sql_history import SqlHistory
    from bot.blocks import text
    from bot.locations import database_url

    query = _query(words)
    answer = registry.ask(query, SqlHistory(open_store(database_url())))
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
        click.echo(visible(text.answer_text(answer)))
        if answer.next:
            click.echo(visible(f"Next: {' | '.join(answer.next)}"))


def _query(words: tuple[str, ...]) -> Query:
    """Parse the words after ``ask`` with the grammar, or else as a natural-language question.

    Raises:
        QueryError: if neither understands them.

    """
    from analytics.query import quoted
    from analytics.questions.registry import parse

    # The shell removed the quotes around names of several words. A whole question passed as one argument had none.
    try:
        return parse(" ".join(quoted(word) if len(words) > 1 and " " in word else word for word in words))
    except QueryError:
        query = _read_sentence(" ".join(words))
        if query is None:
            raise
        click.echo(visible(f"I read that as: {query}"), err=True)
        return query


def _read_sentence(text: str) -> Query | None:
    """Return the query for a natural-language question; ``None`` unless every word is understood."""
    from datetime import UTC, datetime

    from analytics.language.natural_language import directory, read
    from analytics.questions.registry import FORMS

    # One or two words are a mistyped command rather than a sentence, and a script should get the error.
    return read(text, FORMS, directory({}), datetime.now(UTC).date()).query if len(text.split()) > 2 else None


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
@click.option("--json", "as_json", is_flag=True, help="Print the digest as JSON.")
@click.option("--csv", "csv_file", type=_FILE, help="Write the rankings to a CSV file.")
@click.option("--png", "png_file", type=_FILE, help="Write the picture to a PNG file.")
def digest(
    *, month: str | None, week: str | None, within: str, as_json: bool, csv_file: Path | None, png_file: Path | None
) -> None:
    """Show the digest for a month or a week without sending it."""
    from analytics.storage.sql_history import SqlHistory
    from bot.analytics_pool.process import AnalyticsProcess
    from bot.blocks import digest as render
    from bot.locations import database_url

    if month and week:
        raise QueryError("Use either --month or --week, not both.")
    process = AnalyticsProcess(SqlHistory(open_store(database_url())))
    built, picture = process.digest(month or week or "", within, ())
    if csv_file:
        _write(csv_file, render.as_csv(built).encode())
    if png_file:
        _write(png_file, picture.png)
    click.echo(json.dumps(render.as_json(built), ensure_ascii=False, indent=2) if as_json else visible(render.as_text(built)))


COMMANDS = (ask, digest)
