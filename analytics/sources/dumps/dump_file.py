"""Read a dump's file in batches, with the Hub's column names and without rows that repeat a model."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.errors import SourceError
from analytics.names.creators import FAMILIES
from analytics.sources import hub_rows
from analytics.sources.dumps import cells, repeated_rows
from analytics.sources.dumps.columns import KINDS, REFUSED, columns
from analytics.sources.dumps.streaming_rollup import Creators
from analytics.sources.parquet import batches, column_types, decode, metadata, prefetch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import pyarrow.parquet as pq
    from numpy.typing import NDArray

    from analytics.sources.dumps.cells import Mask
    from analytics.sources.parquet import ParquetSource

_log = logging.getLogger(__name__)

MOST_ROWS = 20_000_000
"""Far more than the Hub has models; a larger file isn't a dump of it."""
BATCH = 1 << 16
_MOST_BYTES = 256 * 1024**2
"""Decoded, of one column of one batch; the tags of real models take some 20 MB."""
_MOST_REPEATED = 1_000, 0.01
"""Rows, or this part of all rows: a file in which more rows repeat a model is no dump of one day."""
_SIMULATED = b"simulated"
"""A key in the file's metadata."""


@dataclass(slots=True)
class Batch:
    """Some rows of a dump."""

    rows: NDArray[np.int64]
    """Their numbers in the file, from 1."""
    columns: dict[str, pa.Array]
    """By the Hub's names. Ids and downloads are clean, and counts that can't be read are null; other cells are as they came."""
    odd: dict[str, tuple[Mask, pa.Array]]
    """By field, where a cell can't be read, and the cells."""

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)


