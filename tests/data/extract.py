"""Write the extract of real facts beside this script: ``python tests/data/extract.py`` in a checkout with ``../shared/data``.

Five dates, at most 300 models each, and of these the facts that tests need. README.md names the sources.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared" / "data"
MOST = 300
DATES = {
    "top1000_by_downloads_2022-07-02": ("2022-07-02", "downloads"),
    "top3000_by_downloads_2024-09-20": ("2024-09-20", "downloads"),
    "top100_by_likes_2025": ("2025-12-08", "likes"),
    "trending_2026-08_daily": ("2026-08-21", "trending_score"),
    "top300_by_downloads_and_by_likes_2026-08_daily": ("2026-08-22", "downloads"),
}
"""The date that is taken of each file, and by what its first 300 are."""
LEFT_OUT = ("gated", "tags")
"""Columns that no test of the listings reads."""
LIKED = "models_sort_likes_full_limit100_2025-12-08.json"
FIELDS = ("_id", "id", "gated", "likes", "downloads", "pipeline_tag", "library_name", "createdAt")
TRENDING = "models_sort_trendingScore_limit300_2026-08-21_reconstructed.json"


def first_rows(name: str) -> list[dict[str, str]]:
    """Return the first 300 of a file's date in the file's order; of equal ones the earlier is the better."""
    day, measure = DATES[name]
    with gzip.open(SHARED / "listings" / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["snapshot_date"] == day]
    first = sorted(range(len(rows)), key=lambda place: -float(rows[place][measure]))[:MOST]
    return [rows[place] | dict.fromkeys(LEFT_OUT, "") for place in sorted(first)]


def write_listing(name: str, rows: list[dict[str, str]]) -> None:
    text = io.StringIO(newline="")
    out = csv.DictWriter(text, rows[0])
    out.writeheader()
    out.writerows(rows)
    packed = gzip.compress(text.getvalue().encode(), mtime=0)  # the same bytes whenever it is written
    (HERE / "listings" / f"{name}.csv.gz").write_bytes(packed)


def write_sample(name: str, items: list[dict[str, Any]]) -> None:
    lines = ",\n".join(json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in items)
    (HERE / "hub_api_samples" / name).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def liked_payload() -> list[dict[str, Any]]:
    """Return the captured answer with the fields that the parser reads, and of the tags the licenses."""
    items = json.loads((SHARED / "hub_api_samples" / LIKED).read_text(encoding="utf-8"))
    licenses = [[tag for tag in item["tags"] if tag.startswith("license:")] for item in items]
    kept = [{field: item[field] for field in FIELDS if field in item} for item in items]
    return [item | {"tags": tags} for item, tags in zip(kept, licenses, strict=True)]


def trending_payload(rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Return rows under the API's field names, by trending score."""
    return [
        {
            "id": row["model_id"],
            "likes": int(row["likes"]),
            "trendingScore": int(row["trending_score"]),
            "downloads": int(row["downloads"]),
            "tags": [f"license:{tag}" for tag in row["license"].split(";") if tag],
            "createdAt": row["created_at"],
        }
        | {column: row[column] for column in ("pipeline_tag", "library_name") if row[column]}
        for row in sorted(rows, key=lambda row: -int(row["trending_score"]))
    ]


def main() -> None:
    if not SHARED.is_dir():
        sys.exit(f"{SHARED} is not there: the extract is made from it.")
    for name in DATES:
        write_listing(name, first_rows(name))
    write_sample(LIKED, liked_payload())
    write_sample(TRENDING, trending_payload(first_rows("trending_2026-08_daily")))


if __name__ == "__main__":
    main()
