"""A dump in Parquet as a listing with its rollups: one pass counts all models, and keeps the rows of those that lead."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.domain import KEPT_ROWS, Dimension, Listing, ListName, Model
from analytics.errors import SourceError
from analytics.names import grouping
from analytics.names.creators import FAMILIES
from analytics.sources import validation
from analytics.sources.dumps.columns import KINDS, columns
from analytics.sources.dumps.streaming_rollup import Creators, StreamingRollup, derivations, licenses, texts
from analytics.sources.parquet import ahead, batches, plain
from analytics.sources.validation import CellError, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from numpy.typing import NDArray

    from analytics.domain import Count
    from analytics.sources.dumps.streaming_rollup import Weighed
    from analytics.sources.parquet import Kinds

MOST_ROWS = 20_000_000
"""Far more than the Hub has: what claims more is no dump of it."""
SIMULATED = b"simulated"
"""A key among the file's own notes."""
_BATCH = 1 << 16
_MOST_BYTES = 256 * 1024**2
"""Unpacked, of one column of one batch; tags of real models take some 20 MB."""
_ID = r"^[A-Za-z0-9._-]{1,128}(/[A-Za-z0-9._-]{1,128})?$"
_DAY = re.compile(r"(?<!\d)(20\d\d)[-_]?([01]\d)[-_]?([0-3]\d)(?!\d)")
_MEASURES = ("downloads", "likes", "trendingScore")
_WORDS = ("pipeline_tag", "library_name", "gated")


def day_of(path: Path) -> date:
    """Return the day that a file's name tells.

    Raises:
        SourceError: when it tells none.

    """
    for found in _DAY.finditer(path.name):
        try:
            return date(*map(int, found.groups()))
        except ValueError:
            continue  # a number that looks like a day
    raise SourceError(f"{path.name} does not say which day it is of; say so with --on YYYY-MM-DD.")


