"""``History``, the interface that questions read snapshots, rollups and models through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.domain import Count, Dimension, ListName, Model, Snapshot


class History(Protocol):
    """Read access to snapshots, their rollups and models."""

    def __hash__(self) -> int:
        """Identify the history in cache keys; its snapshots never change."""
        ...

    def snapshots(self, within: ListName) -> tuple[Snapshot, ...]:
        """Return all snapshots of a list, oldest first; of a day, a live one comes last, else the largest, the first stored."""
        ...

    def lists(self) -> Mapping[ListName, tuple[Snapshot, ...]]:
        """Return the same by list, for lists with snapshots; the tuples are the same objects until a snapshot is added."""
        ...

    def counts(self, snapshots: Sequence[int], dimension: Dimension | None, task: str = "") -> list[tuple[int, Count]]:
        """Return the rollups of these snapshots (by id) in one dimension, as ``(snapshot id, count)`` in no order."""
        ...

    def models(self, snapshot: int) -> tuple[Model, ...]:
        """Return the listing of one snapshot in rank order; ``()`` if there is none of that id."""
        ...

    def trail(self, model_ids: Sequence[str], within: ListName) -> list[tuple[int, int, Model]]:
        """Return the rows of some models in all snapshots: ``(snapshot id, rank, model)`` in no order."""
        ...

    def facts(self, model_ids: Sequence[str], snapshots: Sequence[int]) -> list[tuple[int, Model]]:
        """Return what these snapshots (by id, of any list) record about some models, without their counts, in no order."""
        ...
