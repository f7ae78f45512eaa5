"""Render an answer as Slack's ``table`` block."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.blocks.escape import escape_plain_text
from bot.blocks.messages import small_text
from bot.blocks.table_rows import table
from bot.blocks.text_objects import cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Answer
    from bot.blocks.messages import Block

ROWS = 20
"""Readable in a conversation."""
MOST_ROWS = 99
"""What Slack allows below the headings, for answers that were asked for a number of names."""
COLUMNS = 20
CELL = 200
TEXT = 10_000
"""Characters in all cells together."""


def table_blocks(answer: Answer, limit: int = ROWS) -> list[Block]:
    """Return a table and, if rows were left out, a note with their number; ``[]`` for an answer without numbers."""
    numbers = table(answer, limit, MOST_ROWS)
    if numbers is None or not numbers.rows:
        return []
    headings = numbers.headings if any(numbers.headings) else ("", "figure", "value")
    block, dropped = table_block(headings, numbers.rows)
    note = replace(numbers, left_out=numbers.left_out + dropped).note(answer)
    return [block, small_text(note)] if note else [block]


def table_block(headings: Sequence[str], numbers: Sequence[Sequence[str]]) -> tuple[Block, int]:
    """Return rows as a table without its empty columns, and how many didn't fit. Names are in the second column."""
    grid = [headings, *numbers]
    columns = [column for column in range(len(headings)) if any(row[column] for row in grid)][:COLUMNS]
    words = {1, headings.index("of") if "of" in headings else 1}
    rows, dropped = _within([[_cell(row[column]) for column in columns] for row in grid])
    block = {
        "type": "table",
        "rows": rows,
        "column_settings": [{"align": "left" if column in words else "right", "is_wrapped": column == 1} for column in columns],
    }
    return block, dropped


def _cell(text: str) -> Block:
    return {"type": "raw_text", "text": cut(escape_plain_text(text), CELL) or "-"}  # Slack rejects empty cells


def _within(rows: Sequence[list[Block]]) -> tuple[list[list[Block]], int]:
    """Return the rows that fit into the limit on a table's text, and the number of the others."""
    room = TEXT
    for place, row in enumerate(rows):
        room -= sum(len(cell["text"]) for cell in row)
        if room < 0:
            return list(rows[:place]), len(rows) - place
    return list(rows), 0
