"""Planned imports of dumps. A process holds a dump by a lease that it renews; an expired lease can be taken over."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from analytics.storage.database import reaching, writing
from bot.domain.dump import Dump, State
from bot.domain.outbox import RetryAt
from bot.storage.insert import insert_if_absent
from bot.storage.schema import DUMP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from bot.domain.dump import DumpRequest

LEASE = timedelta(seconds=60)
"""Length of a lease."""
ATTEMPTS = 6
"""Unfinished attempts after which an import fails for good."""
_D = DUMP.c
_NAMES = ("repo", "path", "revision", "taken_on", "id", "state", "attempts", "models", "error")
_COLUMNS = (_D.columns, *(DUMP.c[name] for name in _NAMES))
_OPEN = (State.WAITING, State.COUNTING)


class DumpStore:
    """The planned imports of all repositories."""

    def __init__(self, database: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``clock`` returns the current time, timezone-aware."""
        self._database = database
        self._clock = clock

    def plan(self, wanted: Iterable[DumpRequest]) -> int:
        """Plan imports; one of the same repository and day is kept unless it failed. Returns the number of new or retried ones.

        Raises:
            StoreError: when the database cannot be used.

        """
        now, many = self._now(), 0
        with writing(self._database) as connection:
            for dump in wanted:
                values: dict[str, Any] = {"path": dump.path, "revision": dump.revision, "columns": json.dumps(dict(dump.columns))}
                values |= {"state": State.WAITING, "not_before": now, "attempts": 0, "changed_at": now}
                if insert_if_absent(connection, DUMP, repo=dump.repo, taken_on=dump.taken_on, **values):
                    many += 1
                    continue
                failed = (_D.repo == dump.repo, _D.taken_on == dump.taken_on, _D.state == State.FAILED)
                again = DUMP.update().where(*failed).values(error=None, queued_at=None, owner=None, until=None, **values)
                many += connection.execute(again).rowcount
        return many

    def next(self) -> int | None:
        """Return the id of the latest day that can be claimed now."""
        with reaching(), self._database.connect() as connection:
            wanted = sa.select(_D.id).where(*self._free(self._now())).order_by(_D.taken_on.desc(), _D.id).limit(1)
            return connection.scalar(wanted)

    def open(self) -> bool:
        """Return whether any import is waiting or in progress."""
        with reaching(), self._database.connect() as connection:
            return connection.scalar(sa.select(_D.id).where(_D.state.in_(_OPEN)).limit(1)) is not None

    def take_unqueued(self, many: int) -> list[int]:
        """Return the ids of waiting imports that aren't queued, latest days first, and mark them as queued."""
        now = self._now()
        with writing(self._database) as connection:
            waiting = (*self._free(now), _D.queued_at.is_(None))
            ids = list(connection.scalars(sa.select(_D.id).where(*waiting).order_by(_D.taken_on.desc(), _D.id).limit(many)))
            connection.execute(DUMP.update().where(_D.id.in_(ids)).values(queued_at=now))
        return ids

    def claim(self, id_: int, owner: str) -> Dump | RetryAt | None:
        """Take a lease on an import for ``owner``; ``None`` if it's finished or doesn't exist."""
        now = self._now()
        with writing(self._database) as connection:
            row = connection.execute(sa.select(DUMP).where(_D.id == id_).with_for_update()).one_or_none()
            if row is None or row.state not in _OPEN:
                return None
            if row.state == State.COUNTING and row.until > now:
                return RetryAt(row.until.replace(tzinfo=UTC))
            if row.not_before > now:
                return RetryAt(row.not_before.replace(tzinfo=UTC))
            # Counted at the start, so that a dump that kills its process isn't retried forever.
            mine = {"state": State.COUNTING, "owner": owner, "until": now + LEASE, "attempts": row.attempts + 1}
            connection.execute(DUMP.update().where(_D.id == id_).values(**mine, changed_at=now))
            return _dump(connection.execute(sa.select(*_COLUMNS).where(_D.id == id_)).one())

    def renew(self, id_: int, owner: str) -> bool:
        """Renew the lease; ``False`` if ``owner`` no longer holds it."""
        return self._changed(id_, owner, until=self._now() + LEASE)

    def done(self, id_: int, owner: str, models: int | None) -> bool:
        """Mark an import as done."""
        return self._changed(id_, owner, state=State.DONE, models=models, error=None, owner=None, until=None)

    def failed(self, id_: int, owner: str, error: str) -> bool:
        """Mark an import as failed."""
        return self._changed(id_, owner, state=State.FAILED, error=_short(error), owner=None, until=None)

    def reschedule(self, id_: int, owner: str, at: datetime, error: str | None = None, *, begun: bool = True) -> RetryAt:
        """Schedule another attempt at ``at``; with ``begun=False``, the current one doesn't count."""
        later: dict[str, Any] = {"not_before": at.astimezone(UTC).replace(tzinfo=None), "state": State.WAITING}
        later |= {"owner": None, "until": None, "error": error and _short(error)}
        if not begun:
            later["attempts"] = _D.attempts - 1
        self._changed(id_, owner, **later)
        return RetryAt(at)

    def find(self, repo: str | None = None, since: date | None = None) -> list[Dump]:
        """Return imports, latest day first."""
        where = ([_D.repo == repo] if repo else []) + ([_D.taken_on >= since] if since else [])
        with reaching(), self._database.connect() as connection:
            rows = connection.execute(sa.select(*_COLUMNS).where(*where).order_by(_D.taken_on.desc(), _D.id)).all()
        return [_dump(row) for row in rows]

    def _free(self, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
        over = sa.and_(_D.state == State.COUNTING, _D.until <= now)
        return sa.or_(_D.state == State.WAITING, over), _D.not_before <= now

    def _changed(self, id_: int, holder: str, **values: Any) -> bool:  # noqa: ANN401 - the columns' own types
        mine = (_D.id == id_, _D.state == State.COUNTING, _D.owner == holder)
        with writing(self._database) as connection:
            return connection.execute(DUMP.update().where(*mine).values(**values, changed_at=self._now())).rowcount > 0

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC).replace(tzinfo=None)


def _short(error: str) -> str:
    return error if len(error) <= 500 else f"{error[:499]}…"


def _dump(row: Sequence[Any]) -> Dump:
    values = dict(zip(_NAMES, row[1:], strict=True))
    return Dump(**{**values, "columns": json.loads(row[0]), "state": State(values["state"])})
