"""Read a Parquet dump as a listing with rollups: one pass counts all models and keeps the rows of the leading ones."""

from __future__ import annotations

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from analytics.domain import KEPT_ROWS, Dimension, Listing, ListName, Model
from analytics.errors import SourceError
from analytics.names import grouping
from analytics.sources import hub_rows
from analytics.sources.dumps import cells
from analytics.sources.dumps.columns import COUNTED
from analytics.sources.dumps.dump_file import DumpFile, namespaces
from analytics.sources.dumps.row_models import read_row
from analytics.sources.dumps.streaming_rollup import StreamingRollup, derivations, licenses
from analytics.sources.parquet import prefetch
from analytics.sources.validation import CellError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from numpy.typing import NDArray

    from analytics.domain import Count
    from analytics.sources.dumps.cells import Mask
    from analytics.sources.dumps.dump_file import Batch
    from analytics.sources.dumps.streaming_rollup import Weighed

_log = logging.getLogger(__name__)

_DAY = re.compile(r"(?<!\d)(20\d\d)[-_]?([01]\d)[-_]?([0-3]\d)(?!\d)")
_MEASURES = ("downloads", "likes", "trendingScore")
_ROW, _COUNTED = "row", "counted"
"""Columns beside the Hub's of the rows that are kept: their numbers, and whether they are among the odd rows already."""


def day_of(path: Path) -> date:
    """Return the date in a file's name.

    Raises:
        SourceError: if there is none.

    """
    for found in _DAY.finditer(path.name):
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            continue  # a number that looks like a day
    raise SourceError(f"{path.name} has no date in its name. Add --on YYYY-MM-DD.")


