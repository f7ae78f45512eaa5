"""Reads and writes snapshots, listings and rollups in SQLite or PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from analytics.domain import LIVE, Count, Dimension, ListName, Model, Snapshot
from analytics.names.spellings import FOLDED, folded
from analytics.storage import snapshot_writer
from analytics.storage.database import reaching, writing
from analytics.storage.schema import CODES, LISTING, ROLLUP, SEPARATOR, SNAPSHOT, TEXTS, WORD, chunks, digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from analytics.domain import Listing


class SqlHistory:
    """A :class:`analytics.storage.history.History` in a database."""

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
            ordered = sa.select(SNAPSHOT).order_by(*_ORDER)
            by_list: dict[ListName, list[Snapshot]] = {}
            with reaching(), self._database.connect() as connection:
                for row in connection.execute(ordered):
                    by_list.setdefault(ListName(row.list), []).append(_snapshot(row))
            # A snapshot stored between the two reads changes the version, so the next call reads again.
            self._lists = version, {name: tuple(snapshots) for name, snapshots in by_list.items()}
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
                c.dimension == CODES[dimension],
                c.task == sa.select(asked.c.id).where(asked.c.digest == digest(task)).scalar_subquery(),
            )
        )
        with reaching(), self._database.connect() as connection:
            counts = [
                (row.snapshot, Count(dimension, row.text, task, row.models, row.downloads, row.likes))
                for ids in chunks(snapshots)
                for row in connection.execute(chosen.where(c.snapshot.in_(ids)))
            ]
        # Snapshots stored before a spelling was known have it as a name of its own.
        return folded(counts) if dimension in FOLDED else counts

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
                for digests in chunks([digest(name) for name in model_ids])
                for row in connection.execute(chosen.where(_MODEL.c.digest.in_(digests)))
            ]

    def facts(self, model_ids: Sequence[str], snapshots: Sequence[int]) -> list[tuple[int, Model]]:
        """See :class:`analytics.storage.history.History`."""
        models: dict[tuple[Any, ...], Model] = {}  # most dates repeat what the one before says
        with reaching(), self._database.connect() as connection:
            return [
                (number, models.get(tuple(facts)) or models.setdefault(tuple(facts), _model_with(*facts)))
                for ids in chunks(snapshots)
                for digests in chunks([digest(name) for name in model_ids])
                for number, *facts in connection.execute(_FACTS.where(LISTING.c.snapshot.in_(ids), _MODEL.c.digest.in_(digests)))
            ]

    def find(self, within: ListName, taken_on: date, source: str) -> Snapshot | None:
        """Return the stored snapshot of a list, day and source, if there is one."""
        c = SNAPSHOT.c
        chosen = sa.select(SNAPSHOT).where(c.list == within.value, c.taken_on == taken_on, c.source == source)
        with reaching(), self._database.connect() as connection:
            row = connection.execute(chosen).one_or_none()
        return _snapshot(row) if row else None

    def on_days(self, days: Sequence[date]) -> list[Snapshot]:
        """Return the snapshots of every list on these days, ordered as :meth:`snapshots` orders them."""
        ordered = sa.select(SNAPSHOT).order_by(*_ORDER)
        # Named, so that the unique index finds the days: without a list, each look would read every snapshot.
        within = SNAPSHOT.c.list.in_([name.value for name in ListName])
        with reaching(), self._database.connect() as connection:
            return [
                _snapshot(row)
                for run in chunks(days)
                for row in connection.execute(ordered.where(within, SNAPSHOT.c.taken_on.in_(run)))
            ]

    def add(self, batch: Iterable[tuple[Listing, list[Count]]]) -> list[Snapshot]:
        """Write listings with their rollups in one transaction: all of them or, on any failure, none.

        A listing that is stored already (same list, day and source) stays as it is and is left out of what is returned,
        also when another process stores it at the same moment.
        """
        with writing(self._database) as connection:
            return snapshot_writer.write(connection, list(batch))


_ORDER = (SNAPSHOT.c.taken_on, sa.case((SNAPSHOT.c.source == LIVE, 1), else_=0), SNAPSHOT.c.size, SNAPSHOT.c.id.desc())
"""By day. The last of a day is the one that was taken live, else the largest, and of equal ones the first stored."""
_MODEL = WORD.alias("model_word")
_WORDS = {name: WORD.alias(f"{name}_word") for name in TEXTS}
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
_FACT_WORDS = [_WORDS[name] for name in ("licenses", "task", "library", "tags")]
_KNOWN: sa.FromClause = LISTING.join(_MODEL, _MODEL.c.id == LISTING.c.model)
for _alias, _name in zip(_FACT_WORDS, ("licenses", "task", "library", "tags"), strict=True):
    _KNOWN = _KNOWN.outerjoin(_alias, _alias.c.id == LISTING.c[_name])
_FACTS = sa.select(LISTING.c.snapshot, _MODEL.c.text, *(alias.c.text for alias in _FACT_WORDS)).select_from(_KNOWN)


def _snapshot(row: Any) -> Snapshot:  # noqa: ANN401 - SQLAlchemy's rows are typed by their columns alone
    return Snapshot(row.id, row.taken_on, ListName(row.list), row.source, row.size, row.simulated, row.odd_rows)


def _model(row: Any) -> Model:  # noqa: ANN401 - as above
    return Model(
        id=row.id,
        downloads=row.downloads,
        likes=row.likes,
        licenses=_licenses(row.licenses),
        task=row.task,
        library=row.library,
        trending=row.trending,
        created=row.created,
        gated=row.gated,
        tags=_tags(row.tags),
        hub_id=row.hub_id,
        downloads_all_time=row.downloads_all_time,
    )


def _model_with(model_id: str, licenses: str | None, task: str | None, library: str | None, tags: str) -> Model:
    return Model(model_id, 0, licenses=_licenses(licenses), task=task, library=library, tags=_tags(tags))


def _licenses(words: str | None) -> tuple[str, ...] | None:
    return None if words is None else tuple(filter(None, words.split(SEPARATOR)))


def _tags(words: str) -> tuple[str, ...]:
    return tuple(filter(None, words.split(SEPARATOR)))
