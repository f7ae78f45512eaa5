"""Read the cells of a dump's columns in batches. Unreadable cells aren't counted, but their rows are kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.names import grouping
from analytics.sources import hub_rows, validation
from analytics.sources.dumps.streaming_rollup import texts
from analytics.sources.parquet import is_list
from analytics.sources.validation import CellError, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

COUNTS = frozenset({"downloads", "downloadsAllTime", "likes", "trendingScore"})


@dataclass(slots=True)
class OddRows:
    """How many rows have something that can't be read, and the first three of them for the log."""

    count: int = 0
    first: list[tuple[int, str, list[str]]] = field(default_factory=list)

    def add(self, rows: NDArray[np.int64], ids: pa.Array, odd: Mapping[str, tuple[Mask, pa.Array]]) -> Mask:
        """Add a batch of these row numbers and ids, and return which of them are odd.

        ``odd`` has by field where a cell can't be read, and the cells.
        """
        unread: Mask = np.logical_or.reduce([np.zeros(len(rows), bool), *(mask for mask, _ in odd.values())])
        self.count += int(unread.sum())
        for place in np.flatnonzero(unread)[: 3 - len(self.first)].tolist():
            phrases = [f"{name} is {shown(cells[place].as_py())}" for name, (mask, cells) in odd.items() if mask[place]]
            self.first.append((int(rows[place]), ids[place].as_py(), phrases))
        return unread

    def note(self, row: int, name: str, phrases: Sequence[str]) -> None:
        """Add one row that :meth:`add` didn't count."""
        self.count += 1
        if len(self.first) < 3:
            self.first.append((row, name, list(phrases)))


class RowError(Exception):
    """A row of a batch makes the ranking wrong; ``place`` counts from 0."""

    def __init__(self, place: int, what: object) -> None:
        super().__init__(str(what))
        self.place = place


def repaired(column: pa.Array, errors: str = "replace") -> pa.Array:
    """Return texts, or lists of texts, with U+FFFD for bytes that are no UTF-8: Python and Arrow can't read these.

    With ``errors="backslashreplace"``, each of these bytes stays visible, so that two texts stay two.
    """
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        if is_list(column.type):
            return type(column).from_arrays(column.offsets, repaired(column.values, errors), mask=column.is_null())
        cells = column.cast(pa.large_binary()).to_pylist()
        return pa.array([None if cell is None else cell.decode("utf-8", errors) for cell in cells], column.type)
    return column


def model_ids(column: pa.Array) -> tuple[pa.Array, Mask]:
    """Return the models' ids, and where they had characters that no id has.

    Raises:
        RowError: for a row without an id.

    """
    ids = pc.fill_null(column.cast(pa.string()), "")
    short = pc.less_equal(pc.utf8_length(ids), validation.LONGEST_WORD)
    sound = pc.and_(short, pc.match_substring_regex(ids, f"^(?:{validation.ID})$"))
    odd = ~sound.to_numpy(zero_copy_only=False)
    if not odd.any():
        return ids, odd
    places = np.flatnonzero(odd).tolist()
    readable = [_readable_id(place, ids[place].as_py()) for place in places]
    return pc.replace_with_mask(ids, pa.array(odd), pa.array(readable, pa.string())), odd


def _readable_id(place: int, value: str) -> str:
    try:
        return validation.readable_id(value)[0]
    except CellError as error:
        raise RowError(place, error) from None