def read_dump(
    path: Path,
    taken_on: date,
    source: str,
    *,
    given: Mapping[str, str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Listing, list[Count]]:
    """Count every model of a dump; ``given`` maps fields of the Hub to columns that have other names.

    A cell that can't be read isn't recorded. A model in several rows counts once, as in the row with the most downloads. Both
    are counted in ``odd_rows``, and the log has the first three. ``progress`` is called with the number of rows read so far.
    Memory grows with the names of creators, and by 8 bytes a row.

    Raises:
        SourceError: naming what is wrong, where, and what to do; nothing of a dump is used then.

    """
    file = DumpFile.open(path, given or {})
    dump = _Dump(file, StreamingRollup(file.scan()))
    with ThreadPoolExecutor(1, "declared") as helper:
        for batch in prefetch(file.read(COUNTED)):
            dump.add(batch, helper)
            if progress and len(batch):
                progress(int(batch.rows[-1]))
    models, ranks = dump.leading()
    if dump.odd.count:
        _log.warning("%s has odd rows; not recorded: %s", path.name, hub_rows.examples(dump.odd.first, dump.odd.count))
    if file.ignored:
        names = ", ".join(shown(name)[1:-1] for name in sorted(file.ignored))
        _log.warning("%s has columns of another type than their names say; not recorded: %s", path.name, names)
    repeated = len(file.left_out)
    listing = Listing(
        taken_on, ListName.HUB, source, models, file.is_simulated, file.rows - repeated, ranks, dump.odd.count + repeated
    )
    return listing, dump.rollup.counts()


@dataclass
class _Dump:
    """The state of reading a dump."""

    file: DumpFile
    rollup: StreamingRollup
    best: list[pa.Table] = field(default_factory=list)
    above: dict[str, float] = field(default_factory=lambda: dict.fromkeys(_MEASURES, -1.0))
    """The value above which a model may still lead, by measure."""
    odd: cells.OddRows = field(default_factory=cells.OddRows)

    def add(self, batch: Batch, helper: Executor) -> None:
        """Count a batch and keep those of its models that lead so far; ``helper`` counts what the tags say meanwhile."""
        own, odd = batch.columns, batch.odd
        numbers = {name: cells.floats(own[name]) for name in _MEASURES if name in own}
        named = {name: cells.words(own[name]) for name in ("pipeline_tag", "library_name") if name in own}
        tasks = named["pipeline_tag"][0] if "pipeline_tag" in named else None
        weighed = self.rollup.weigh(tasks, np.nan_to_num(numbers["downloads"]), numbers.get("likes"))
        declared = helper.submit(self._declared, own, weighed)
        self.rollup.add(Dimension.NAMESPACE, namespaces(own["id"]), weighed)
        for name, dimension in (("pipeline_tag", Dimension.TASK), ("library_name", Dimension.LIBRARY)):
            if name in named:
                texts, unread = named[name]
                if unread.any():
                    rows = np.flatnonzero(~unread)
                    self.rollup.add(dimension, texts.take(pa.array(rows)), weighed, rows)
                else:
                    self.rollup.add(dimension, texts, weighed)
                odd[name] = unread, own[name]
        if "gated" in own:
            access, rows, unread = cells.access(own["gated"])
            self.rollup.add(Dimension.ACCESS, access, weighed, rows)
            odd["gated"] = unread, own["gated"]
        chosen = self._chosen(numbers)
        odd |= {name: (unread, own[name]) for name, unread in declared.result().items()}
        counted = self.odd.add(batch.rows, own["id"], odd)
        self._keep(chosen, own | {_ROW: pa.array(batch.rows), _COUNTED: pa.array(counted)})

    def _declared(self, own: Mapping[str, pa.Array], weighed: Weighed) -> dict[str, Mask]:
        """Count licenses and derivations, and return by column the rows in which something can't be read."""
        column = "tags" if "tags" in own else "cardData"
        if column not in own:
            return {}
        tags, unread = cells.without_nulls(own["tags"]) if column == "tags" else cells.tags_of_cards(own["cardData"])
        names, rows, weights, lost = licenses(tags, unread, cells.unreadable)
        self.rollup.add(Dimension.LICENSE, names, weighed, rows, weights)
        if column == "tags":
            relations, rows = derivations(tags, grouping.DERIVED, grouping.OTHERWISE, grouping.ORIGINAL)
            self.rollup.add(Dimension.DERIVATION, relations, weighed, rows)
        return {column: unread | lost}

    def _chosen(self, numbers: Mapping[str, NDArray[np.float64]]) -> list[int]:
        """Return the places of a batch's models that lead so far by some measure."""
        chosen: set[int] = set()
        for name, counts in numbers.items():
            values = np.nan_to_num(counts, nan=-1.0)
            if name == "downloads":
                values = np.maximum(values, 0.0)  # a model without a number has none
            above = np.flatnonzero(values > self.above[name])
            if len(above) > KEPT_ROWS:
                above = above[np.argpartition(-values[above], KEPT_ROWS)[:KEPT_ROWS]]
            chosen |= set(above.tolist())
        return sorted(chosen)

    def _keep(self, chosen: Sequence[int], columns: Mapping[str, pa.Array]) -> None:
        if chosen:
            self.best.append(pa.table(dict(columns)).take(pa.array(chosen)))
        if sum(map(len, self.best)) > 8 * KEPT_ROWS:
            self._prune()

    def _prune(self) -> None:
        table = pa.concat_tables(self.best, promote_options="permissive")
        chosen: set[int] = set()
        for name in _MEASURES:
            if name in table.column_names:
                values = np.nan_to_num(cells.floats(table.column(name)), nan=-1.0)
                order = np.argsort(-values, kind="stable")[:KEPT_ROWS]
                chosen |= {int(place) for place in order if values[place] > 0 or name == "downloads"}
                self.above[name] = float(values[order[-1]]) if len(order) == KEPT_ROWS else -1.0
        self.best = [table.take(pa.array(sorted(chosen)))]

    def leading(self) -> tuple[tuple[Model, ...], tuple[int, ...]]:
        """Return the models kept, by downloads, and their ranks among all."""
        self._prune()
        try:
            models = sorted((self._model(row) for row in self.best[0].to_pylist()), key=lambda model: -model.downloads)
        except CellError as error:
            raise SourceError(f"{self.file.path.name}: {error}; correct or remove the row and import the file again.") from None
        return tuple(models), self._ranks([model.downloads for model in models])

    def _ranks(self, downloads: Sequence[int]) -> tuple[int, ...]:
        """Count, in a second look at the downloads alone, how many models have more than each; equal ones follow each other."""
        rising = np.array(downloads[::-1], dtype=float)
        above = np.zeros(len(rising) + 1, np.int64)
        for batch in self.file.read(("downloads",), 1 << 20):
            values = np.nan_to_num(cells.floats(batch.columns["downloads"]))
            above += np.bincount(np.searchsorted(rising, values, side="left"), minlength=len(above))
        more = [int(above[np.searchsorted(rising, value, side="right") :].sum()) for value in map(float, downloads)]
        ranks: list[int] = []
        for place, many in enumerate(more):
            ranks.append(max(many + 1, ranks[-1] + 1) if place else many + 1)
        return tuple(ranks)

    def _model(self, row: dict[str, Any]) -> Model:
        """Return the model of a row; what the dump has no column for is not recorded."""
        number, counted = row.pop(_ROW), row.pop(_COUNTED)
        read = read_row(row)
        unread = [phrase for phrase in read.unread if phrase.startswith("createdAt")]  # no pass over all rows looks at these
        if unread and not counted:
            self.odd.note(number, read.model.id, unread)
        return read.model
