"""Find rows of a dump that repeat a model; only the row with the most downloads counts.

Ids are compared by 64-bit hashes, which take 8 bytes a row. Only rows with equal hashes are read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

_FACTORS = np.random.default_rng(7).integers(1, 2**63, 512, np.uint64)
"""One for each byte of an id. A sum of bytes times random factors is equal for two ids with a probability below 2⁻⁵⁶."""


def hashes(ids: pa.Array) -> NDArray[np.uint64]:
    """Return a number for each id; no id is empty or longer than the factors."""
    if not len(ids):
        return np.zeros(0, np.uint64)
    ids = pa.concat_arrays([ids.cast(pa.large_string())])  # starts at its buffers' beginning
    _, offsets, data = ids.buffers()
    starts = np.frombuffer(offsets, np.int64)[ids.offset : ids.offset + len(ids) + 1]
    content = np.frombuffer(data, np.uint8)[starts[0] : starts[-1]].astype(np.uint64)
    begins = starts[:-1] - starts[0]
    places = np.arange(len(content)) - np.repeat(begins, np.diff(starts))
    found: NDArray[np.uint64] = np.add.reduceat((content + np.uint64(1)) * _FACTORS[places], begins)
    return found


def candidates(batches: Sequence[NDArray[np.uint64]]) -> Rows:
    """Return the rows, counted from 0, whose hash another row has, too."""
    every = np.concatenate(batches)
    ordered = np.sort(every)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return np.flatnonzero(np.isin(every, twice)) if len(twice) else np.zeros(0, np.int64)


def left_out(rows: Iterable[tuple[int, str, float]]) -> dict[int, str]:
    """Return the rows that don't count, with their ids; ``rows`` are number, id and downloads of the candidates, in order."""
    best: dict[str, tuple[int, float]] = {}
    lost: dict[int, str] = {}
    for number, name, downloads in rows:
        kept = best.get(name)
        if kept is None:
            best[name] = number, downloads
        elif downloads > kept[1]:
            lost[kept[0]] = name
            best[name] = number, downloads
        else:
            lost[number] = name
    return lost
