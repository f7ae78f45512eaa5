"""Read a dump's top and trending lists: first their measures, then only the row groups with the models that lead."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from analytics.domain import LIST_SIZE, Listing, ListName
from analytics.errors import SourceError
from analytics.sources import hub_rows
from analytics.sources.dumps import cells
from analytics.sources.dumps.columns import KINDS
from analytics.sources.dumps.row_models import read_row
from analytics.sources.validation import CellError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from analytics.sources.dumps.dump_file import DumpFile

_log = logging.getLogger(__name__)

_SPARE = 50
"""Rows that are read beyond those of a list, since some may repeat a model."""
_CARDS, _CARD_BYTES = 1_024, 1 << 19
"""Cards that are decoded, and bytes of them that are fetched at a time."""
_UNNAMED = "other"
"""The license whose name only the model's card has."""
_FIELDS = frozenset(KINDS) - {"cardData"}
_MEASURES = {ListName.TOP: "downloads", ListName.TRENDING: "trendingScore"}


def read_lists(
    file: DumpFile,
    taken_on: date,
    source: str,
    *,
    by_statistics: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> list[Listing]:
    """Return the 300 models with the most downloads and, where the dump records scores, the 300 that trend most.

    Rows and fields are those of the Hub's own lists. Of equal models, the earlier row ranks first. A model without downloads
    has none; one without a positive score doesn't trend. A model in several rows counts once, as in the row with the most
    downloads. A field that can't be read isn't recorded; :attr:`Listing.odd_rows` counts these rows.

    ``by_statistics`` skips row groups that can't have leading models by the file's own statistics. Arrow crashes on some damaged
    ones, so use it in a process of its own. ``progress`` is called with the number of row groups read, and of all to read.

    Raises:
        SourceError: naming what is wrong with the file, or the row that makes a ranking wrong.

    """
    if not file.about.num_rows:
        raise SourceError(f"{file.path.name} has no rows; nothing to import.")
    ranked = {name: _leading(file, measure, by_statistics=by_statistics) for name, measure in _MEASURES.items()}
    if not ranked[ListName.TOP].recorded:
        raise SourceError(f"{file.path.name} has no number of downloads in any row; name the column with --columns.")
    rows = _rows(file, {row for leading in ranked.values() for row in leading.rows}, progress)
    models = _without_repeated(rows.values())
    lists = {name: _ranked(name, models, leading, file) for name, leading in ranked.items()}
    wanted = {row.number: row for leading in lists.values() for row in leading}
    _read_cards(file, wanted)
    odd = [
        (row.number, row.read.model.id, row.unread) for row in sorted(wanted.values(), key=lambda row: row.number) if row.unread
    ]
    if odd:
        _log.warning(
            "%s has odd rows among its leading models; not recorded: %s", file.path.name, hub_rows.examples(odd, len(odd))
        )
    return [
        Listing(
            taken_on,
            name,
            source,
            tuple(wanted[row.number].read.model for row in leading),
            file.is_simulated,
            odd_rows=sum(bool(wanted[row.number].unread) for row in leading),
        )
        for name, leading in lists.items()
        if leading
    ]


@dataclass(slots=True)
class _Leading:
    """The rows that lead by one measure."""

    rows: list[int] = field(default_factory=list)
    """From 1, the first one leading."""
    complete: bool = True
    """Whether these are all rows with a value above 0."""
    recorded: bool = False
    """Whether any row has a value."""


@dataclass(slots=True)
class _Row:
    """A row that may lead."""

    number: int
    """In the file, from 1."""
    cells: dict[str, Any]
    read: hub_rows.HubRow
    unread: list[str]
    """A phrase for each field that can't be read."""


def _leading(file: DumpFile, measure: str, *, by_statistics: bool) -> _Leading:
    """Return the rows with the largest values of a measure; one without a value has 0 downloads and no score."""
    leading = _Leading()
    if measure not in file.called:
        return leading
    numbers, values = np.zeros(0, np.int64), np.zeros(0)
    most = LIST_SIZE + _SPARE
    total = 0
    largest = _largest(file, measure) if by_statistics else [np.inf] * file.about.num_row_groups
    for group in sorted(range(len(largest)), key=lambda group: -largest[group]):
        if len(values) == most and largest[group] < values[-1]:
            leading.complete = False
            break
        for batch in file.read((measure,), group=group):
            own = cells.floats(batch.columns[measure]) if measure in batch.columns else np.full(len(batch), np.nan)
            leading.recorded = leading.recorded or bool((~np.isnan(own)).any())
            own = np.nan_to_num(own, nan=0.0 if measure == "downloads" else -1.0)
            chosen = own > 0 if measure == "trendingScore" else own >= 0
            total += int(chosen.sum())
            numbers, values = np.concatenate([numbers, batch.rows[chosen]]), np.concatenate([values, own[chosen]])
            order = np.lexsort((numbers, -values))[:most]
            numbers, values = numbers[order], values[order]
    leading.complete = leading.complete and total == len(numbers)
    leading.rows = numbers.tolist()
    return leading


def _largest(file: DumpFile, measure: str) -> list[float]:
    """Return the largest value that each row group can have, by its statistics; infinity where they don't tell."""
    paths = [file.about.schema.column(column).path for column in range(file.about.num_columns)]
    column = paths.index(file.called[measure])
    found = []
    for group in range(file.about.num_row_groups):
        statistics = file.about.row_group(group).column(column).statistics
        value = statistics.max if statistics is not None and statistics.has_min_max else None
        found.append(float(value) if isinstance(value, int | float) and not np.isnan(value) else np.inf)
    return found


def _rows(file: DumpFile, numbers: set[int], progress: Callable[[int, int], None] | None) -> dict[int, _Row]:
    """Return rows by their numbers in the file, with every field but the card, which is read where it is needed."""
    fields = _FIELDS if "tags" in file.called else _FIELDS | {"cardData"}
    rows: dict[int, _Row] = {}
    groups = _by_group(file, numbers)
    for done, (group, wanted) in enumerate(groups.items(), start=1):
        for batch in file.read(fields, group=group):
            places = np.flatnonzero(np.isin(batch.rows, wanted))
            if not len(places):
                continue
            chosen = pa.table(batch.columns).take(pa.array(places)).to_pylist()
            for place, row in zip(places.tolist(), chosen, strict=True):
                number = int(batch.rows[place])
                odd = [f"{name} is {shown(own[place].as_py())}" for name, (mask, own) in batch.odd.items() if mask[place]]
                rows[number] = _row(file, number, row, odd)
        if progress:
            progress(done, len(groups))
    return rows


def _row(file: DumpFile, number: int, row: dict[str, Any], odd: Sequence[str]) -> _Row:
    try:
        read = read_row(row)
    except CellError as error:
        raise SourceError(
            f"{file.path.name}, row {number:,}: {error}; correct or remove the row and import the file again."
        ) from None
    return _Row(number, row, read, [*odd, *read.unread])


def _by_group(file: DumpFile, numbers: Iterable[int]) -> dict[int, NDArray[np.int64]]:
    """Return the numbers of rows by the row groups that hold them."""
    ordered = np.array(sorted(numbers), np.int64)
    groups = np.searchsorted(np.array(file.starts), ordered - 1, side="right") - 1
    return {int(group): ordered[groups == group] for group in np.unique(groups)}


def _without_repeated(rows: Iterable[_Row]) -> dict[str, _Row]:
    """Return one row of each model, the one with the most downloads or, of equal ones, the first."""
    best: dict[str, _Row] = {}
    for row in sorted(rows, key=lambda row: (-row.read.model.downloads, row.number)):
        best.setdefault(row.read.model.id, row)
    return best


def _ranked(name: ListName, models: Mapping[str, _Row], leading: _Leading, file: DumpFile) -> list[_Row]:
    numbers = set(leading.rows)
    own = [row for row in models.values() if row.number in numbers]
    if len(own) < LIST_SIZE and not leading.complete:
        raise SourceError(f"{file.path.name} repeats many leading models, as if the file held two dumps; export it again.")
    return sorted(own, key=lambda row: (-(row.read.model.ranked_by(name) or 0), row.number))[:LIST_SIZE]


def _read_cards(file: DumpFile, rows: Mapping[int, _Row]) -> None:
    """Read the cards of models whose license the tags don't name, since only the card does."""
    numbers = [number for number, row in rows.items() if _UNNAMED in (row.read.model.licenses or ())]
    if not file.cards:
        return
    for group, own in _by_group(file, numbers).items():
        for batch in file.with_cards.read(("cardData",), _CARDS, group, _CARD_BYTES):
            if "cardData" not in batch.columns:
                continue
            for place in np.flatnonzero(np.isin(batch.rows, own)).tolist():
                row = rows[int(batch.rows[place])]
                card = batch.columns["cardData"][place].as_py()
                row.read = read_row({**row.cells, "cardData": card})
            if batch.rows[-1] >= own[-1]:
                break  # cards are much of a dump, and the rest of this row group isn't needed
