"""Read record batches of untrusted Parquet files, with checked types, limited decoded size, and error messages for damage."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.errors import SourceError
from analytics.sources.validation import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    Kinds = tuple[Callable[[pa.DataType], bool], ...]

_Item = TypeVar("_Item")
LONGEST_CELL = 131_072
"""Bytes, as the csv module has it in characters."""
_CUT = 1_024
"""Bytes that stay of a cell that is too long: more than any word or id has."""


class RemoteFile(Protocol):
    """A file that is read in ranges from elsewhere."""

    @property
    def name(self) -> str:
        """The name for messages."""
        ...

    def open(self) -> IO[bytes]:
        """Return a seekable stream; its errors are of :class:`analytics.errors.HfStatsError`."""
        ...


ParquetSource = Path | RemoteFile


def batches(
    path: ParquetSource,
    kinds_of: Callable[[Sequence[str]], Mapping[str, Kinds]],
    *,
    most_rows: int,
    most_bytes: int | None,
    size: int,
    short: Collection[str] = (),
    optional: Collection[str] = (),
    cut: bool = False,
    groups: Sequence[int] | None = None,
    about: pq.FileMetaData | None = None,
    buffer: int = 0,
) -> Iterator[pa.RecordBatch]:
    """Yield a file's rows, ``size`` at a time, in those of the columns named by ``kinds_of(names)`` that it has.

    Text stays dictionary-encoded, since short codes for long cells could fill the memory when decoded, except in the columns
    ``short``, whose cells were checked before. ``most_bytes`` limits the decoded size that the file states. Columns in
    ``optional`` are left out where they have another type. With ``cut``, a cell over the limit is cut, not refused.
    ``groups`` are the row groups to read, by default all. ``about`` is the file's metadata, if it was read before.
    A column of a row group is fetched ``buffer`` bytes at a time, which pays where reading stops early; by default at once.

    Raises:
        SourceError: when it isn't a Parquet file, is damaged, has more rows than allowed or cells that no column should have.

    """
    number = 0
    try:
        about = about or metadata(path)
        kinds = kinds_of(about.schema.to_arrow_schema().names)
        leaves = [about.schema.column(leaf) for leaf in range(about.num_columns)]
        named = kinds.keys() - set(short)
        coded = [leaf.path for leaf in leaves if leaf.path.partition(".")[0] in named and leaf.physical_type == "BYTE_ARRAY"]
        options = {
            "read_dictionary": coded,
            "metadata": about,
            "page_checksum_verification": True,
            "buffer_size": buffer,
            "pre_buffer": not buffer,
        }
        with pq.ParquetFile(_handle(path), **options) as file:
            schema = file.schema_arrow
            fields = [field for field in schema if field.name in kinds]
            fields = [one for one in fields if one.name not in optional or _is_of_kind(one, kinds[one.name])]
            for field in fields:
                _check_kind(path, field, kinds[field.name])
            if about.num_rows > most_rows:
                raise SourceError(f"{path.name} has more than {most_rows:,} rows; split it by date.")
            # No asking a group for its columns: where such an entry is damaged, Arrow ends the process.
            unpacked = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
            if most_bytes is not None and unpacked > most_bytes:
                raise SourceError(f"{path.name} unpacks to more than {most_bytes // 1024**3} GiB; split it by date.")
            wanted = range(about.num_row_groups) if groups is None else groups
            for group in wanted:  # one by one: Arrow cannot join the dictionaries of two
                for batch in file.iter_batches(batch_size=size, row_groups=[group], columns=[field.name for field in fields]):
                    checked = _cut(batch) if cut else batch
                    _check_lengths(path, checked, number)
                    number += len(batch)
                    yield checked
            if groups is None and number != about.num_rows:
                raise SourceError(f"{path.name} claims {about.num_rows:,} rows and holds {number:,}; write it again.")
    except _DAMAGE as error:
        raise _damaged(path, error, number) from None


def metadata(path: ParquetSource) -> pq.FileMetaData:
    """Return a file's metadata: its columns, row groups and statistics.

    Raises:
        SourceError: when it isn't a Parquet file or is damaged.

    """
    try:
        return pq.read_metadata(_handle(path))
    except _DAMAGE as error:
        raise _damaged(path, error) from None


def _handle(path: ParquetSource) -> Any:  # noqa: ANN401 - what Arrow opens
    return path if isinstance(path, Path) else path.open()


def column_types(about: pq.FileMetaData, path: ParquetSource) -> dict[str, pa.DataType]:
    """Return the types of a file's columns, by name.

    Raises:
        SourceError: when they can't be read.

    """
    try:
        return {column.name: column.type for column in about.schema.to_arrow_schema()}
    except _DAMAGE as error:
        raise _damaged(path, error) from None


_DAMAGE = (pa.ArrowException, OSError, ValueError, OverflowError)
"""What Arrow raises for a file that isn't as it should be."""


