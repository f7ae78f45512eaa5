"""A report in GitHub Flavored Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.documents.document import ABOUT_PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.documents.document import Document, Picture, Table

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&!]|(?<=www)\.|(?<=https):|(?<=http):|(?<=ftp):|^[-+]")
_LIST_NUMBER = re.compile(r"^(\d+)([.)])(?=\s|$)")


def as_markdown(document: Document, files: Mapping[str, str]) -> str:
    """Return the text; ``files``: the pictures' file names by key, beside it."""
    lines = [f"# {escape(document.title)}", f"*{escape(document.dateline)}*"]
    if document.warning:
        lines.append(f"**{escape(document.warning)}**")
    lines += [escape(" ".join(document.summary)), _list(document.notes)]
    for chapter in document.chapters:
        lines += [
            f"## {chapter.number}. {escape(chapter.title)}",
            f"**{escape(chapter.finding)}**[^{chapter.number}]",
            _image(chapter.picture, files),
            escape(chapter.text),
            f"> {escape(chapter.change)}" if chapter.change else "",
            *map(_table, chapter.tables),
            _list(chapter.notes),
        ]
    lines += ["## Conclusions", _list(document.conclusions)]
    if document.then_and_now:
        lines += [
            "## Then and now",
            ABOUT_PUBLISHED,
            _table(document.then_and_now),
        ]
    lines += ["## What comes next", escape(document.question), _image(document.forecast, files)]
    lines += [f"{escape(document.bet)} `{document.command}`", "---", escape(document.source)]
    lines += [f"[^{chapter.number}]: {escape(chapter.definition)}" for chapter in document.chapters]
    return "\n\n".join(filter(None, lines)) + "\n"


def escape(text: str) -> str:
    """Return text that Markdown shows as it is: no markup, no HTML, no links."""
    return _LIST_NUMBER.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", text))


def _list(sentences: tuple[str, ...]) -> str:
    return "\n".join(f"- {escape(sentence)}" for sentence in sentences)


def _image(picture: Picture | None, files: Mapping[str, str]) -> str:
    return f"![{escape(picture.alt)}]({files[picture.key]})" if picture else ""


def _table(table: Table) -> str:
    rules = [":---" if place in table.texts else "---:" for place in range(len(table.headings))]
    rows = [table.headings, tuple(rules), *table.rows]
    cells = [[cell if row is rows[1] else escape(cell) for cell in row] for row in rows]
    grid = "\n".join(f"| {' | '.join(row)} |" for row in cells)
    return "\n\n".join(filter(None, (escape(table.caption), grid, escape(table.more))))
