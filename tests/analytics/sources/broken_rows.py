"""Breaks one field of one row, as outsiders do: another type, null, missing, nested, or of another size. Seeded.

For pages of the Hub's listing, and for dumps, where a column has one type and only its cells can be odd.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    import random

    from hub_standin import Row

KINDS = ("type", "null", "missing", "nesting", "size")
FIELDS = (
    *("id", "_id", "downloads", "downloadsAllTime", "likes", "trendingScore", "tags", "cardData", "pipeline_tag"),
    *("library_name", "createdAt", "gated", "author", "private", "sha", "siblings", "model-index", "lastModified", "config"),
)
COLUMNS = {
    "id": pa.string(),
    "downloads": pa.float64(),
    "downloadsAllTime": pa.float64(),
    "likes": pa.float64(),
    "trendingScore": pa.float64(),
    "tags": pa.list_(pa.string()),
    "cardData": pa.string(),
    "pipeline_tag": pa.string(),
    "library_name": pa.string(),
    "createdAt": pa.string(),
    "gated": pa.string(),
}


@dataclass(frozen=True)
class Breakage:
    """What was broken, and how: enough to do it again."""

    row: int
    field: str
    kind: str

    def is_needed(self, measure: str = "downloads") -> bool:
        """Whether the ranking by ``measure`` is wrong without it; of a dump, also tags of another type."""
        return self.field in {"id", "downloads", measure} or (self.field, self.kind) == ("tags", "column")

    def __str__(self) -> str:
        return f"{self.kind} of {self.field} in row {self.row + 1}"


def broken_page(rows: list[Row], luck: random.Random) -> tuple[Breakage, bytes]:
    """Return a page of the listing with one field of one row broken, as JSON."""
    broken = Breakage(luck.randrange(len(rows)), luck.choice(FIELDS), luck.choice(KINDS))
    page = list(rows)
    row = page[broken.row] = copy.deepcopy(rows[broken.row])
    value = row.get(broken.field)
    if broken.kind == "missing":
        row.pop(broken.field, None)
    else:
        row[broken.field] = _broken(value, broken.kind, luck)
    return broken, json.dumps(page).replace('"@deep@"', "[" * 5_000 + "]" * 5_000).encode()


def _broken(value: Any, kind: str, luck: random.Random) -> Any:
    if kind == "null":
        return luck.choice([None, [None], {"a": None}])
    if kind == "nesting":
        return luck.choice(
            [[value], {"value": value}, [[[value]]], {"model-index": [{"results": [{"source": value}]}]}, "@deep@"]
        )
    if kind == "size":
        return luck.choice(
            [
                *("", [], {}, "x" * luck.randrange(300, 200_000), [value] * 2_000, {str(at): value for at in range(500)}),
                *(10 ** luck.randrange(19, 400), -(10**30), 1e300, "9" * luck.randrange(20, 6_000)),
            ]
        )
    return luck.choice(
        [
            *(True, False, 0, -1, 1.5, 1e3, 7, "12", "text", "a\x00b", "\ud800", "٣", "yesterday", "2024-02-30", "None"),
            *([], {}, [1, "a", None], {"name": "mit"}, [["license:mit"]], float("nan"), float("inf"), "<b>&amp;</b>", "a b/c d"),
            *(["license:mit", None], ["license:mit", 7], "license: mit", {"license": ["mit", 3]}, {"license_name": 4}),
        ]
    )


def dump_table(rows: list[Row]) -> pa.Table:
    """Return rows of the listing as a dump has them."""
    return pa.Table.from_pylist([_cells(row) for row in rows], pa.schema(list(COLUMNS.items())))


def _cells(row: Row) -> Row:
    gated = row.get("gated")
    card = row.get("cardData")
    return {
        **{name: row.get(name) for name in COLUMNS},
        "gated": None if gated is None else str(gated).lower(),
        "cardData": json.dumps(card) if card else None,
    }


def broken_dump(rows: list[Row], luck: random.Random) -> tuple[Breakage, pa.Table]:
    """Return a dump with one cell broken, one row doubled, or one column missing or of another type."""
    cells = [_cells(row) for row in rows]
    broken = Breakage(luck.randrange(len(rows)), luck.choice([*COLUMNS, "row"]), luck.choice(KINDS))
    row, name = cells[broken.row], broken.field
    schema = dict(COLUMNS)
    if name == "row":
        cells.insert(luck.randrange(len(cells)), row | {"downloads": luck.choice([None, 0.0, row["downloads"], 1e9])})
    elif broken.kind == "missing":
        del schema[name]
    elif broken.kind == "null":
        row[name] = None
    elif name == "tags" and broken.kind != "type":
        odd = [None, "a\x00b", "license:", "license:" + "x" * 300, "x" * 200_000, "license:a\nb", ""]
        row[name] = luck.choice([[], [None], [*(row[name] or []), luck.choice(odd)], [luck.choice(odd)] * luck.randrange(1, 500)])
    elif schema[name] == pa.float64():
        row[name] = luck.choice([-1.0, 1.5, 1e300, float("inf"), float("nan"), -0.0, 2.0**63, 1e3])
    elif broken.kind == "type":
        broken = replace(broken, kind="column")
        kind, cast = luck.choice([(pa.int64(), lambda _: 3), (pa.bool_(), lambda _: True), (pa.binary(), lambda _: b"\xff")])
        schema[name] = kind
        for every in cells:
            every[name] = cast(every[name])
    else:
        odd = [
            "",
            " ",
            "x" * 300,
            "x" * 200_000,
            "a\x00b",
            "two\nlines",
            "[" * 20_000,
            '{"license": {"a": [1]}}',
            "[]",
            "0",
            "None",
        ]
        row[name] = luck.choice(odd)
    return broken, pa.Table.from_pylist(cells, pa.schema(list(schema.items())))
