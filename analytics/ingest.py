"""Listings become snapshots: rolled up, joined to the union of top and trending, stored all or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from analytics.domain import Count, Listing, ListName, Model, Snapshot
from analytics.rollup import roll_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from analytics.history import History


class Store(Protocol):
    """A history that can be added to."""

    def snapshots(self, within: ListName) -> tuple[Snapshot, ...]:
        """See :class:`analytics.history.History`."""
        ...

    def models(self, snapshot: int) -> tuple[Model, ...]:
        """See :class:`analytics.history.History`."""
        ...

    def add(self, batch: Iterable[tuple[Listing, list[Count]]]) -> list[Snapshot]:
        """Write listings with their rollups in one transaction, leaving out those already stored."""
        ...


def store(listings: Sequence[Listing], into: Store) -> list[Snapshot]:
    """Store the listings of one day in one transaction and return the snapshots that are new.

    Where the day has both a top and a trending list, now or from before, their union is stored with them. A listing that
    the store has already, from the same source, is left as it is.
    """
    if len({listing.taken_on for listing in listings}) > 1:
        raise ValueError("one call stores one day")
    union = _union(listings, into)
    batch = [*listings, union] if union else listings
    return [new for new in into.add((listing, roll_up(listing.models)) for listing in batch) if new.list is not ListName.BOTH]


def store_whole(listing: Listing, counts: list[Count], into: Store) -> list[Snapshot]:
    """Store a dump that was counted as it passed by; one that is stored already, from the same source, is left as it is."""
    return into.add([(listing, counts)])


def _union(listings: Sequence[Listing], into: Store) -> Listing | None:
    if not any(listing.list in {ListName.TOP, ListName.TRENDING} for listing in listings):
        return None
    day = listings[0].taken_on
    top, trending = (_best(name, day, listings, into) for name in (ListName.TOP, ListName.TRENDING))
    if top is None or trending is None or top.simulated != trending.simulated:
        return None
    known = {model.id for model in top.models}
    models = (*top.models, *(model for model in trending.models if model.id not in known))
    source = top.source if top.source == trending.source else f"{top.source} + {trending.source}"
    ordered = tuple(sorted(models, key=lambda model: -model.downloads))
    return Listing(day, ListName.BOTH, source, ordered, top.simulated)


def _best(name: ListName, day: date, listings: Sequence[Listing], into: Store) -> Listing | None:
    """Return the listing of that day that questions would read: the largest, and of equals the first stored."""
    stored = [snapshot for snapshot in into.snapshots(name) if snapshot.taken_on == day][-1:]
    new = max((listing for listing in listings if listing.list is name), key=lambda listing: len(listing.models), default=None)
    if stored and (new is None or stored[0].size >= len(new.models)):
        snapshot = stored[0]
        return Listing(day, name, snapshot.source, into.models(snapshot.id), snapshot.simulated)
    return new


def already_taken(history: History, day: date, source: str) -> bool:
    """Tell whether this source's top and trending lists of that day are both stored."""
    return all(
        any(snapshot.taken_on == day and snapshot.source == source for snapshot in history.snapshots(name))
        for name in (ListName.TOP, ListName.TRENDING)
    )