def _damaged(path: ParquetSource, error: Exception, row: int = 0) -> SourceError:
    after = f" after row {row}" if row else ""
    reason = shown(str(error).partition("\n")[0])[1:-1]
    return SourceError(f"{path.name} is no Parquet file or is damaged{after} ({reason}); fetch or write it again.")


def _is_of_kind(field: pa.Field, kinds: Kinds) -> bool:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    return pa.types.is_null(kind) or any(test(kind) for test in kinds)


def _check_kind(path: ParquetSource, field: pa.Field, kinds: Kinds) -> None:
    if not _is_of_kind(field, kinds):
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        raise SourceError(f"{path.name}: the column {field.name} is of type {shown(str(kind))[1:-1]}; write it as its name says.")


def _check_lengths(path: ParquetSource, batch: pa.RecordBatch, before: int) -> None:
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        cells = column.values if is_list(column.type) else column
        if pa.types.is_dictionary(cells.type) and len(cells.dictionary):
            longest = pc.max(pc.binary_length(cells.dictionary)).as_py() or 0
            if longest > LONGEST_CELL:
                where = f"{path.name}, rows {before + 1} to {before + len(batch)}"
                raise SourceError(
                    f"{where}: {name} holds a cell of {longest:,} bytes; remove that row and import the file again."
                )


def _cut(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Truncate cells that are too long; the result is still too long for any word or id."""
    columns = [_cut_column(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _cut_column(column: pa.Array) -> pa.Array:
    listed = is_list(column.type)
    cells = column.values if listed else column
    if not pa.types.is_dictionary(cells.type) or (pc.max(pc.binary_length(cells.dictionary)).as_py() or 0) <= LONGEST_CELL:
        return column
    texts = cells.dictionary.cast(pa.large_binary()).to_pylist()
    short = [text if text is None or len(text) <= LONGEST_CELL else text[:_CUT] for text in texts]
    coded = pa.DictionaryArray.from_arrays(
        cells.indices, pa.array(short, pa.large_binary()).cast(cells.dictionary.type, safe=False)
    )
    return type(column).from_arrays(column.offsets, coded, mask=column.is_null()) if listed else coded


def prefetch(items: Iterator[_Item]) -> Iterator[_Item]:
    """Yield what ``items`` yields, preparing the next item while the last one is used: Arrow decodes without Python's lock."""
    with ThreadPoolExecutor(1, "ahead") as helper:
        coming = helper.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = helper.submit(next, items, None)
            yield item


def decode(path: ParquetSource, name: str, column: pa.Array, most: int) -> pa.Array:
    """Decode a dictionary-encoded column of texts or of lists of texts.

    Raises:
        SourceError: where that would take more than ``most`` bytes.

    """
    listed = is_list(column.type)
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
    return pa.LargeListArray.from_arrays(offsets, texts, mask=column.is_null())


def is_list(kind: pa.DataType) -> bool:
    """Return whether a type is a list."""
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def is_words(kind: pa.DataType) -> bool:
    """Return whether a type is a list of strings or of nulls."""
    return is_list(kind) and (is_text(kind.value_type) or pa.types.is_null(kind.value_type))


def is_text(kind: pa.DataType) -> bool:
    """Return whether a type is a string, dictionary-encoded or not."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


IS_COUNT = (pa.types.is_integer, pa.types.is_floating)