def whole(
    path: Path,
    taken_on: date,
    source: str,
    *,
    given: Mapping[str, str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Listing, list[Count]]:
    """Count every model of a dump; ``given`` maps fields of the Hub to columns that have other names.

    ``progress`` is called with the rows read so far. Memory grows with the names of creators and not with the file.

    Raises:
        SourceError: naming what is wrong, where, and what to do; nothing of a dump is used then.

    """
    namespaces, ids = _leading_creators(path, given or {})
    dump = _Dump(path, given or {}, namespaces)
    done = 0
    read = batches(path, dump.kinds_of, most_rows=MOST_ROWS, most_bytes=None, size=_BATCH, short=(ids,))
    with ThreadPoolExecutor(1, "declared") as helper:
        for own in ahead(map(dump.unpacked, read)):
            dump.add(own, done, helper)
            done += len(own["id"])
            if progress:
                progress(done)
    models, ranks = dump.leading()
    listing = Listing(taken_on, ListName.HUB, source, models, _made_up(path), size=done, ranks=ranks)
    return listing, dump.tally.counts()


def _made_up(path: Path) -> bool:
    """Tell a dump whose file says of itself that it is simulated, as those of ``bench/dump.py`` do."""
    return SIMULATED in (pq.read_metadata(path).metadata or {})


def _leading_creators(path: Path, given: Mapping[str, str]) -> tuple[pa.Array, str]:
    """Look through ids and counts alone; return the namespaces to be told apart, and the column of ids, which are all short."""
    called: dict[str, str] = {}

    def kinds_of(names: Sequence[str]) -> Mapping[str, Kinds]:
        found = columns(names, given, path.name)
        called.update({name: found[name] for name in ("id", "downloads", "likes") if name in found})
        return {column: KINDS[name] for name, column in called.items()}

    creators = Creators()
    done = 0
    for batch in ahead(batches(path, kinds_of, most_rows=MOST_ROWS, most_bytes=None, size=_BATCH)):
        ids = pc.fill_null(plain(path, "id", batch.column(called["id"]), _MOST_BYTES), "")
        good = pc.match_substring_regex(ids, _ID).to_numpy(zero_copy_only=False)
        if not good.all():
            wrong = int(np.argmin(good))
            raise SourceError(
                f"{path.name}, row {done + wrong + 1:,}: {shown(ids[wrong].as_py())} is no model id; "
                "correct or remove the row and import the file again."
            )
        where = f"{path.name}, rows {done + 1:,} to {done + len(batch):,}"
        counts = {name: _numbers(batch.column(called[name]), name, where) for name in called if name != "id"}
        creators.add(_namespaces(ids), np.nan_to_num(counts["downloads"]), counts.get("likes"))
        done += len(batch)
    if not done:
        raise SourceError(f"{path.name} has no rows; nothing to import.")
    return creators.leading({one for family in FAMILIES for one in family.namespaces}), called["id"]


def _namespaces(ids: pa.Array) -> pa.Array:
    return pc.list_element(pc.split_pattern(ids, "/", max_splits=1), 0)


@dataclass
class _Dump:
    """What is remembered while the batches pass."""

    path: Path
    given: Mapping[str, str]
    namespaces: pa.Array
    called: dict[str, str] = field(default_factory=dict)
    tally: StreamingRollup = field(init=False)
    best: list[pa.Table] = field(default_factory=list)
    above: dict[str, float] = field(default_factory=lambda: dict.fromkeys(_MEASURES, -1.0))
    """The value from which a model may still lead, by measure."""

    def __post_init__(self) -> None:
        """Begin to count."""
        self.tally = StreamingRollup(self.namespaces)

    def kinds_of(self, names: Sequence[str]) -> Mapping[str, Kinds]:
        """Choose the columns: a card is read only where there are no tags to tell the license."""
        self.called = columns(names, self.given, self.path.name)
        if "tags" in self.called:
            self.called.pop("cardData", None)
        return {column: KINDS[name] for name, column in self.called.items()}

    def unpacked(self, batch: pa.RecordBatch) -> dict[str, pa.Array]:
        """Return a batch's columns by the Hub's names, texts as texts."""
        return {name: plain(self.path, name, batch.column(column), _MOST_BYTES) for name, column in self.called.items()}

    def add(self, own: Mapping[str, pa.Array], before: int, helper: Executor) -> None:
        """Count a batch and keep those of its models that lead so far; ``helper`` counts what the tags say meanwhile."""
        where = f"{self.path.name}, rows {before + 1:,} to {before + len(own['id']):,}"
        numbers = {name: _numbers(own[name], name, where) for name in _MEASURES if name in own}
        downloads = np.nan_to_num(numbers["downloads"])
        tasks = texts(own["pipeline_tag"]) if "pipeline_tag" in own else None
        weighed = self.tally.weigh(tasks, downloads, numbers.get("likes"))
        declared = helper.submit(self._declared, own, weighed)
        self.tally.add(Dimension.NAMESPACE, _namespaces(own["id"]), weighed)
        if tasks is not None:
            self.tally.add(Dimension.TASK, tasks, weighed)
        if "library_name" in own:
            self.tally.add(Dimension.LIBRARY, texts(own["library_name"]), weighed)
        if "gated" in own:
            access, rows = _access(own["gated"], where)
            self.tally.add(Dimension.ACCESS, access, weighed, rows)
        self._keep(own, numbers)
        declared.result()

    def _declared(self, own: Mapping[str, pa.Array], weighed: Weighed) -> None:
        if "tags" in own:
            names, rows, weights = licenses(own["tags"])
            self.tally.add(Dimension.LICENSE, names, weighed, rows, weights)
            made, rows = derivations(own["tags"], grouping.DERIVED, grouping.OTHERWISE, grouping.ORIGINAL)
            self.tally.add(Dimension.DERIVATION, made, weighed, rows)
        elif "cardData" in own:
            names, rows, weights = licenses(_tags_of_cards(own["cardData"]))
            self.tally.add(Dimension.LICENSE, names, weighed, rows, weights)

    def _keep(self, own: Mapping[str, pa.Array], numbers: Mapping[str, NDArray[np.float64]]) -> None:
        chosen: set[int] = set()
        for name, found in numbers.items():
            values = np.nan_to_num(found, nan=-1.0)
            above = np.flatnonzero(values > self.above[name])
            if len(above) > KEPT_ROWS:
                above = above[np.argpartition(-values[above], KEPT_ROWS)[:KEPT_ROWS]]
            chosen |= set(above.tolist())
        if chosen:
            self.best.append(pa.table(dict(own)).take(pa.array(sorted(chosen))))
        if sum(map(len, self.best)) > 8 * KEPT_ROWS:
            self._prune()

    def _prune(self) -> None:
        table = pa.concat_tables(self.best, promote_options="permissive")
        chosen: set[int] = set()
        for name in _MEASURES:
            if name in table.column_names:
                values = np.nan_to_num(table.column(name).to_numpy().astype(float), nan=-1.0)
                order = np.argsort(-values, kind="stable")[:KEPT_ROWS]
                chosen |= {int(place) for place in order if values[place] > 0 or name == "downloads"}
                self.above[name] = float(values[order[-1]]) if len(order) == KEPT_ROWS else -1.0
        self.best = [table.take(pa.array(sorted(chosen)))]

    def leading(self) -> tuple[tuple[Model, ...], tuple[int, ...]]:
        """Return the models kept, by downloads, and their ranks among all."""
        self._prune()
        rows = self.best[0].to_pylist()
        try:
            models = sorted((self._model(row) for row in rows), key=lambda model: -model.downloads)
        except CellError as error:
            raise SourceError(f"{self.path.name}: {error}; correct or remove the row and import the file again.") from None
        return tuple(models), self._ranks([model.downloads for model in models])

    def _ranks(self, downloads: Sequence[int]) -> tuple[int, ...]:
        """Count, in a second look at the downloads alone, how many models have more than each; equal ones follow each other."""
        rising = np.array(downloads[::-1], dtype=float)
        above = np.zeros(len(rising) + 1, np.int64)
        column = self.called["downloads"]
        kinds = {column: KINDS["downloads"]}
        for batch in batches(self.path, lambda _: kinds, most_rows=MOST_ROWS, most_bytes=None, size=1 << 20):
            values = np.nan_to_num(batch.column(column).to_numpy(zero_copy_only=False).astype(float))
            above += np.bincount(np.searchsorted(rising, values, side="left"), minlength=len(above))
        more = [int(above[np.searchsorted(rising, one, side="right") :].sum()) for one in map(float, downloads)]
        ranks: list[int] = []
        for place, many in enumerate(more):
            ranks.append(max(many + 1, ranks[-1] + 1) if place else many + 1)
        return tuple(ranks)

    def _model(self, row: Mapping[str, Any]) -> Model:
        likes, trending, ever = row.get("likes"), row.get("trendingScore"), row.get("downloadsAllTime")
        tags = row.get("tags")
        declared = None
        if tags is not None:
            declared = [tag.partition(":")[2] for tag in tags if tag and tag.lower().startswith("license:")]
        elif "cardData" in row:
            declared = _licenses_of(row["cardData"])
        return Model(
            id=validation.model_id(row["id"]),
            downloads=validation.count("downloads", row["downloads"] or 0),
            likes=None if likes is None else validation.count("likes", likes),
            licenses=None if declared is None else validation.licenses(declared),
            task=validation.word("pipeline_tag", row["pipeline_tag"]) if "pipeline_tag" in row else None,
            library=validation.word("library_name", row["library_name"]) if "library_name" in row else None,
            trending=None if trending is None else validation.score("trendingScore", trending),
            created=validation.moment("createdAt", row.get("createdAt")),
            gated=validation.gate(row.get("gated")),
            tags=validation.tags(filter(None, tags or ())),
            downloads_all_time=None if ever is None else validation.count("downloadsAllTime", ever),
        )


def _numbers(column: pa.Array, name: str, where: str) -> NDArray[np.float64]:
    """Return counts as numbers, ``nan`` where there is none."""
    values: NDArray[np.float64] = column.to_numpy(zero_copy_only=False).astype(float)
    wrong = ~np.isnan(values) & ((values < 0) | (values >= 2.0**63) | (values != np.floor(values)) & (name != "trendingScore"))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise SourceError(
            f"{where}: {name} is {shown(column[row].as_py())}, not a number from 0; correct or remove the row and import again."
        )
    return values


def _access(column: pa.Array, where: str) -> tuple[pa.Array, NDArray[np.int64]]:
    """Return the words for how models are gated, and at which rows that is recorded."""
    coded = column.cast(pa.string()).dictionary_encode()
    try:
        gates = [validation.gate(one) for one in coded.dictionary.to_pylist()]
    except CellError as error:
        raise SourceError(f"{where}: {error}; correct or remove the row and import the file again.") from None
    words = np.array([grouping.access(gate) if gate else "" for gate in [*gates, None]], dtype=object)
    numbers = pc.fill_null(coded.indices, len(gates)).to_numpy(zero_copy_only=False)
    said = words[numbers]
    rows = np.flatnonzero(said != "")
    return pa.array(said[rows], pa.string()), rows


def _tags_of_cards(cards: pa.Array) -> pa.Array:
    """Return what the tags would say of licenses, of cards in JSON."""
    said = [[f"license:{one}" for one in found or ()] for found in map(_licenses_of, cards.to_pylist())]
    # A card without a license is a model without one: it has a tag of another kind, as every model of the Hub.
    return pa.array([own or ["card"] for own in said], pa.list_(pa.string()))


def _licenses_of(card: str | None) -> list[str] | None:
    """Read the licenses of a card; one that is no card declares none."""
    try:
        found = json.loads(card) if card else {}
    except (ValueError, RecursionError):
        return []
    declared = found.get("license") if isinstance(found, dict) else None
    name = found.get("license_name") if isinstance(found, dict) else None
    several = declared if isinstance(declared, list) else [declared]
    words = [one for one in several if isinstance(one, str) and one.strip() and len(one) <= 256 and one.isprintable()]
    return [name if one == "other" and isinstance(name, str) and 0 < len(name) <= 100 else one for one in words]
