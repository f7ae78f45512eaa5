"""The command that writes the monthly report: ``report``."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analytics.domain import ListName
from analytics.errors import NoDataError, QueryError
from analytics.formatting.visible import visible
from bot.cli.report.files import write_file, write_folder
from bot.cli.store import open_store

if TYPE_CHECKING:
    from analytics.digest.edition import Edition
    from analytics.report.values import Report
    from analytics.storage.history import History

_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--month", help="YYYY-MM. Default: the month of the latest snapshot.")
@click.option(
    "--list",
    "within",
    type=click.Choice([name.value for name in ListName if name is not ListName.LIKED]),
    default=ListName.TOP.value,
    show_default=True,
)
@click.option("--then-and-now", is_flag=True, help="Add the published figures of January 2024 beside the same ones now.")
@click.option("--html", "html_file", type=_FILE, help="Write one HTML file with the pictures in it.")
@click.option("--markdown", "markdown_folder", type=_FOLDER, help="Write report.md and its pictures to a folder.")
@click.option("--pdf", "pdf_file", type=_FILE, help="Write a PDF file.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def report(
    *,
    month: str | None,
    within: str,
    then_and_now: bool,
    html_file: Path | None,
    markdown_folder: Path | None,
    pdf_file: Path | None,
    as_json: bool,
) -> None:
    """Write the report of a month: an article with pictures. Prints it as text unless you choose other forms."""
    from analytics.storage.sql_history import SqlHistory
    from bot.documents.document import document
    from bot.documents.text import as_text
    from bot.locations import database_url

    history = SqlHistory(open_store(database_url()))
    built = _build(month, ListName(within), history, then_and_now=then_and_now)
    if html_file or markdown_folder or pdf_file:
        _write(built, html_file, markdown_folder, pdf_file)
    if as_json:
        from analytics.export.report_json import report_as_json

        click.echo(json.dumps(report_as_json(built), ensure_ascii=False, indent=2))
    elif not (html_file or markdown_folder or pdf_file):
        click.echo(visible(as_text(document(built))))


def _month(text: str) -> Edition:
    """Read ``2026-08``.

    Raises:
        QueryError: for anything else.

    """
    from analytics.digest.edition import Edition

    try:
        edition = Edition.parse(text)
    except QueryError:
        edition = None
    if edition is None or edition.weekly:
        raise QueryError(f"“{text}” isn't a month. Write a month like 2026-07.")
    return edition


def _build(month: str | None, within: ListName, history: History, *, then_and_now: bool) -> Report:
    from analytics.digest.builder import latest
    from analytics.digest.edition import Edition
    from analytics.report import builder

    if month:
        edition = _month(month)
    elif history.snapshots(within):
        edition = latest(history, within)
    else:
        edition = Edition.month(datetime.now(UTC).date())  # refused, with the lists that have data
    try:
        return builder.report(edition, history, within=within, with_published=then_and_now)
    except NoDataError as error:  # its suggestions are commands in Slack
        months = [text.split()[1] for text in error.suggestions if text.startswith("report ")]
        of_list = "" if within is ListName.TOP else f" --list {within}"
        raise NoDataError(str(error), tuple(f"hfstats report --month {each}{of_list}" for each in months)) from error


def _write(built: Report, html_file: Path | None, markdown_folder: Path | None, pdf_file: Path | None) -> None:
    """Draw the pictures and write the files."""
    from analytics.charts.drawing import draw
    from bot.documents.document import charts, document

    text, pictures = document(built), {key: draw(chart) for key, chart in charts(built).items()}
    if html_file:
        from bot.documents.html import as_html

        write_file(html_file, as_html(text, pictures).encode())
    if markdown_folder:
        from bot.documents.markdown import as_markdown

        names = {key: f"{key}.png" for key in pictures}
        files = {names[key]: png for key, png in pictures.items()}  # the text last: then all that it shows is there
        write_folder(markdown_folder, files | {"report.md": as_markdown(text, names).encode()})
    if pdf_file:
        from analytics.charts.text_measurement import FONTS
        from bot.documents.pdf import Fonts, as_pdf

        write_file(pdf_file, as_pdf(text, pictures, Fonts(*FONTS), built.source.snapshot))


COMMANDS = (report,)