@dataclass(slots=True)
class DumpFile:
    """A dump on disk or on the Hub."""

    path: ParquetSource
    called: dict[str, str]
    """The file's column for each field of the Hub that it has."""
    about: pq.FileMetaData
    cards: str | None = None
    """The column of the models' cards, where tags tell the licenses, so that few cards need to be read."""
    rows: int = 0
    """As of :meth:`scan`."""
    left_out: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """Rows that repeat a model and don't count, from 0, ascending; as of :meth:`scan`."""
    ignored: set[str] = field(default_factory=set)
    """Columns of a type that their field can't have; they aren't read."""

    @classmethod
    def open(cls, path: ParquetSource, given: Mapping[str, str]) -> DumpFile:
        """Find the columns; ``given`` maps fields of the Hub to columns that have other names.

        Raises:
            SourceError: when it is no Parquet file, or a column is missing.

        """
        about = metadata(path)
        types = column_types(about, path)
        called = columns(list(types), given, path.name)
        if "tags" in called and pa.types.is_null(types[called["tags"]]):
            del called["tags"]
        # A card is read only where there are no tags to tell the license.
        return cls(path, called, about, called.pop("cardData", None) if "tags" in called else None)

    @property
    def starts(self) -> list[int]:
        """The number of rows before each row group."""
        sizes = [self.about.row_group(group).num_rows for group in range(self.about.num_row_groups)]
        return [0, *accumulate(sizes)][: len(sizes)]

    @property
    def with_cards(self) -> DumpFile:
        """The same file, with the models' cards although tags tell the licenses."""
        return replace(self, called=self.called | ({"cardData": self.cards} if self.cards else {}))

    @property
    def is_simulated(self) -> bool:
        """Whether the file's metadata marks it as simulated, as ``bench/dump.py`` does."""
        return _SIMULATED in (self.about.metadata or {})

    def scan(self) -> pa.Array:
        """Look through ids and counts alone: find repeated rows, and return the namespaces to tell apart.

        Raises:
            SourceError: naming the row that makes the ranking wrong.

        """
        creators, hashes, recorded = Creators(), [], False
        for batch in prefetch(self.read(("id", "downloads", "likes"))):
            counts = {name: cells.floats(batch.columns[name]) for name in ("downloads", "likes") if name in batch.columns}
            creators.add(namespaces(batch.columns["id"]), np.nan_to_num(counts["downloads"]), counts.get("likes"))
            hashes.append(repeated_rows.hashes(batch.columns["id"]))
            recorded = recorded or not np.isnan(counts["downloads"]).all()
            self.rows += len(batch)
        if not self.rows:
            raise SourceError(f"{self.path.name} has no rows; nothing to import.")
        if not recorded:
            raise SourceError(f"{self.path.name} has no number of downloads in any row; name the column with --columns.")
        self.left_out = self._repeated(repeated_rows.candidates(hashes))
        return creators.leading({one for family in FAMILIES for one in family.namespaces})

    def read(
        self, fields: Collection[str], size: int | None = None, group: int | None = None, buffer: int = 0
    ) -> Iterator[Batch]:
        """Yield the rows that count, at most ``size`` (:data:`BATCH`) at a time, in those of the columns that the file has.

        ``group`` is the only row group to read, from 0; its rows have their numbers in the file. ``buffer`` is as in
        :func:`analytics.sources.parquet.batches`.

        Raises:
            SourceError: naming what is wrong with the file, or the row that makes the ranking wrong.

        """
        called = {name: column for name, column in self.called.items() if name in fields}
        before = 0 if group is None else self.starts[group]
        for batch in batches(
            self.path,
            lambda _: {column: KINDS[name] for name, column in called.items()},
            most_rows=MOST_ROWS,
            most_bytes=None,
            size=size or BATCH,
            short=[self.called["id"]] if self.rows else (),  # every id was looked at
            optional=[column for name, column in called.items() if name not in REFUSED],
            cut=True,
            groups=None if group is None else [group],
            about=self.about,
            buffer=buffer,
        ):
            own = {name: batch.column(column) for name, column in called.items() if column in batch.schema.names}
            self.ignored.update(called[name] for name in called.keys() - own.keys())
            yield self._clean(own, np.arange(before + 1, before + len(batch) + 1))
            before += len(batch)

    def _clean(self, own: dict[str, pa.Array], rows: NDArray[np.int64]) -> Batch:
        decoded = {
            name: cells.repaired(decode(self.path, name, column, _MOST_BYTES), "backslashreplace" if name == "id" else "replace")
            for name, column in own.items()
        }
        # A column of nulls has no type to compute with, and records nothing.
        clean = {name: column for name, column in decoded.items() if name in ("id", "downloads") or not _is_empty(column)}
        odd: dict[str, tuple[Mask, pa.Array]] = {}
        try:
            for name, column in clean.items():
                if name == "id":
                    clean[name], mask = cells.model_ids(column)
                elif name in cells.COUNTS:
                    clean[name], mask = cells.counts(column, name)
                else:
                    continue
                odd[name] = mask, column
        except cells.RowError as error:
            raise SourceError(
                f"{self.path.name}, row {rows[error.place]:,}: {error}; correct or remove the row and import the file again."
            ) from None
        first, last = np.searchsorted(self.left_out, [rows[0] - 1, rows[-1]]) if len(rows) else (0, 0)
        if first == last:
            return Batch(rows, clean, odd)
        stay = np.ones(len(rows), bool)
        stay[self.left_out[first:last] - (rows[0] - 1)] = False
        kept = pa.array(stay)
        return Batch(
            rows[stay],
            {name: column.filter(kept) for name, column in clean.items()},
            {name: (mask[stay], column.filter(kept)) for name, (mask, column) in odd.items()},
        )

    def _repeated(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return those of the rows that don't count since another row of the same model does."""
        least, part = _MOST_REPEATED
        if len(rows) > 2 * max(least, part * self.rows):
            raise SourceError(
                f"{self.path.name}: {len(rows):,} rows share their model with another row, "
                "as if the file held two dumps; export it again."
            )
        if not len(rows):
            return rows
        lost = repeated_rows.left_out(self._named(rows))
        examples = [(row + 1, name, ["stands in another row, too"]) for row, name in sorted(lost.items())]
        if examples:
            _log.warning("%s repeats models; counted once: %s", self.path.name, hub_rows.examples(examples, len(examples)))
        return np.array(sorted(lost), np.int64)

    def _named(self, rows: NDArray[np.int64]) -> Iterator[tuple[int, str, float]]:
        for batch in self.read(("id", "downloads")):
            places = np.flatnonzero(np.isin(batch.rows - 1, rows))
            names = batch.columns["id"].take(pa.array(places)).to_pylist()
            downloads = np.nan_to_num(cells.floats(batch.columns["downloads"]))[places]
            yield from zip((batch.rows[places] - 1).tolist(), names, downloads.tolist(), strict=True)


def namespaces(ids: pa.Array) -> pa.Array:
    """Return the part of each id before the slash."""
    return pc.list_element(pc.split_pattern(ids, "/", max_splits=1), 0)


def _is_empty(column: pa.Array) -> bool:
    return bool(pa.types.is_null(column.type))
