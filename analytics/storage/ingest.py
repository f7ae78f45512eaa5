"""Stores listings as snapshots with their rollups, and the union of a day's top and trending lists."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from analytics.domain import LIVE, Count, Listing, ListName, Model, Snapshot
from analytics.storage.rollup import roll_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from analytics.storage.history import History


MODELS_AT_ONCE = 3_000
DAYS_AT_ONCE = 200
"""Limits of one transaction: large enough to store small days fast, small enough that other writers wait less than a second."""


class Store(Protocol):
    """Write access to a history."""

    def on_days(self, days: Sequence[date]) -> list[Snapshot]:
        """Return the snapshots of all lists on these days; for each list and day, the one that questions read comes last."""
        ...

    def snapshots(self, within: ListName) -> tuple[Snapshot, ...]:
        """See :class:`analytics.storage.history.History`."""
        ...

    def models(self, snapshot: int) -> tuple[Model, ...]:
        """See :class:`analytics.storage.history.History`."""
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
    return _store([list(listings)], into)


def store_days(listings: Iterable[Listing], into: Store, *, progress: Callable[[int], None] | None = None) -> list[Snapshot]:
    """Store listings of many days, in the order of their days, and return the snapshots that are new.

    A day is stored whole or not at all, as :func:`store` has it; days with few models share a transaction.
    ``progress`` is called with the number of days stored so far.
    """
    new: list[Snapshot] = []
    done = 0
    for days in _batches(list(day) for _, day in groupby(listings, key=lambda listing: listing.taken_on)):
        new += _store(days, into)
        done += len(days)
        if progress:
            progress(done)
    return new


def _batches(days: Iterable[list[Listing]]) -> Iterator[list[list[Listing]]]:
    batch: list[list[Listing]] = []
    models = 0
    for day in days:
        size = sum(len(listing.models) for listing in day)
        if batch and (models + size > MODELS_AT_ONCE or len(batch) == DAYS_AT_ONCE):
            yield batch
            batch, models = [], 0
        batch.append(day)
        models += size
    if batch:
        yield batch


def _store(days: Sequence[Sequence[Listing]], into: Store) -> list[Snapshot]:
    """Store some days in one transaction."""
    return _add(_new(days, into), into)


def _new(days: Sequence[Sequence[Listing]], into: Store) -> list[tuple[Listing, list[Count]]]:
    """Return the listings that aren't stored yet and the unions with them, with their rollups."""
    by_day: defaultdict[date, list[Snapshot]] = defaultdict(list)
    for snapshot in into.on_days([day[0].taken_on for day in days if day]):
        by_day[snapshot.taken_on].append(snapshot)
    new_listings: list[Listing] = []
    for day in days:
        stored = by_day[day[0].taken_on] if day else []
        keys = {(snapshot.list, snapshot.source) for snapshot in stored}
        union = _union(day, stored, into)
        new_listings += [listing for listing in (*day, *([union] if union else [])) if (listing.list, listing.source) not in keys]
    # Counted before the transaction begins, to keep it short.
    return [(listing, roll_up(listing.models)) for listing in new_listings]


def _add(batch: Sequence[tuple[Listing, list[Count]]], into: Store) -> list[Snapshot]:
    return [new for new in into.add(batch) if new.list is not ListName.BOTH] if batch else []


def store_whole(listing: Listing, counts: list[Count], into: Store, lists: Sequence[Listing] = ()) -> list[Snapshot]:
    """Store a dump with rollups that were counted while streaming, and its top and trending lists, in one transaction.

    What is stored already from the same source is left as it is.
    """
    return _add([(listing, counts), *_new([lists], into)], into)


def _union(listings: Sequence[Listing], stored: Sequence[Snapshot], into: Store) -> Listing | None:
    """Return the union of a day's top and trending lists; ``None`` where one is missing or the union is stored already."""
    if not any(listing.list in {ListName.TOP, ListName.TRENDING} for listing in listings):
        return None
    top, trending = (_best(name, listings, stored) for name in (ListName.TOP, ListName.TRENDING))
    if top is None or trending is None or top.simulated != trending.simulated:
        return None
    source = top.source if top.source == trending.source else f"{top.source} + {trending.source}"
    if any(snapshot.list is ListName.BOTH and snapshot.source == source for snapshot in stored):
        return None
    first, second = (side.models if isinstance(side, Listing) else into.models(side.id) for side in (top, trending))
    known = {model.id for model in first}
    models = (*first, *(model for model in second if model.id not in known))
    ordered = tuple(sorted(models, key=lambda model: -model.downloads))
    return Listing(top.taken_on, ListName.BOTH, source, ordered, top.simulated)


def _best(name: ListName, listings: Sequence[Listing], stored: Sequence[Snapshot]) -> Listing | Snapshot | None:
    """Return the listing that questions about that day read: the live one, else the largest, of equal ones the first stored."""
    old = next((snapshot for snapshot in reversed(stored) if snapshot.list is name), None)
    new = max((listing for listing in listings if listing.list is name), key=_preference, default=None)
    return old if old and (new is None or (old.source == LIVE, old.size) >= _preference(new)) else new


def _preference(listing: Listing) -> tuple[bool, int]:
    return listing.source == LIVE, len(listing.models)


def already_taken(history: History, day: date, source: str) -> bool:
    """Return whether this source's top and trending lists of that day are both stored."""
    return all(
        any(snapshot.taken_on == day and snapshot.source == source for snapshot in history.snapshots(name))
        for name in (ListName.TOP, ListName.TRENDING)
    )
