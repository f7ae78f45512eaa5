"""Writes listings with their rollups, each once, inside a transaction of the caller's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from analytics.domain import Snapshot
from analytics.storage.insert import insert
from analytics.storage.schema import CODES, LISTING, ROLLUP, SEPARATOR, SNAPSHOT, WORD, chunks, digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from analytics.domain import Count, Listing, Model


def write(connection: sa.Connection, batch: Sequence[tuple[Listing, list[Count]]]) -> list[Snapshot]:
    """Write the listings that aren't stored yet, with one statement a table for the whole batch: small listings stay cheap."""
    numbers = _claim(connection, [listing for listing, _ in batch])
    new = [(number, listing, counts) for listing, counts in batch if (number := numbers.pop(_key(listing), None)) is not None]
    texts = {number: [_texts(model) for model in listing.models] for number, listing, _ in new}
    wanted = {text for coded in texts.values() for model in coded for text in model.values() if text is not None}
    wanted |= {model.id for _, listing, _ in new for model in listing.models}
    wanted |= {text for _, _, counts in new for count in counts for text in (count.name, count.task)}
    words = _numbers(connection, wanted)
    _write(connection, LISTING, [row for number, listing, _ in new for row in _listed(number, listing, texts[number], words)])
    _write(connection, ROLLUP, [_counted(number, count, words) for number, _, counts in new for count in counts])
    return [
        Snapshot(number, listing.taken_on, listing.list, listing.source, _size(listing), listing.simulated)
        for number, listing, _ in new
    ]


def _claim(connection: sa.Connection, listings: Sequence[Listing]) -> dict[tuple[str, date, str], int]:
    """Insert the snapshots that aren't stored yet and return their ids by list, day and source."""
    if not listings:
        return {}
    rows = [
        {
            "taken_on": listing.taken_on,
            "list": listing.list.value,
            "source": listing.source,
            "size": _size(listing),
            "simulated": listing.simulated,
        }
        for listing in listings
    ]
    c = SNAPSHOT.c
    claim = insert(connection, SNAPSHOT).on_conflict_do_nothing().returning(c.id, c.list, c.taken_on, c.source)
    return {(row.list, row.taken_on, row.source): row.id for row in connection.execute(claim, rows)}


def _key(listing: Listing) -> tuple[str, date, str]:
    return listing.list.value, listing.taken_on, listing.source


def _size(listing: Listing) -> int:
    return len(listing.models) if listing.size is None else listing.size


def _listed(
    number: int, listing: Listing, coded: Sequence[Mapping[str, str | None]], words: Mapping[str, int]
) -> Iterable[dict[str, Any]]:
    ranks = listing.ranks or range(1, len(listing.models) + 1)
    for rank, model, texts in zip(ranks, listing.models, coded, strict=True):
        yield {
            "snapshot": number,
            "rank": rank,
            "model": words[model.id],
            "downloads": model.downloads,
            "likes": model.likes,
            "trending": model.trending,
            "downloads_all_time": model.downloads_all_time,
            **{name: None if text is None else words[text] for name, text in texts.items()},
        }


def _counted(number: int, count: Count, words: Mapping[str, int]) -> dict[str, Any]:
    return {
        "snapshot": number,
        "dimension": CODES[count.dimension],
        "task": words[count.task],
        "name": words[count.name],
        "models": count.models,
        "downloads": count.downloads,
        "likes": count.likes,
    }


def _write(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:  # without any, SQLAlchemy would write one of defaults
        connection.execute(sa.insert(table), rows)


def _numbers(connection: sa.Connection, texts: set[str]) -> dict[str, int]:
    """Return the number of each text; texts that are new get one."""
    digests = {digest(text): text for text in texts}
    known: dict[str, int] = {}
    missing = list(digests)
    for first in (True, False):
        for run in chunks(missing):
            rows = connection.execute(sa.select(WORD.c.id, WORD.c.digest).where(WORD.c.digest.in_(run)))
            known.update({digests[bytes(row.digest)]: row.id for row in rows})
        missing = [digest for digest, text in digests.items() if text not in known]
        if missing and first:
            # Always in the same order: two writers that lock the same new words in different orders would deadlock.
            fresh = [{"digest": digest, "text": digests[digest]} for digest in sorted(missing)]
            connection.execute(insert(connection, WORD).on_conflict_do_nothing(), fresh)
    return known


def _texts(model: Model) -> dict[str, str | None]:
    return {
        "licenses": None if model.licenses is None else SEPARATOR.join(model.licenses),
        "task": model.task,
        "library": model.library,
        "created": model.created,
        "gated": model.gated,
        "tags": SEPARATOR.join(model.tags),
        "hub_id": model.hub_id,
    }
