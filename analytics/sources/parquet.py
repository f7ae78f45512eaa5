"""Record batches of Parquet files that nobody vouches for: types checked, what is unpacked bounded, damage told in a sentence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.errors import SourceError
from analytics.sources.validation import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    Kinds = tuple[Callable[[pa.DataType], bool], ...]

_Item = TypeVar("_Item")
LONGEST_CELL = 131_072
"""Bytes, as the csv module has it in characters."""


def batches(
    path: Path,
    kinds_of: Callable[[Sequence[str]], Mapping[str, Kinds]],
    *,
    most_rows: int,
    most_bytes: int | None,
    size: int,
    short: Collection[str] = (),
) -> Iterator[pa.RecordBatch]:
    """Yield a file's rows, so many at a time, in the columns that ``kinds_of`` its columns' names names and that it has.

    Text stays a dictionary: short codes for long cells would fill the memory if they were unpacked before they are known to be
    short; but for the columns in ``short``, whose cells were looked at before. ``most_bytes`` bounds what the columns that are
    read unpack to, by the file's own account.

    Raises:
        SourceError: when it is no Parquet file, is damaged, claims more than it may or holds what no column should.

    """
    number = 0
    try:
        about = pq.read_metadata(path)
        kinds = kinds_of(about.schema.to_arrow_schema().names)
        leaves = [about.schema.column(leaf) for leaf in range(about.num_columns)]
        named = kinds.keys() - set(short)
        coded = [leaf.path for leaf in leaves if leaf.path.partition(".")[0] in named and leaf.physical_type == "BYTE_ARRAY"]
        with pq.ParquetFile(path, read_dictionary=coded, page_checksum_verification=True) as file:
            schema = file.schema_arrow
            fields = [field for field in schema if field.name in kinds]
            for field in fields:
                _check_kind(path, field, kinds[field.name])
            if about.num_rows > most_rows:
                raise SourceError(f"{path.name} has more than {most_rows:,} rows; split it by date.")
            # No asking a group for its columns: where such an entry is damaged, Arrow ends the process.
            unpacked = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
            if most_bytes is not None and unpacked > most_bytes:
                raise SourceError(f"{path.name} unpacks to more than {most_bytes // 1024**3} GiB; split it by date.")
            for group in range(about.num_row_groups):  # one by one: Arrow cannot join the dictionaries of two
                for batch in file.iter_batches(batch_size=size, row_groups=[group], columns=[field.name for field in fields]):
                    _check_lengths(path, batch, number)
                    number += len(batch)
                    yield batch
            if number != about.num_rows:
                raise SourceError(f"{path.name} claims {about.num_rows:,} rows and holds {number:,}; write it again.")
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        after = f" after row {number}" if number else ""
        reason = shown(str(error).partition("\n")[0])[1:-1]
        raise SourceError(f"{path.name} is no Parquet file or is damaged{after} ({reason}); fetch or write it again.") from None


def _check_kind(path: Path, field: pa.Field, kinds: Kinds) -> None:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if not pa.types.is_null(kind) and not any(test(kind) for test in kinds):
        raise SourceError(f"{path.name}: the column {field.name} is of type {shown(str(kind))[1:-1]}; write it as its name says.")


def _check_lengths(path: Path, batch: pa.RecordBatch, before: int) -> None:
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        cells = column.values if pa.types.is_list(column.type) or pa.types.is_large_list(column.type) else column
        if pa.types.is_dictionary(cells.type) and len(cells.dictionary):
            longest = pc.max(pc.binary_length(cells.dictionary)).as_py() or 0
            if longest > LONGEST_CELL:
                where = f"{path.name}, rows {before + 1} to {before + len(batch)}"
                raise SourceError(
                    f"{where}: {name} holds a cell of {longest:,} bytes; remove that row and import the file again."
                )


def ahead(items: Iterator[_Item]) -> Iterator[_Item]:
    """Yield what ``items`` yields, the next one being made while the last one is used: Arrow unpacks without Python's lock."""
    with ThreadPoolExecutor(1, "ahead") as helper:
        coming = helper.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = helper.submit(next, items, None)
            yield item


def plain(path: Path, name: str, column: pa.Array, most: int) -> pa.Array:
    """Return a column of texts or of lists of texts without its dictionary.

    Raises:
        SourceError: where that would take more than ``most`` bytes.

    """
    listed = pa.types.is_list(column.type) or pa.types.is_large_list(column.type)
    cells = pc.list_flatten(column) if listed else column
    if not pa.types.is_dictionary(cells.type):
        return column
    lengths = pc.fill_null(pc.binary_length(cells.dictionary), 0)
    unpacked = pc.sum(lengths.take(pc.drop_null(cells.indices))).as_py() or 0
    if unpacked > most:
        raise SourceError(f"{path.name}: {name} unpacks {len(column):,} rows to {unpacked:,} bytes; nothing was kept.")
    texts = cells.dictionary_decode()
    if not listed:
        return texts
    lengths_of_lists = pc.fill_null(pc.list_value_length(column), 0)
    ends = pc.cumulative_sum(lengths_of_lists.cast(pa.int64()))
    offsets = pa.concat_arrays([pa.array([0], pa.int64()), ends.combine_chunks() if isinstance(ends, pa.ChunkedArray) else ends])
    return pa.LargeListArray.from_arrays(offsets, texts)


def is_words(kind: pa.DataType) -> bool:
    """Tell a list of texts, or of nothing."""
    listed = pa.types.is_list(kind) or pa.types.is_large_list(kind)
    return listed and (is_text(kind.value_type) or pa.types.is_null(kind.value_type))


def is_text(kind: pa.DataType) -> bool:
    """Tell text, coded or not."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


IS_COUNT = (pa.types.is_integer, pa.types.is_floating)
