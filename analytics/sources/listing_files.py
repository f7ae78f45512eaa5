"""Read listings from CSV and Parquet files: detect the list, select each date's models, note unrecorded columns."""

from __future__ import annotations

import heapq
from array import array
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING, Any

from analytics.domain import LIST_SIZE, RESERVED_SOURCES, Listing, ListName, Model
from analytics.errors import SourceError
from analytics.sources import row_readers, validation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

_FLOOR = 0.2
"""Ratio of smallest value to median above which a measure looks cut off: 0.25 to 0.44 in real top lists, 0.66 by likes."""
MOST_DAYS = 10_000
"""Dates of one file: 27 years of days. More are most likely another column than the snapshot's date."""

_COLUMNS = {ListName.TOP: "downloads", ListName.TRENDING: "trending_score", ListName.LIKED: "likes"}
"""The column of each list's measure."""


def listings(path: Path, within: ListName | None = None, *, progress: Callable[[int], None] | None = None) -> list[Listing]:
    """Return a file's listings, one a date, oldest first; the whole file is checked before any is returned.

    Columns: ``snapshot_date``, ``model_id`` and ``downloads``; where the source has them ``likes``, ``license``,
    ``license_recorded``, ``pipeline_tag``, ``library_name``, ``trending_score``, ``created_at``, ``gated``,
    ``tags`` and ``downloads_all_time``.
    A column without any value on a date was not recorded on that date; an empty cell beside others that are filled means
    that the model declares none. A date keeps the first 300 by the list's measure, equal ones in the file's order.

    Without ``within``, the data tell the list: trending if every row has a trending score; liked if the likes are cut off
    from below as those of a top list are and the downloads are not; top otherwise.

    ``progress`` is called with the number of rows read so far.

    Raises:
        SourceError: naming the file, the row, what is wrong with it and what to do.

    """
    source = row_readers.stem(path)
    if source in RESERVED_SOURCES:
        raise SourceError(f"{path.name} would pass for the source {source!r}; give the file another name.")
    if within is not None and within not in _COLUMNS:
        raise SourceError(f"{path.name}: a file holds the top, the trending or the liked list; name one of these.")
    contents = _FileContents((within,) if within else tuple(_COLUMNS))
    _read(path, contents, progress)
    name = within or contents.looks_like()
    for day, heap in sorted(contents.days.items()):
        if not heap.best[name]:
            raise SourceError(f"{path.name} records no {_COLUMNS[name]} on {day}, so it is no {name} list; name another.")
    return [Listing(day, name, source, heap.models(name)) for day, heap in sorted(contents.days.items())]


def _read(path: Path, contents: _FileContents, progress: Callable[[int], None] | None) -> None:
    for number, cells in row_readers.rows(path):
        try:
            contents.add(number, cells)
        except validation.CellError as error:
            raise row_readers.row_error(path, number, error) from None
        if len(contents.days) > MOST_DAYS:
            mend = "check that snapshot_date is the day of the snapshot, or split the file by date"
            raise SourceError(f"{path.name} has more than {MOST_DAYS:,} dates, and each would be a snapshot; {mend}.")
        if progress and contents.size % 1_000 == 0:
            progress(contents.size)
    if not contents.size:
        raise SourceError(f"{path.name} has no rows under its header; nothing to import.")
    if progress:
        progress(contents.size)


@dataclass(slots=True)
class _Day:
    """The leading models of one date by each measure, and the columns that held anything."""

    best: dict[ListName, list[tuple[float, int, Model]]]
    recorded: set[str] = field(default_factory=set)

    def add(self, number: int, model: Model) -> None:
        for name, heap in self.best.items():
            value = model.ranked_by(name)
            if value is not None:
                entry = (value, -number, model)  # of equal values, the earlier row is the better one
                (heapq.heappush if len(heap) < LIST_SIZE else heapq.heappushpop)(heap, entry)

    def models(self, name: ListName) -> tuple[Model, ...]:
        unrecorded: dict[str, Any] = {
            attribute: None
            for column, attribute in (("license", "licenses"), ("pipeline_tag", "task"), ("library_name", "library"))
            if column not in self.recorded
        }
        ranked = (model for _, _, model in sorted(self.best[name], reverse=True))
        return tuple(replace(model, **unrecorded) if unrecorded else model for model in ranked)


@dataclass(slots=True)
class _FileContents:
    """The leading models and the statistics of a file, which itself needn't fit into memory."""

    candidates: tuple[ListName, ...]
    days: dict[date, _Day] = field(default_factory=dict)
    size: int = 0
    known_hashes: set[int] = field(default_factory=set)
    """Hashes of 64 bits: of three million rows, two different ones share one in one file of four million."""
    scored: int = 0
    downloads: array[int] = field(default_factory=lambda: array("q"))
    likes: array[int] = field(default_factory=lambda: array("q"))

    def add(self, number: int, cells: Mapping[str, Any]) -> None:
        on = validation.day("snapshot_date", cells["snapshot_date"])
        model = _model(cells)
        key = hash((on, model.id))
        if key in self.known_hashes:
            raise validation.CellError(f"{model.id} stands twice on {on}")
        self.known_hashes.add(key)
        self.size += 1
        self.scored += model.trending is not None
        self.downloads.append(model.downloads)
        if model.likes is not None:
            self.likes.append(model.likes)
        if (day := self.days.get(on)) is None:
            day = self.days[on] = _Day({name: [] for name in self.candidates})
        day.recorded.update(name for name in ("pipeline_tag", "library_name") if cells.get(name))
        if model.licenses or cells.get("license_recorded"):
            day.recorded.add("license")
        day.add(number, model)

    def looks_like(self) -> ListName:
        if self.scored == self.size:
            return ListName.TRENDING
        if len(self.likes) == self.size and _floor(self.likes) >= _FLOOR > _floor(self.downloads):
            return ListName.LIKED
        return ListName.TOP


def _floor(counts: array[int]) -> float:
    middle = median(counts)
    return min(counts) / middle if middle else 0.0


def _model(cells: Mapping[str, Any]) -> Model:
    """Return the model of a row, as if every column were recorded on its date."""
    likes, trending, ever = cells.get("likes"), cells.get("trending_score"), cells.get("downloads_all_time")
    unknown = cells.get("license_recorded") is False
    return Model(
        id=validation.model_id(cells["model_id"]),
        downloads=validation.count("downloads", cells["downloads"]),
        likes=None if likes is None else validation.count("likes", likes),
        licenses=None if unknown else validation.licenses(validation.words("license", cells.get("license") or ())),
        task=validation.word("pipeline_tag", cells.get("pipeline_tag")),
        library=validation.word("library_name", cells.get("library_name")),
        trending=None if trending is None else validation.score("trending_score", trending),
        created=validation.moment("created_at", cells.get("created_at")),
        gated=validation.gate(cells.get("gated")),
        tags=validation.tags(validation.words("tags", cells.get("tags") or ())),
        downloads_all_time=None if ever is None else validation.count("downloads_all_time", ever),
    )
