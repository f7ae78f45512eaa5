"""Compute the counts of roll_up for millions of models in batches. Memory grows with the number of names, not of models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.domain import EVERYONE_ELSE, EVERYTHING_ELSE, NONE_DECLARED, Count, Dimension
from analytics.names.spellings import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Values = NDArray[np.float64]

_AT_ONCE = 1 << 19
"""Models whose creators are looked up together."""
KEPT = 2_000
"""Creators kept by name for each measure; all others share one name."""
_KEPT_ELSE = 500
"""The same for licenses, tasks and libraries."""
_MOST_NAMES = 5_000
"""Names of licenses, tasks or libraries that are told apart at all: they are free text, and real dumps have a few hundred."""


class Vocabulary:
    """Numbers texts in order of appearance, up to a limit; all later ones share the number 0."""

    def __init__(self, first: str, most: int = _MOST_NAMES) -> None:
        """Give ``first`` the number 0."""
        self._numbers = {first: 0}
        self._most = most

    def numbers(self, texts: pa.Array) -> Numbers:
        """Return the number of each text of an array without gaps."""
        coded = texts.dictionary_encode()
        own = np.fromiter(map(self._number, coded.dictionary.to_pylist()), np.int64, len(coded.dictionary))
        found: Numbers = own[coded.indices.to_numpy(zero_copy_only=False)]
        return found

    def _number(self, text: str) -> int:
        known = self._numbers
        return known.setdefault(text, len(known)) if len(known) < self._most else known.get(text, 0)

    def __len__(self) -> int:
        """Return how many numbers there are."""
        return len(self._numbers)

    def texts(self) -> list[str]:
        """Return all texts, by their numbers."""
        return list(self._numbers)


class Fixed:
    """Numbers known texts from 1; all others share the number 0."""

    def __init__(self, first: str, texts: pa.Array) -> None:
        """Call all other texts ``first``."""
        self._first, self._known = first, texts

    def numbers(self, texts: pa.Array) -> Numbers:
        """Return the number of each text of an array without gaps."""
        place = pc.fill_null(pc.index_in(texts, value_set=self._known), -1)
        found: Numbers = place.to_numpy(zero_copy_only=False).astype(np.int64) + 1
        return found

    def __len__(self) -> int:
        """Return how many numbers there are."""
        return len(self._known) + 1

    def texts(self) -> list[str]:
        """Return all texts, by their numbers."""
        return [self._first, *self._known.to_pylist()]


@dataclass(slots=True)
class Weighed:
    """The task numbers of a batch's models, and their values: 1, downloads, likes, and 1 if likes are recorded."""

    tasks: Numbers
    parts: tuple[Values, ...]


class Cube:
    """Adds models, downloads, likes and how many have recorded likes under a name and a task."""

    def __init__(self) -> None:
        """Start empty."""
        self.values: Values = np.zeros((4, 0, 0))

    def add(self, names: Numbers, tasks: Numbers, parts: Sequence[Values], size: tuple[int, int]) -> None:
        """Add rows; ``size`` is the number of names and tasks so far."""
        before = self.values.shape[1:]
        if size != before:
            grown = np.zeros((4, *size))
            grown[:, : before[0], : before[1]] = self.values
            self.values = grown
        flat = names * size[1] + tasks
        for place, part in enumerate(parts):
            self.values[place] += np.bincount(flat, part, size[0] * size[1]).reshape(size)


