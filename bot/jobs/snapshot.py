"""Collect and store: a day from the Hub, the days of a file, a dump; each import returns a sentence about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.domain import LIST_SIZE, RESERVED_SOURCES, ListName
from analytics.errors import SourceError
from analytics.formatting.phrases import enumerate_, plural
from analytics.sources import hub
from analytics.storage import ingest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from analytics.domain import Snapshot
    from analytics.sources.dumps.repository import HubFile
    from analytics.storage.ingest import Store


@dataclass(frozen=True, slots=True)
class Loaded:
    """The result of importing one file."""

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
    """Import a file: it is checked completely before the first day is stored, and each day is stored completely or not at all.

    Raises:
        SourceError: naming the row that cannot be used; nothing of the file is stored then.

    """
    from analytics.sources import listing_files  # noqa: PLC0415 - with it comes pyarrow, which collecting from the Hub does without

    def progress(done: int) -> None:
        if advance:
            advance(f"reading {path.name}", done, None)

    listings = listing_files.listings(path, within, progress=progress)
    days = len({listing.taken_on for listing in listings})
    new = ingest.store_days(
        listings, store, progress=lambda done: advance(f"storing {path.name}", done, days) if advance else None
    )
    return Loaded(_said(path.name, new, len(listings)), tuple(new))


def load_dump(
    store: Store,
    path: Path,
    *,
    on: date | None = None,
    columns: Mapping[str, str] | None = None,
    advance: Callable[[str, int, int | None], None] | None = None,
) -> Loaded:
    """Import a dump of the whole Hub: counted while it is read, stored in one transaction.

    Raises:
        SourceError: saying what is wrong with it; nothing of it is stored then.

    """
    from analytics.sources.dumps.reader import day_of  # noqa: PLC0415 - as above

    def progress(done: int) -> None:
        if advance:
            advance(f"counting {path.name}", done, None)

    if path.stem in RESERVED_SOURCES:
        raise SourceError(f"{path.name} would pass for the source {path.stem!r}; give the file another name.")
    new = store_dump(store, path, on or day_of(path), path.stem, columns=columns or {}, progress=progress)
    return Loaded(_said_of_dump(path.name, new), new)


def load_from_hub(
    store: Store,
    file: HubFile,
    folder: Path,
    *,
    endpoint: str | None,
    token: str | None,
    on: date | None = None,
    columns: Mapping[str, str] | None = None,
    advance: Callable[[str, int, int | None], None] | None = None,
) -> Loaded:
    """Import a dump from a repository on the Hub; ``folder`` holds the download while it is counted.

    Its day is the one given, or that of its name, or the one on which it was last changed.

    Raises:
        SourceError: saying what is wrong with it; nothing of it is stored then.

    """
    from analytics.sources.dumps.reader import day_of  # noqa: PLC0415 - as above
    from analytics.sources.dumps.repository import fetch, last_changed  # noqa: PLC0415 - as above

    def progress(what: str) -> Callable[..., None]:
        return lambda done, of=None: advance(f"{what} {file}", done, of) if advance else None

    try:
        day = on or day_of(Path(file.path))
    except SourceError:
        day = last_changed(file, endpoint=endpoint, token=token)
    new: tuple[Snapshot, ...] = ()
    if not has_dump(store, day, file.repo):
        path = fetch(file, folder, endpoint=endpoint, token=token, progress=progress("fetching"))
        new = store_dump(store, path, day, file.repo, columns=columns or {}, progress=progress("counting"))
    return Loaded(_said_of_dump(str(file), new), new)


def has_dump(store: Store, day: date, source: str) -> bool:
    """Return whether a dump of that day is stored from that source."""
    return any(one.taken_on == day and one.source == source for one in store.snapshots(ListName.HUB))


def store_dump(
    store: Store, path: Path, day: date, source: str, *, columns: Mapping[str, str], progress: Callable[[int], None]
) -> tuple[Snapshot, ...]:
    """Count a dump and store it with its top and trending lists in one transaction; returns the new snapshots.

    Raises:
        SourceError: saying what is wrong with it; nothing of it is stored then.

    """
    from analytics.sources.dumps.dump_file import DumpFile  # noqa: PLC0415 - as above
    from analytics.sources.dumps.lists import read_lists  # noqa: PLC0415 - as above
    from analytics.sources.dumps.reader import read_dump  # noqa: PLC0415 - as above

    listing, counts = read_dump(path, day, source, given=columns, progress=progress)
    lists = read_lists(DumpFile.open(path, columns), day, source)
    return tuple(ingest.store_whole(listing, counts, store, lists))


def _said_of_dump(file: str, new: Sequence[Snapshot]) -> str:
    """Describe what was stored of a dump: the whole Hub, its lists, or both."""
    whole, lists = ([s for s in new if (s.list is ListName.HUB) == is_whole] for is_whole in (True, False))
    said = _said(file, whole or lists, 1)
    if not (whole and lists):
        return said
    return f"{said} Its {enumerate_([s.list.value for s in lists])} {_LISTS[len(lists)]} stored, too."


_LISTS = {1: "list is", 2: "lists are"}


def _said(file: str, new: list[Snapshot], found: int) -> str:
    if not new:
        which = "its snapshot was" if found == 1 else f"all {found} snapshots were"
        return f"{file}: {which} already there; nothing changed."
    lists = enumerate_(sorted({f"{s.list.value} list" for s in new}))
    first, last = min(s.taken_on for s in new), max(s.taken_on for s in new)
    when = f"from {first}" if first == last else f"from {first} to {last}"
    known = found - len(new)
    before = f" ({known} {'was' if known == 1 else 'were'} already there)" if known else ""
    size = f" of {new[0].size:,} models" if new[0].list is ListName.HUB else ""
    return f"{file}: stored {plural(len(new), 'snapshot')} of the {lists} {when}{before}{size}."
