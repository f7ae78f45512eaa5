"""A report as plain text for the terminal."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from bot.documents.document import ABOUT_PUBLISHED

if TYPE_CHECKING:
    from bot.documents.document import Document, Table

_WIDTH = 100


def as_text(document: Document) -> str:
    """Return the article with its tables, without pictures, wrapped to 100 characters."""
    parts = [document.title, document.dateline, document.warning, _paragraph(" ".join(document.summary)), _list(document.notes)]
    for chapter in document.chapters:
        parts += [
            f"{chapter.number}. {chapter.title}",
            _paragraph(chapter.finding),
            _paragraph(chapter.text),
            _paragraph(chapter.change),
            *map(_table, chapter.tables),
            _list(chapter.notes),
        ]
    parts += ["Conclusions", _list(document.conclusions)]
    if document.then_and_now:
        parts += ["Then and now", _paragraph(ABOUT_PUBLISHED), _table(document.then_and_now)]
    parts += [_paragraph(document.question), f"{document.bet} {document.command}"]
    parts += ["Definitions", *(_paragraph(f"{chapter.number}. {chapter.definition}") for chapter in document.chapters)]
    return "\n\n".join(filter(None, [*parts, document.source]))


def _paragraph(text: str) -> str:
    return "\n".join(wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False))


def _list(sentences: tuple[str, ...]) -> str:
    return "\n".join(
        "\n".join(wrap(s, _WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False))
        for s in sentences
    )


def _table(table: Table) -> str:
    rows = [table.headings, *table.rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if place in table.texts else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join(filter(None, (table.caption, *lines, table.more)))
