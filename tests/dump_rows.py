"""Dumps of the Hub with a real one's odd cells, and the lists that their rows say, found by sorting all of them."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.domain import ListName, Model

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]
MANY = 2_000
LISTS = (ListName.TOP, ListName.TRENDING, ListName.BOTH)


def rows(many: int = MANY, seed: int = 3) -> list[Row]:
    luck = random.Random(seed)
    licenses = [["license:mit"], ["license:other"], [], ["license:apache-2.0", "license:mit"]]
    return [
        {
            "_id": f"{place:024x}",
            "id": f"org-{place % 9}/model-{place}" if place % 7 else f"model-{place}",
            "downloads": luck.choice([0, luck.randrange(900), None]),
            "downloadsAllTime": luck.randrange(10**6),
            "likes": luck.choice([None, float(luck.randrange(90))]),
            "trendingScore": luck.choice([None, 0.0, float(luck.randrange(40))]),
            "tags": ["region:us", *luck.choice(licenses)],
            "cardData": luck.choice([json.dumps({"license": "other", "license_name": "Own-1"}), "no {json", None, "[1]"]),
            "pipeline_tag": luck.choice(["text-generation", None]),
            "library_name": luck.choice(["gguf", None]),
            "createdAt": "2024-01-01T00:00:00.000Z",
            "gated": luck.choice(["false", "auto", "perhaps", None]),
            "sha": f"{luck.getrandbits(160):040x}",
        }
        for place in range(many)
    ]


def without(content: list[Row], *columns: str) -> list[Row]:
    return [{name: value for name, value in row.items() if name not in columns} for row in content]


def written(path: Path, content: list[Row] | pa.Table, **options: Any) -> Path:
    table = content if isinstance(content, pa.Table) else pa.Table.from_pylist(content)
    pq.write_table(table, path, **{"row_group_size": 256, **options})
    return path


def ranked(content: list[Row], measure: str, least: float) -> list[Row]:
    """Return the 300 leading rows with at least so much."""
    return sorted((row for row in content if (row[measure] or 0) >= least), key=lambda row: -(row[measure] or 0))[:300]


def model_of(row: Row) -> Model:
    named = "Own-1" in (row["cardData"] or "")
    return Model(
        row["id"],
        row["downloads"] or 0,
        None if row["likes"] is None else int(row["likes"]),
        tuple({"other": "own-1" if named else "other"}.get(tag[8:], tag[8:]) for tag in row["tags"][1:]),
        row["pipeline_tag"] or "",
        row["library_name"] or "",
        row.get("trendingScore"),
        "2024-01-01T00:00:00.000Z",
        None if row["gated"] == "perhaps" else row["gated"],
        tuple(row["tags"]),
        row["_id"],
        row.get("downloadsAllTime"),
    )


def lists(content: list[Row]) -> dict[ListName, list[Model]]:
    """Return the lists of a dump, the union by the models' ids."""
    found = {ListName.TOP: [model_of(row) for row in ranked(content, "downloads", 0)]}
    if any(row.get("trendingScore") for row in content):
        found[ListName.TRENDING] = [model_of(row) for row in ranked(content, "trendingScore", 1e-9)]
        found[ListName.BOTH] = by_id({model.id: model for models in found.values() for model in models}.values())
    return found


def by_id(models: Any) -> list[Model]:
    return sorted(models, key=lambda model: model.id)