class StreamingRollup:
    """Counts models under every name of every stored dimension, over all tasks and for each."""

    def __init__(self, namespaces: pa.Array) -> None:
        """Keep ``namespaces`` by name: see :class:`Creators`."""
        self._tasks = Vocabulary("")
        self._names: dict[Dimension, Vocabulary | Fixed] = {Dimension.NAMESPACE: Fixed(EVERYONE_ELSE, namespaces)}
        self._cubes: dict[Dimension | None, Cube] = {None: Cube()}

    def weigh(self, tasks: pa.Array | None, downloads: Values, likes: Values | None) -> Weighed:
        """Begin a batch; likes that aren't recorded are ``nan``, a task that isn't is ``""``."""
        many = len(downloads)
        likes_or_nan = np.full(many, np.nan) if likes is None else likes
        numbers = np.zeros(many, np.int64) if tasks is None else self._tasks.numbers(tasks)
        batch = Weighed(numbers, (np.ones(many), downloads, np.nan_to_num(likes_or_nan), (~np.isnan(likes_or_nan)).astype(float)))
        self._cubes[None].add(np.zeros(many, np.int64), numbers, batch.parts, (1, len(self._tasks)))
        return batch

    def add(
        self, dimension: Dimension, names: pa.Array, batch: Weighed, rows: Numbers | None = None, weights: Values | None = None
    ) -> None:
        """Add a batch under its names in one dimension: one name a model, or those at ``rows`` with their weights."""
        vocabulary = self._names.setdefault(dimension, Vocabulary(EVERYTHING_ELSE))
        numbers, tasks, parts = vocabulary.numbers(names), batch.tasks, batch.parts
        if rows is not None:
            tasks, parts = tasks[rows], tuple(part[rows] for part in parts)
        if weights is not None:
            parts = (*(part * weights for part in parts[:3]), parts[3])
        cube = self._cubes.setdefault(dimension, Cube())
        cube.add(numbers, tasks, parts, (len(vocabulary), len(self._tasks)))

    def counts(self) -> list[Count]:
        """Return the rollups, with the tails of long dimensions taken together."""
        tasks = self._tasks.texts()
        found = []
        for dimension, cube in self._cubes.items():
            texts = [""] if dimension is None else self._names[dimension].texts()
            values = cube.values
            if dimension not in {None, Dimension.NAMESPACE}:
                texts, values = _group_tail(texts, values)
            found += _counts(dimension, texts, values.sum(axis=2), "")
            if dimension is not Dimension.TASK:
                for number in range(1, values.shape[2]):
                    found += _counts(dimension, texts, values[:, :, number], tasks[number])
        return [count for _, count in folded((0, count) for count in found)]


def _group_tail(texts: list[str], values: Values) -> tuple[list[str], Values]:
    """Keep the leading names by each measure; add all others to the first name."""
    if len(texts) <= _KEPT_ELSE + 1:
        return texts, values
    kept = {0} | {place for place, text in enumerate(texts) if text == NONE_DECLARED}
    for own in values[:3].sum(axis=2):
        kept |= {int(place) for place in np.argpartition(-own, _KEPT_ELSE)[:_KEPT_ELSE]}
    order = sorted(kept)
    fewer = values[:, order].copy()
    fewer[:, 0] += values.sum(axis=1) - fewer.sum(axis=1)
    return [texts[place] for place in order], fewer


def _counts(dimension: Dimension | None, texts: Sequence[str], values: Values, task: str) -> list[Count]:
    models, downloads, likes, liked = values
    return [
        Count(
            dimension,
            texts[place],
            task,
            models=float(models[place]),
            downloads=float(downloads[place]),
            likes=float(likes[place]) if liked[place] else None,
        )
        for place in np.flatnonzero(models).tolist()
    ]


class Creators:
    """Finds the namespaces that lead by some measure, in a first pass."""

    def __init__(self) -> None:
        """Start empty."""
        self._names = pa.array([], pa.string())
        self._sums: Values = np.zeros((3, 0))
        self._waiting: list[tuple[pa.Array, Values, Values]] = []

    def add(self, namespaces: pa.Array, downloads: Values, likes: Values | None) -> None:
        """Add one batch."""
        liked = np.zeros(len(downloads)) if likes is None else np.nan_to_num(likes)
        self._waiting.append((namespaces.dictionary_encode(), downloads, liked))
        if sum(len(coded) for coded, _, _ in self._waiting) > _AT_ONCE:
            self._settle()

    def _settle(self) -> None:
        """Assign numbers to the names of the waiting batches and add up their values."""
        known = pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), self._names)
        coded = pa.chunked_array([known, *(own for own, _, _ in self._waiting)]).unify_dictionaries()
        self._names = coded.chunk(0).dictionary
        many = len(self._names)
        self._sums = np.hstack([self._sums, np.zeros((3, many - self._sums.shape[1]))])
        for own, (_, downloads, liked) in zip(coded.chunks[1:], self._waiting, strict=True):
            numbers = own.indices.to_numpy()
            for place, part in enumerate((None, downloads, liked)):
                self._sums[place] += np.bincount(numbers, part, many)
        self._waiting = []

    def leading(self, known: Collection[str]) -> pa.Array:
        """Return the namespaces that lead by models, downloads or likes, and those of ``known`` that occur."""
        self._settle()
        chosen = set(np.flatnonzero(pc.is_in(self._names, pa.array(sorted(known), pa.string()))).tolist())
        for values in self._sums:
            chosen |= {int(place) for place in np.argpartition(-values, min(KEPT, len(values) - 1))[:KEPT]}
        return self._names.take(pa.array(sorted(chosen)))


