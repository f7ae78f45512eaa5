"""Read a row of a dump as a model, as rows of the Hub's listing are read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analytics.sources import hub_rows
from analytics.sources.dumps import cells

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_row(row: Mapping[str, Any]) -> hub_rows.HubRow:
    """Return the model of a row by the Hub's names of the fields; what the dump has no column for is not recorded.

    Raises:
        CellError: naming the field that makes the ranking wrong.

    """
    read = hub_rows.read({**row, "downloads": row["downloads"] or 0, "cardData": cells.card_of(row.get("cardData"))})
    unrecorded: dict[str, Any] = {
        attribute: None for attribute, column in (("task", "pipeline_tag"), ("library", "library_name")) if column not in row
    }
    if "tags" not in row and "cardData" in row:
        unrecorded["licenses"] = cells.licenses_of(row["cardData"])
    return replace(read, model=replace(read.model, **unrecorded))
