"""Collecting as the doors need it: a day from the Hub, a file's days, each stored with a sentence to say about it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from analytics import hub, ingest
from analytics.domain import LIST_SIZE, ListName
from analytics.phrases import enumerate_, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from analytics.domain import Snapshot
    from analytics.ingest import Store


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of importing one file."""

    said: str
    snapshots: tuple[Snapshot, ...]


def take(
    store: Store,
    day: date,
    *,
    endpoint: str | None,
    token: str | None,
    advance: Callable[[str, int, int | None], None] | None = None,
) -> list[Snapshot]:
    """Ask the Hub for the top and the trending list and store both in one transaction.

    Raises:
        SourceError: when the Hub cannot be reached or gives something that cannot be used; nothing is stored then.

    """
    listings = []
    for name in (ListName.TOP, ListName.TRENDING):

        def progress(done: int, name: ListName = name) -> None:
            if advance:
                advance(f"{name.value} list from the Hub", done, LIST_SIZE)

        listings.append(hub.listing(name, taken_on=day, endpoint=endpoint, token=token, progress=progress))
    return ingest.store(listings, store)


def load(
    store: Store, path: Path, within: ListName | None, advance: Callable[[str, int, int | None], None] | None = None
) -> Loaded:
    """Import a file: checked whole before the first day is stored, each day in one transaction.

    Raises:
        SourceError: naming the row that cannot be used; nothing of the file is stored then.

    """
    from analytics import files  # noqa: PLC0415 - with it comes pyarrow, which collecting from the Hub does without

    def progress(done: int) -> None:
        if advance:
            advance(f"reading {path.name}", done, None)

    listings = files.listings(path, within, progress=progress)
    new: list[Snapshot] = []
    days = [list(group) for _, group in groupby(listings, key=lambda listing: listing.taken_on)]
    for done, day in enumerate(days, start=1):
        new += ingest.store(day, store)
        if advance:
            advance(f"storing {path.name}", done, len(days))
    return Loaded(_said(path, new, len(listings)), tuple(new))


def load_dump(
    store: Store,
    path: Path,
    *,
    on: date | None = None,
    columns: Mapping[str, str] | None = None,
    advance: Callable[[str, int, int | None], None] | None = None,
) -> Loaded:
    """Import a dump of the whole Hub: counted as it passes by, stored in one transaction.

    Raises:
        SourceError: saying what is wrong with it; nothing of it is stored then.

    """
    from analytics.dumps.reading import day_of, whole  # noqa: PLC0415 - as above

    def progress(done: int) -> None:
        if advance:
            advance(f"counting {path.name}", done, None)

    listing, counts = whole(path, on or day_of(path), path.stem, given=columns, progress=progress)
    new = ingest.store_whole(listing, counts, store)
    size = f" of {listing.size:,} models" if new else ""
    return Loaded(f"{_said(path, new, 1)[:-1]}{size}.", tuple(new))


def _said(path: Path, new: list[Snapshot], found: int) -> str:
    if not new:
        which = "its snapshot was" if found == 1 else f"all {found} snapshots were"
        return f"{path.name}: {which} already there; nothing changed."
    lists = enumerate_(sorted({f"{s.list.value} list" for s in new}))
    first, last = min(s.taken_on for s in new), max(s.taken_on for s in new)
    when = f"of {first}" if first == last else f"from {first} to {last}"
    before = f" ({found - len(new)} were already there)" if found > len(new) else ""
    return f"{path.name}: stored {plural(len(new), 'snapshot')} of the {lists} {when}{before}."
