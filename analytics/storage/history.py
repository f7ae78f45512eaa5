"""What questions may ask of the past: snapshots, rollups, models. No SQL here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.domain import Count, Dimension, ListName, Model, Snapshot


class History(Protocol):
    """Snapshots and what was counted in them. Every method reads; none changes anything."""

    def __hash__(self) -> int:
        """Tell one history from another, for what is remembered of its snapshots, which never change."""
        ...

    def snapshots(self, within: ListName) -> tuple[Snapshot, ...]:
        """Return all snapshots of a list, oldest first; of one day's, the largest and then the earliest stored comes last."""
        ...

    def lists(self) -> Mapping[ListName, tuple[Snapshot, ...]]:
        """Return the same of every list that has any; the tuples stay the same objects until there is a new snapshot."""
        ...

    def counts(self, snapshots: Sequence[int], dimension: Dimension | None, task: str = "") -> list[tuple[int, Count]]:
        """Return the rollups of these snapshots (by id) in one dimension, as ``(snapshot id, count)`` in no order."""
        ...

    def models(self, snapshot: int) -> tuple[Model, ...]:
        """Return the listing of one snapshot in rank order; ``()`` if there is none of that id."""
        ...

    def trail(self, model_ids: Sequence[str], within: ListName) -> list[tuple[int, int, Model]]:
        """Return where these models stood: ``(snapshot id, rank, model)`` in no order."""
        ...
