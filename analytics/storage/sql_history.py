"""SqlHistory: snapshots, listings and rollups in SQLite or PostgreSQL. Tables and statements; no percentages."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from analytics.domain import Count, Dimension, ListName, Model, Snapshot
from analytics.storage.database import reaching, writing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from analytics.domain import Listing

_Value = TypeVar("_Value")

METADATA = sa.MetaData()

WORD = sa.Table(
    "word",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("digest", sa.LargeBinary(16), nullable=False, unique=True),
    sa.Column("text", sa.Text, nullable=False),
)
"""Every text once; the other tables hold its number. The digest stands for texts too long for an index."""

SNAPSHOT = sa.Table(
    "snapshot",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("taken_on", sa.Date, nullable=False),
    sa.Column("list", sa.String(16), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    sa.Column("odd_rows", sa.Integer, server_default="0", nullable=False),
    sa.UniqueConstraint("list", "taken_on", "source"),
)

_TEXTS = ("licenses", "task", "library", "created", "gated", "tags", "hub_id")

LISTING = sa.Table(
    "listing",
    METADATA,
    sa.Column("snapshot", sa.Integer, sa.ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("rank", sa.Integer, primary_key=True),
    sa.Column("model", sa.Integer, sa.ForeignKey("word.id"), nullable=False, index=True),
    sa.Column("downloads", sa.BigInteger, nullable=False),
    sa.Column("likes", sa.BigInteger),
    sa.Column("trending", sa.Float),
    *(sa.Column(name, sa.Integer, sa.ForeignKey("word.id")) for name in _TEXTS),
    sa.Column("downloads_all_time", sa.BigInteger),
    sqlite_with_rowid=False,
)

ROLLUP = sa.Table(
    "rollup",
    METADATA,
    sa.Column("snapshot", sa.Integer, sa.ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("dimension", sa.SmallInteger, primary_key=True),
    sa.Column("task", sa.Integer, sa.ForeignKey("word.id"), primary_key=True),
    sa.Column("name", sa.Integer, sa.ForeignKey("word.id"), primary_key=True),
    sa.Column("models", sa.Double, nullable=False),
    sa.Column("downloads", sa.Double, nullable=False),
    sa.Column("likes", sa.Double),
    sqlite_with_rowid=False,
)

_CODES: dict[Dimension | None, int] = {
    None: 0,
    Dimension.LICENSE: 1,
    Dimension.NAMESPACE: 2,
    Dimension.TASK: 3,
    Dimension.LIBRARY: 4,
    Dimension.ACCESS: 5,
    Dimension.DERIVATION: 6,
}
"""Creators, their kinds and countries, and families of licenses have no code: they are added up when a question is asked."""

_SEPARATOR = "\n"
"""Between the licenses or tags of one model; no tag holds a line break."""

_PARAMETERS = 500
"""How many values one IN list gets; both databases allow more, and gain nothing from it."""


class SqlHistory:
    """The :class:`analytics.storage.history.History` that a database keeps, and the one place that writes it."""

    def __init__(self, database: sa.Engine) -> None:
        """Use a database that :func:`analytics.storage.database.upgrade` has brought up to date."""
        self._database = database
        self._lists: tuple[tuple[int, int] | None, Mapping[ListName, tuple[Snapshot, ...]]] = None, {}

    def snapshots(self, within: ListName) -> tuple[Snapshot, ...]:
        """See :class:`analytics.storage.history.History`."""
        return self.lists().get(within, ())

    def lists(self) -> Mapping[ListName, tuple[Snapshot, ...]]:
        """See :class:`analytics.storage.history.History`."""
        version = self.version()
        if self._lists[0] != version:
            ordered = sa.select(SNAPSHOT).order_by(SNAPSHOT.c.taken_on, SNAPSHOT.c.size, SNAPSHOT.c.id.desc())
            found: dict[ListName, list[Snapshot]] = {}
            with reaching(), self._database.connect() as connection:
                for row in connection.execute(ordered):
                    found.setdefault(ListName(row.list), []).append(_snapshot(row))
            # What came between the two looks is read again the next time.
            self._lists = version, {name: tuple(those) for name, those in found.items()}
        return self._lists[1]

    def version(self) -> tuple[int, int]:
        """Return two numbers that change when a snapshot comes or goes: how many there are, and the last one's id."""
        with reaching(), self._database.connect() as connection:
            many, last = connection.execute(sa.select(sa.func.count(), sa.func.max(SNAPSHOT.c.id)).select_from(SNAPSHOT)).one()
        return many, last or 0

    def latest(self) -> dict[str, Snapshot]:
        """Return each list's last snapshot."""
        return {name.value: snapshots[-1] for name, snapshots in self.lists().items()}

    def counts(self, snapshots: Sequence[int], dimension: Dimension | None, task: str = "") -> list[tuple[int, Count]]:
        """See :class:`analytics.storage.history.History`."""
        name, asked = WORD.alias(), WORD.alias()
        c = ROLLUP.c
        chosen = (
            sa.select(c.snapshot, name.c.text, c.models, c.downloads, c.likes)
            .join_from(ROLLUP, name, name.c.id == c.name)
            .where(
                c.dimension == _CODES[dimension],
                c.task == sa.select(asked.c.id).where(asked.c.digest == _digest(task)).scalar_subquery(),
            )
        )
        with reaching(), self._database.connect() as connection:
            return [
                (row.snapshot, Count(dimension, row.text, task, row.models, row.downloads, row.likes))
                for ids in _runs(snapshots)
                for row in connection.execute(chosen.where(c.snapshot.in_(ids)))
            ]

    def models(self, snapshot: int) -> tuple[Model, ...]:
        """See :class:`analytics.storage.history.History`."""
        chosen = _LISTINGS.where(LISTING.c.snapshot == snapshot).order_by(LISTING.c.rank)
        with reaching(), self._database.connect() as connection:
            return tuple(_model(row) for row in connection.execute(chosen))

    def trail(self, model_ids: Sequence[str], within: ListName) -> list[tuple[int, int, Model]]:
        """See :class:`analytics.storage.history.History`."""
        chosen = _LISTINGS.join(SNAPSHOT, SNAPSHOT.c.id == LISTING.c.snapshot).where(SNAPSHOT.c.list == within.value)
        with reaching(), self._database.connect() as connection:
            return [
                (row.snapshot, row.rank, _model(row))
                for digests in _runs([_digest(name) for name in model_ids])
                for row in connection.execute(chosen.where(_MODEL.c.digest.in_(digests)))
            ]

    def find(self, within: ListName, taken_on: date, source: str) -> Snapshot | None:
        """Return the snapshot of a list that this source gave on this day, if it is stored."""
        c = SNAPSHOT.c
        chosen = sa.select(SNAPSHOT).where(c.list == within.value, c.taken_on == taken_on, c.source == source)
        with reaching(), self._database.connect() as connection:
            row = connection.execute(chosen).one_or_none()
        return _snapshot(row) if row else None

    def on_days(self, days: Sequence[date]) -> list[Snapshot]:
        """Return the snapshots of every list on these days, ordered as :meth:`snapshots` orders them."""
        ordered = sa.select(SNAPSHOT).order_by(SNAPSHOT.c.taken_on, SNAPSHOT.c.size, SNAPSHOT.c.id.desc())
        # Named, so that the unique index finds the days: without a list, each look would read every snapshot.
        within = SNAPSHOT.c.list.in_([name.value for name in ListName])
        with reaching(), self._database.connect() as connection:
            return [
                _snapshot(row)
                for run in _runs(days)
                for row in connection.execute(ordered.where(within, SNAPSHOT.c.taken_on.in_(run)))
            ]

    def add(self, batch: Iterable[tuple[Listing, list[Count]]]) -> list[Snapshot]:
        """Write listings with their rollups in one transaction: all of them or, on any failure, none.

        A listing that is stored already (same list, day and source) stays as it is and is left out of what is returned,
        also when another process stores it at the same moment.
        """
        with writing(self._database) as connection:
            return _add(connection, list(batch))


