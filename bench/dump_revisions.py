"""Write a dump of other days from that of one day: the same models with their numbers, columns and odd cells of that time.

Most of a dump's bytes are columns that hfstats doesn't read. They are copied, so that a dump takes seconds instead of minutes.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ADDED = {"trendingScore": date(2025, 1, 1), "xetEnabled": date(2025, 4, 1), "downloadsAllTime": date(2025, 7, 1)}
"""Columns that dumps have only since some day. The days are guesses."""
_BOOLEAN_BEFORE = date(2025, 2, 1)
"""Until then, ``gated`` says whether a model is, and not how."""
_WITHOUT_NAMESPACE = 101
"""Of so many models, one has an ID such as ``model-0000101``, as early models on the Hub do."""
_REPEATED = 30
"""Models that stand in a second row, with other downloads."""


def dumps(folder: Path, days: list[date], models: int) -> list[Path]:
    """Return a dump of each day in a folder; those that are there are not written again."""
    folder.mkdir(parents=True, exist_ok=True)
    base, paths = folder / "base.parquet", [folder / f"{day}.parquet" for day in days]
    if not base.exists() and not all(path.exists() for path in paths):
        make = [sys.executable, str(Path(__file__).parent / "dump.py"), str(base), "--models", str(models)]
        subprocess.run([*make, "--every-column", "--shuffled"], check=True, stdout=subprocess.DEVNULL)
    for day, path in zip(days, paths, strict=True):
        if not path.exists():
            write(base, path.with_suffix(".part"), day)
            path.with_suffix(".part").rename(path)
    return paths


def write(base: Path, path: Path, day: date) -> None:
    """Write the dump of ``day`` with the models of ``base``, its row groups in another order."""
    luck = np.random.default_rng(day.toordinal())
    file = pq.ParquetFile(base)
    groups = luck.permutation(file.num_row_groups).tolist()
    with pq.ParquetWriter(
        path, _on(file.read_row_group(0)[:0], day, luck).schema, compression="zstd", compression_level=1
    ) as out:
        for group in groups:
            table = _on(file.read_row_group(group), day, luck)
            out.write_table(table)
        again = table[:_REPEATED]
        downloads = pc.multiply(again["downloads"], pa.array(luck.integers(0, 3, len(again))))
        out.write_table(again.set_column(again.column_names.index("downloads"), "downloads", downloads))


def _on(table: pa.Table, day: date, luck: np.random.Generator) -> pa.Table:
    rows = len(table)
    before = {name: table[name].to_numpy() for name in ("downloads", "downloadsAllTime", "likes", "trendingScore")}
    numbers = np.array([int(name[-7:]) for name in table["id"].to_pylist()], dtype=np.int64)
    # Each model has tides of its own, so that the lists of two months differ.
    growth = np.exp(0.4 * np.sin(day.toordinal() / 200 + numbers * 2.399963) + luck.normal(0, 0.1, rows))
    odd = {name: luck.random(rows) < part for name, part in (("downloads", 0.001), ("likes", 0.002), ("trendingScore", 0.01))}
    short = pa.array(numbers % _WITHOUT_NAMESPACE == 0)
    gated = pc.if_else(pa.array(luck.random(rows) < 0.001), "perhaps", table["gated"])
    new = {
        "id": pc.if_else(short, pc.utf8_slice_codeunits(table["modelId"], -13), table["id"]),
        "downloads": pa.array((before["downloads"] * growth).astype(np.int64), mask=odd["downloads"]),
        "downloadsAllTime": pa.array((before["downloadsAllTime"] * growth).astype(np.int64)),
        "likes": pa.array((before["likes"] * np.sqrt(growth)).astype(np.int64), mask=odd["likes"]),
        "trendingScore": pa.array(before["trendingScore"][luck.permutation(rows)], mask=odd["trendingScore"]),
        "gated": pc.not_equal(table["gated"], "false") if day < _BOOLEAN_BEFORE else gated,
        "tags": pc.if_else(pa.array(luck.random(rows) < 0.002), pa.scalar(None, table["tags"].type), table["tags"]),
        "cardData": _cards(table["cardData"], numbers),
    }
    for name, column in new.items():
        table = table.set_column(table.column_names.index(name), name, column)
    return table.drop_columns([name for name, since in ADDED.items() if day < since])


def _cards(cards: pa.ChunkedArray, numbers: np.ndarray) -> pa.ChunkedArray:
    """Name the license of every other card whose license has no tag of its own, and write that of some cards as a list."""
    named = pc.replace_substring(cards, '"license": "other"', '"license": "other", "license_name": "own-terms"')
    listed = pc.replace_substring(cards, '"license": "mit"', '"license": ["mit"]')
    return pc.if_else(pa.array(numbers % 2 == 0), named, listed)
