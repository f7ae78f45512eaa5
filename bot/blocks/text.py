"""Render replies as plain text: for the terminal, for notifications and as the last fallback in Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.formatting.phrases import known_for, plural, short_list
from analytics.formatting.visible import one_line
from bot.blocks.table_rows import table
from bot.blocks.text_objects import cut

if TYPE_CHECKING:
    from analytics.answer import Answer, Source
    from bot.domain.reply import Line, Notice

MOST_ROWS = 15
"""Rows of an answer that wasn't asked for a number of names."""
ORIGIN = 100
"""Longest file name in a source line, in characters."""


def source_line(source: Source) -> str:
    """Return list, number of models, dates, coverage and origin of the data, on one line."""
    since = f"{source.since:%Y-%m-%d} to " if source.since else ""
    models = f"{plural(source.models, 'model')}{' ' if source.narrowed else ''}{source.narrowed}"
    parts = [f"{models} of the {short_list(source.list)}", f"{since}{source.snapshot:%Y-%m-%d} (UTC)"]
    if known := known_for(source):
        parts.append(f"recorded for {known}")
    parts.append(
        "simulated data"
        if source.simulated
        else "Hugging Face Hub"
        if source.origin == "hub"
        else f"from {cut(one_line(source.origin), ORIGIN)}"
    )
    return " · ".join(parts)


def grid(answer: Answer, limit: int = MOST_ROWS, most: int | None = None) -> list[str]:
    """Return the numbers as aligned lines. For the limits, see :func:`bot.blocks.table_rows.table`."""
    numbers = table(answer, limit, most)
    if numbers is None:
        return []
    rows = [numbers.headings, *numbers.rows] if any(numbers.headings) else list(numbers.rows)
    text_column = numbers.headings.index("of") if "of" in numbers.headings else 1
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if column in {1, text_column} else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return [*(line.rstrip() for line in lines), *filter(None, [numbers.note(answer)])]


def answer_text(answer: Answer, limit: int = MOST_ROWS, most: int | None = None) -> str:
    """Return headline, numbers, notes and source as lines, in that order. For the limits, see :func:`grid`."""
    rows = grid(answer, limit, most)
    parts = [one_line(answer.headline), "", *rows, "", *map(one_line, answer.notes), source_line(answer.source)]
    return "\n".join(parts).replace("\n\n\n", "\n\n")


def notice_text(notice: Notice) -> str:
    """Return a notice and its suggestions as text."""
    words = [line for section in notice.sections for line in ("", section.title, *map(_typed, section.lines))]
    tries = [f"Try: {' | '.join(notice.suggestions)}"] if notice.suggestions else []
    return "\n".join([notice.text, *words, *tries])


def _typed(line: Line) -> str:
    return " - ".join(filter(None, ["  " + " | ".join(line.typed), line.meaning]))