_MODEL = WORD.alias("model_word")
_WORDS = {name: WORD.alias(f"{name}_word") for name in _TEXTS}
_FROM: sa.FromClause = LISTING.join(_MODEL, _MODEL.c.id == LISTING.c.model)
for _name, _alias in _WORDS.items():
    _FROM = _FROM.outerjoin(_alias, _alias.c.id == LISTING.c[_name])
_LISTINGS = sa.select(
    LISTING.c.snapshot,
    LISTING.c.rank,
    _MODEL.c.text.label("id"),
    LISTING.c.downloads,
    LISTING.c.likes,
    LISTING.c.trending,
    LISTING.c.downloads_all_time,
    *(alias.c.text.label(name) for name, alias in _WORDS.items()),
).select_from(_FROM)


def _add(connection: sa.Connection, batch: Sequence[tuple[Listing, list[Count]]]) -> list[Snapshot]:
    """Write what is not there yet; a statement writes the rows of the whole batch, so that small listings cost little each."""
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
        Snapshot(number, listing.taken_on, listing.list, listing.source, _size(listing), listing.simulated, listing.odd_rows)
        for number, listing, _ in new
    ]


def _claim(connection: sa.Connection, listings: Sequence[Listing]) -> dict[tuple[str, date, str], int]:
    """Enter the snapshots that are not there yet, and return their ids by list, day and source."""
    if not listings:
        return {}
    rows = [
        {
            "taken_on": listing.taken_on,
            "list": listing.list.value,
            "source": listing.source,
            "size": _size(listing),
            "simulated": listing.simulated,
            "odd_rows": listing.odd_rows,
        }
        for listing in listings
    ]
    c = SNAPSHOT.c
    claim = _insert(connection, SNAPSHOT).on_conflict_do_nothing().returning(c.id, c.list, c.taken_on, c.source)
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
        "dimension": _CODES[count.dimension],
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
    """Return the number of each text, giving one to those that have none yet."""
    digests = {_digest(text): text for text in texts}
    known: dict[str, int] = {}
    missing = list(digests)
    for first in (True, False):
        for run in _runs(missing):
            rows = connection.execute(sa.select(WORD.c.id, WORD.c.digest).where(WORD.c.digest.in_(run)))
            known.update({digests[bytes(row.digest)]: row.id for row in rows})
        missing = [digest for digest, text in digests.items() if text not in known]
        if missing and first:
            # In one order everywhere: two writers that lock the same new words in turn would wait for each other for ever.
            fresh = [{"digest": digest, "text": digests[digest]} for digest in sorted(missing)]
            connection.execute(_insert(connection, WORD).on_conflict_do_nothing(), fresh)
    return known


