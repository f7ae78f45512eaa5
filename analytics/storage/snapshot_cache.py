"""``SnapshotCache``, for results computed from snapshots, which never change."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from cachetools import LRUCache

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_Value = TypeVar("_Value")


class SnapshotCache(Generic[_Value]):
    """A thread-safe LRU cache with a limit on the total size of its values."""

    def __init__(self, room: int, size: Callable[[_Value], int]) -> None:
        """Limit the sum of the values' sizes to ``room``."""
        self._room = room
        self._size = size
        self._values: LRUCache[Hashable, _Value] = LRUCache(room, size)
        self._lock = Lock()

    def get(self, key: Hashable) -> _Value | None:
        """Return the value of a key; ``None`` if it isn't cached."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: Hashable, value: _Value) -> None:
        """Cache a value, unless it's larger than the whole cache."""
        if self._size(value) <= self._room:
            with self._lock:
                self._values[key] = value