def floats(column: pa.Array | pa.ChunkedArray) -> NDArray[np.float64]:
    """Return counts as numbers, ``nan`` where there is none."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    values: NDArray[np.float64] = whole.to_numpy(zero_copy_only=False).astype(float)
    return values


def counts(column: pa.Array, name: str) -> tuple[pa.Array, Mask]:
    """Return counts with nulls for those that can't be read, and where these are. NaN is a null, too.

    Raises:
        RowError: for downloads that can't be read.

    """
    values = floats(column)
    gaps = np.isnan(values)
    with np.errstate(invalid="ignore"):
        odd = ~gaps & ((values < 0) | (values >= 2.0**63) | ((values != np.floor(values)) & (name != "trendingScore")))
    if name == "downloads" and odd.any():
        place = int(np.argmax(odd))
        raise RowError(place, f"downloads is {shown(column[place].as_py())}, not a number from 0")
    lost = odd | gaps
    return pc.if_else(pa.array(lost), pa.scalar(None, column.type), column) if lost.any() else column, odd


def words(column: pa.Array) -> tuple[pa.Array, Mask]:
    """Return words, trimmed, with ``none declared`` for none and ``""`` for one that can't be read, and where these are."""
    trimmed = texts(column)
    odd = unreadable(trimmed)
    return pc.if_else(pa.array(odd), "", trimmed) if odd.any() else trimmed, odd


def unreadable(column: pa.Array) -> Mask:
    """Return where texts are too long or have control characters."""
    coded = column.dictionary_encode()
    wrong = np.array([not _is_word(text) for text in coded.dictionary.to_pylist()], bool)
    found: Mask = wrong[coded.indices.to_numpy(zero_copy_only=False)]
    return found


def _is_word(text: str) -> bool:
    try:
        validation.word("", text)
    except CellError:
        return False
    return True


def access(column: pa.Array) -> tuple[pa.Array, NDArray[np.int64], Mask]:
    """Return the words for how models are gated, the rows where that is recorded, and where it can't be read."""
    coded = column.cast(pa.string()).dictionary_encode()
    read = [_gate(text) for text in coded.dictionary.to_pylist()]
    names = np.array([grouping.access(gate) if gate else "" for gate in [*read, None]], dtype=object)
    wrong = np.array(
        [*(gate is None and bool(text) for gate, text in zip(read, coded.dictionary.to_pylist(), strict=True)), False]
    )
    codes = pc.fill_null(coded.indices, len(read)).to_numpy(zero_copy_only=False)
    said = names[codes]
    rows = np.flatnonzero(said != "")
    return pa.array(said[rows], pa.string()), rows, wrong[codes]


def _gate(text: str) -> str | None:
    try:
        return validation.gate(text)
    except CellError:
        return None


def without_nulls(tags: pa.Array) -> tuple[pa.Array, Mask]:
    """Return lists of tags without nulls in them, and the rows that had some."""
    flat = pc.list_flatten(tags)
    odd = np.zeros(len(tags), bool)
    if pa.types.is_null(flat.type):
        flat = flat.cast(pa.string())
    parents = pc.list_parent_indices(tags).to_numpy(zero_copy_only=False)
    valid = flat.is_valid().to_numpy(zero_copy_only=False)
    odd[parents[~valid]] = True
    ends = np.cumsum(np.bincount(parents[valid], minlength=len(tags)))
    offsets = pa.array(np.concatenate([[0], ends]), pa.int64())
    return pa.LargeListArray.from_arrays(offsets, flat.drop_null(), mask=tags.is_null()), odd


def tags_of_cards(cards: pa.Array) -> tuple[pa.Array, Mask]:
    """Return the tags that cards in JSON stand for, null where a card can't be read; and where that is so."""
    declared = [licenses_of(card) for card in cards.to_pylist()]
    tags = [None if found is None else [f"license:{name}" for name in found] for found in declared]
    return pa.array(tags, pa.large_list(pa.string())), np.array([found is None for found in declared], bool)


def licenses_of(card: str | None) -> tuple[str, ...] | None:
    """Return the licenses on a card in JSON; ``None`` where they can't be read."""
    try:
        return hub_rows.card_licenses(json.loads(card) if card else None)
    except (CellError, ValueError, RecursionError):
        return None


def card_of(text: str | None) -> Mapping[str, Any] | None:
    """Return a card from its JSON; ``None`` where there is none or it can't be read."""
    try:
        card = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
    return card if isinstance(card, dict) else None
