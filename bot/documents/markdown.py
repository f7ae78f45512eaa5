"""A report in GitHub Flavored Markdown, and in what Slack's canvases take of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.blocks.escape import prevent_emoji
from bot.documents.document import ABOUT_PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.documents.document import Document, Picture, Table

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&!]|(?<=www)\.|(?<=https):|(?<=http):|(?<=ftp):|^[-+]")
_LIST_NUMBER = re.compile(r"^(\d+)([.)])(?=\s|$)")


def as_markdown(document: Document, files: Mapping[str, str]) -> str:
    """Return the text; ``files``: the pictures' file names by key, beside it."""
    footnotes = [f"[^{chapter.number}]: {escape(chapter.definition)}" for chapter in document.chapters]
    return _paragraphs([f"# {escape(document.title)}", *_body(document, files), *footnotes])


def as_canvas(document: Document) -> str:
    """Return the text for a canvas, which shows its title itself.

    A canvas has no footnotes, so definitions stand below their sections. Pictures would need public URLs that last as long as the
    canvas: they're in the thread.
    """
    return prevent_emoji(_paragraphs(_body(document, None)))


def _body(document: Document, files: Mapping[str, str] | None) -> list[str]:
    """Return the paragraphs below the title; without ``files``, for a canvas."""
    lines = [f"*{escape(document.dateline)}*"]
    if document.warning:
        lines.append(f"**{escape(document.warning)}**")
    lines += [escape(" ".join(document.summary)), _list(document.notes)]
    for chapter in document.chapters:
        lines += [
            f"## {chapter.number}. {escape(chapter.title)}",
            f"**{escape(chapter.finding)}**" + ("" if files is None else f"[^{chapter.number}]"),
            _image(chapter.picture, files),
            escape(chapter.text),
            f"> {escape(chapter.change)}" if chapter.change else "",
            *map(_table, chapter.tables),
            _list(chapter.notes),
            f"*How it's counted:* {escape(chapter.definition)}" if files is None else "",
        ]
    lines += ["## Conclusions", _list(document.conclusions)]
    if document.then_and_now:
        lines += [
            "## Then and now",
            ABOUT_PUBLISHED,
            _table(document.then_and_now),
        ]
    lines += ["## What comes next", escape(document.question), _image(document.forecast, files)]
    return [*lines, f"{escape(document.bet)} `{document.command}`", "---", escape(document.source)]


def _paragraphs(lines: Iterable[str]) -> str:
    return "\n\n".join(filter(None, lines)) + "\n"


def escape(text: str) -> str:
    """Return text that Markdown shows as it is: no markup, no HTML, no links."""
    return _LIST_NUMBER.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", text))


def _list(sentences: tuple[str, ...]) -> str:
    return "\n".join(f"- {escape(sentence)}" for sentence in sentences)


def _image(picture: Picture | None, files: Mapping[str, str] | None) -> str:
    return f"![{escape(picture.alt)}]({files[picture.key]})" if picture and files is not None else ""


def _table(table: Table) -> str:
    rules = [":---" if place in table.texts else "---:" for place in range(len(table.headings))]
    rows = [table.headings, tuple(rules), *table.rows]
    cells = [[cell if row is rows[1] else escape(cell) for cell in row] for row in rows]
    grid = "\n".join(f"| {' | '.join(row)} |" for row in cells)
    return "\n\n".join(filter(None, (escape(table.caption), grid, escape(table.more))))
