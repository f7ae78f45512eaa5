"""Read rows of CSV and Parquet files with their numbers, with limited decompressed size and error messages for damage."""

from __future__ import annotations

import csv
import gzip
import math
import re
import zlib
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa

from analytics.errors import SourceError
from analytics.sources.parquet import IS_COUNT, batches, is_text, is_words
from analytics.sources.validation import CellError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from analytics.sources.parquet import Kinds

REQUIRED = ("snapshot_date", "model_id", "downloads")
MOST_ROWS = 3_000_000
"""All models of the Hub on one day are some 2.5 M."""
MOST_BYTES = 2 * 1024**3
"""Decompressed."""
_LONGEST_LINE = 1024**2
"""Bytes; the longest of a real file has 9 k."""
_BATCH = 1_000
"""Rows of a Parquet file that are decoded at a time: short codes for long cells could fill the memory."""
_SUFFIXES = (".csv", ".csv.gz", ".parquet")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


def stem(path: Path) -> str:
    """Return the file's name without its format's suffixes.

    Raises:
        SourceError: if the format isn't supported.

    """
    for suffix in _SUFFIXES:
        if path.name.lower().endswith(suffix) and len(path.name) > len(suffix):
            return path.name[: -len(suffix)]
    raise SourceError(f"{path.name} is neither .csv, .csv.gz nor .parquet; convert it to one of these.")


def rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield ``(number, cells)`` of each row; an empty cell is ``None``, numbers are numbers, tags and licenses lists.

    The number is the line of a CSV file as an editor shows it, the row of a Parquet file counted from 1.

    Raises:
        SourceError: when the file cannot be read to its end, or lacks a column of :data:`REQUIRED`.

    """
    stem(path)
    try:
        if not path.is_file():
            raise SourceError(f"{path.name} is {'a folder' if path.is_dir() else 'not there'}; name a file that exists.")
        yield from (_parquet if path.suffix.lower() == ".parquet" else _csv)(path)
    except OSError as error:
        raise SourceError(f"{path.name} cannot be read: {error.strerror or error}; check the file and its rights.") from None


def row_error(path: Path, number: int, what: object) -> SourceError:
    """Return the error for a row: which, what is wrong with it, what to do."""
    unit = "row" if path.suffix.lower() == ".parquet" else "line"
    return SourceError(f"{path.name}, {unit} {number}: {what}; correct or remove the {unit} and import the file again.")


def _columns(path: Path, names: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        have = ", ".join(shown(name)[1:-1] for name in names[:20]) or "none"
        raise SourceError(f"{path.name} lacks the column {missing[0]} (it has {have}); it needs {', '.join(REQUIRED)}.")
    if twice := next((name for name in names if name and names.count(name) > 1), None):
        raise SourceError(f"{path.name} has the column {shown(twice)[1:-1]} twice; remove one.")


def _counted(path: Path, number: int) -> None:
    if number > MOST_ROWS:
        raise SourceError(f"{path.name} has more than {MOST_ROWS:,} rows; split it by date.")


# CSV


def _csv(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    packed = path.suffix.lower() == ".gz"
    with gzip.open(path) if packed else path.open("rb") as stream:
        reader = csv.reader(_lines(path, stream), strict=True)
        start = 1
        try:
            header = [name.strip() for name in next(reader, [])]
            if not header:
                raise SourceError(f"{path.name} is empty; it needs a header line with {', '.join(REQUIRED)}.")
            _columns(path, header)
            start = reader.line_num + 1
            for count, cells in enumerate(reader, start=1):
                _counted(path, count)
                if cells:
                    yield start, _record(header, cells)
                start = reader.line_num + 1
        except (CellError, csv.Error, UnicodeDecodeError) as error:
            what = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error
            raise row_error(path, start, what) from None
        except (EOFError, zlib.error, gzip.BadGzipFile):
            what = "is not gzip, or is cut short or damaged" if start == 1 else f"is cut short or damaged after line {start - 1}"
            raise SourceError(f"{path.name} {what}; fetch or pack it again.") from None


def _lines(path: Path, stream: gzip.GzipFile | IO[bytes]) -> Iterator[str]:
    room = MOST_BYTES
    for number, line in enumerate(iter(lambda: stream.readline(_LONGEST_LINE), b""), start=1):
        room -= len(line)
        if room < 0:
            raise SourceError(f"{path.name} unpacks to more than {MOST_BYTES // 1024**3} GiB; split it by date.")
        if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            raise CellError(f"more than {_LONGEST_LINE:,} bytes in one line")
        yield line.decode("utf-8-sig" if number == 1 else "utf-8")


def _record(header: list[str], cells: list[str]) -> dict[str, Any]:
    if len(cells) != len(header):
        raise CellError(f"{len(cells)} cells under {len(header)} columns")
    return {name: _typed(name, cell) for name, cell in zip(header, cells, strict=True)}


def _typed(name: str, cell: str) -> Any:  # noqa: ANN401 - each column has its own type
    if not cell:
        return None
    return _TYPES[name](name, cell) if name in _TYPES else cell


def _number(name: str, cell: str) -> int | float:
    if not (found := _NUMBER.fullmatch(cell.strip())):
        raise CellError(f"{name} is {shown(cell)}, not a number")
    return float(cell) if found[1] else int(cell)


def _flag(name: str, cell: str) -> bool:
    try:
        return {"true": True, "false": False}[cell.strip().lower()]
    except KeyError:
        raise CellError(f"{name} is {shown(cell)}, not true or false") from None


def _split(_: str, cell: str) -> list[str]:
    return cell.split(";")


_TYPES: dict[str, Callable[[str, str], Any]] = {
    "downloads": _number,
    "likes": _number,
    "downloads_all_time": _number,
    "trending_score": _number,
    "license_recorded": _flag,
    "license": _split,
    "tags": _split,
}


# Parquet


def _parquet(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    number = 0

    def kinds_of(names: Sequence[str]) -> Mapping[str, Kinds]:
        _columns(path, names)
        return _KINDS

    for batch in batches(path, kinds_of, most_rows=MOST_ROWS, most_bytes=MOST_BYTES, size=_BATCH):
        try:
            rows = batch.to_pylist()
        except UnicodeDecodeError:
            what = f"rows {number + 1:,} to {number + len(batch):,} hold text that is not UTF-8"
            raise SourceError(f"{path.name}: {what}; write the file again.") from None
        for cells in rows:
            number += 1
            for name in ("license", "tags"):
                if isinstance(cells.get(name), str):
                    cells[name] = cells[name].split(";") if cells[name] else None
            for name in _WITH_GAPS:
                if isinstance(cells.get(name), float) and math.isnan(cells[name]):
                    cells[name] = None
            yield number, cells


_WITH_GAPS = ("likes", "downloads_all_time", "trending_score")
"""Numbers that a row may lack: where pandas has gaps in numbers, it writes NaN."""
_KINDS: dict[str, Kinds] = {
    "snapshot_date": (pa.types.is_date, pa.types.is_timestamp, is_text),
    "model_id": (is_text,),
    "downloads": IS_COUNT,
    "likes": IS_COUNT,
    "downloads_all_time": IS_COUNT,
    "license": (is_text, is_words),
    "license_recorded": (pa.types.is_boolean,),
    "pipeline_tag": (is_text,),
    "library_name": (is_text,),
    "trending_score": IS_COUNT,
    "created_at": (is_text, pa.types.is_timestamp),
    "gated": (is_text, pa.types.is_boolean),
    "tags": (is_text, is_words),
}