def _insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _texts(model: Model) -> dict[str, str | None]:
    return {
        "licenses": None if model.licenses is None else _SEPARATOR.join(model.licenses),
        "task": model.task,
        "library": model.library,
        "created": model.created,
        "gated": model.gated,
        "tags": _SEPARATOR.join(model.tags),
        "hub_id": model.hub_id,
    }


def _snapshot(row: Any) -> Snapshot:  # noqa: ANN401 - SQLAlchemy's rows are typed by their columns alone
    return Snapshot(row.id, row.taken_on, ListName(row.list), row.source, row.size, row.simulated, row.odd_rows)


def _model(row: Any) -> Model:  # noqa: ANN401 - as above
    return Model(
        id=row.id,
        downloads=row.downloads,
        likes=row.likes,
        licenses=None if row.licenses is None else tuple(filter(None, row.licenses.split(_SEPARATOR))),
        task=row.task,
        library=row.library,
        trending=row.trending,
        created=row.created,
        gated=row.gated,
        tags=tuple(filter(None, row.tags.split(_SEPARATOR))),
        hub_id=row.hub_id,
        downloads_all_time=row.downloads_all_time,
    )


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def _runs(values: Sequence[_Value]) -> Iterable[Sequence[_Value]]:
    return (values[start : start + _PARAMETERS] for start in range(0, len(values), _PARAMETERS))
