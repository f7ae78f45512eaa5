"""An Answer as Slack's ``table`` block. Pure."""

from __future__ import annotations

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
"""As many as somebody reads in a conversation; Slack takes 100."""
COLUMNS = 20
CELL = 200
TEXT = 10_000
"""Characters of all cells."""


def table_blocks(answer: Answer) -> list[Block]:
    """Return the numbers as a table and, where rows were left out, how many; nothing where there are no numbers."""
    found = table(answer, ROWS)
    if found is None or not found.rows:
        return []
    headings = found.headings if any(found.headings) else ("", "figure", "value")
    grid = [headings, *found.rows]
    kept = [column for column in range(len(headings)) if any(row[column] for row in grid)][:COLUMNS]
    words = {1, headings.index("of") if "of" in headings else 1}
    rows, dropped = _within([[_cell(row[column]) for column in kept] for row in grid])
    block = {
        "type": "table",
        "rows": rows,
        "column_settings": [{"align": "left" if column in words else "right", "is_wrapped": column == 1} for column in kept],
    }
    left_out = found.left_out + dropped
    return [block, small_text(f"… and {left_out} more")] if left_out else [block]


def _cell(text: str) -> Block:
    return {"type": "raw_text", "text": cut(escape_plain_text(text), CELL) or "-"}  # Slack takes no empty cell


def _within(rows: Sequence[list[Block]]) -> tuple[list[list[Block]], int]:
    """Keep the rows that the limit on a table's text has room for; tell how many it has not."""
    room = TEXT
    for place, row in enumerate(rows):
        room -= sum(len(cell["text"]) for cell in row)
        if room < 0:
            return list(rows[:place]), len(rows) - place
    return list(rows), 0