def texts(column: pa.Array) -> pa.Array:
    """Return a column of words trimmed, with ``none declared`` where there is none."""
    trimmed = pc.utf8_trim_whitespace(pc.fill_null(column, ""))
    return pc.if_else(pc.equal(trimmed, ""), NONE_DECLARED, trimmed)


def licenses(tags: pa.Array, unread: Mask, unreadable: Callable[[pa.Array], Mask]) -> tuple[pa.Array, Numbers, Values, Mask]:
    """Return the licenses that models declare in their tags, at which rows, with which weights, and rows with an unreadable one.

    The licenses of one model share it equally. A row without a license has ``none declared``; a row without tags, or where
    ``unread`` says that a tag couldn't be read, has nothing. ``unreadable`` tells which names are none.
    """
    rows, flat = _flat(tags)
    declared = pc.starts_with(flat, "license:", ignore_case=True).to_numpy(zero_copy_only=False)
    names = pc.utf8_lower(pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(flat.filter(pa.array(declared)), len("license:"))))
    rows = rows[declared]
    some = pc.not_equal(names, "").to_numpy(zero_copy_only=False)
    names, rows = names.filter(pa.array(some)), rows[some]
    lost = np.zeros(len(tags), bool)
    lost[rows[unreadable(names)]] = True
    names, rows = names.filter(pa.array(~lost[rows])), rows[~lost[rows]]
    rows, names = _each_once(rows, names)
    many = np.bincount(rows, minlength=len(tags))
    recorded = tags.is_valid().to_numpy(zero_copy_only=False) & ~lost & ~unread
    bare = np.flatnonzero((many == 0) & recorded)
    weights = np.concatenate([1.0 / many[rows], np.ones(len(bare))])
    names = pa.concat_arrays([names, pa.array([NONE_DECLARED] * len(bare), names.type)])
    return names, np.concatenate([rows, bare]), weights, lost


def _flat(tags: pa.Array) -> tuple[Numbers, pa.Array]:
    """Return the rows of all tags, and the tags."""
    return pc.list_parent_indices(tags).to_numpy(zero_copy_only=False).astype(np.int64), pc.list_flatten(tags)


def _each_once(rows: Numbers, names: pa.Array) -> tuple[Numbers, pa.Array]:
    """Leave out a license that a model declares twice."""
    coded = names.dictionary_encode()
    keys = rows * (len(coded.dictionary) + 1) + coded.indices.to_numpy(zero_copy_only=False)
    _, first = np.unique(keys, return_index=True)
    first.sort()
    return rows[first], names.take(pa.array(first))


def derivations(tags: pa.Array, relations: Mapping[str, str], otherwise: str, original: str) -> tuple[pa.Array, Numbers]:
    """Return how models were made, and at which rows: those without any tags are left out.

    The first tag that says how decides; one that names a base and not how is ``otherwise``.
    """
    rows, flat = _flat(tags)
    based = pc.starts_with(flat, "base_model:").to_numpy(zero_copy_only=False)
    rows, flat = rows[based], flat.filter(pa.array(based))
    called = np.array([original, otherwise, *relations.values()], dtype=object)
    how = np.zeros(len(tags), np.int64)
    how[rows] = 1
    numbers = np.ones(len(rows), np.int64)
    for number, relation in enumerate(relations, start=2):
        numbers[pc.starts_with(flat, f"base_model:{relation}:").to_numpy(zero_copy_only=False)] = number
    specific = numbers > 1
    # From the last to the first, so that what a model's first telling tag says stays.
    how[rows[specific][::-1]] = numbers[specific][::-1]
    present = np.flatnonzero(pc.fill_null(pc.list_value_length(tags), 0).to_numpy(zero_copy_only=False) > 0)
    return pa.array(called[how[present]], pa.string()), present
