"""Kept: what was worked out of snapshots, which never change, for as long as there is room for it."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from cachetools import LRUCache

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_Value = TypeVar("_Value")


class SnapshotCache(Generic[_Value]):
    """Values by their keys; when they grow too large together, those not asked for longest go first. For any thread."""

    def __init__(self, room: int, size: Callable[[_Value], int]) -> None:
        """``room`` is what the sizes of all values may add up to."""
        self._room = room
        self._size = size
        self._values: LRUCache[Hashable, _Value] = LRUCache(room, size)
        self._lock = Lock()

    def get(self, key: Hashable) -> _Value | None:
        """Return what is kept under a key, if it still is."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: Hashable, value: _Value) -> None:
        """Keep a value; one that is larger than all the room is not kept."""
        if self._size(value) <= self._room:
            with self._lock:
                self._values[key] = value
