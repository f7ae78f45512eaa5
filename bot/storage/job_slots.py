"""Ensure that a job runs once per time slot across all processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from analytics.storage.database import reaching, writing
from bot.storage.clock import now
from bot.storage.insert import insert_if_absent
from bot.storage.schema import DONE

if TYPE_CHECKING:
    from datetime import timedelta


class JobSlots:
    """Jobs done, by slot."""

    def __init__(self, database: sa.Engine) -> None:
        """Store them in ``database``."""
        self._database = database

    def first(self, job: str, slot: str) -> bool:
        """Claim a slot; returns ``True`` for exactly one caller across all processes."""
        with writing(self._database) as connection:
            return insert_if_absent(connection, DONE, job=job, slot=slot, done_at=now())

    def slots(self, job: str, begin: str, end: str) -> list[str]:
        """Return a job's slots from ``begin`` to ``end`` inclusive, in order."""
        c = DONE.c
        with reaching(), self._database.connect() as connection:
            return list(connection.scalars(sa.select(c.slot).where(c.job == job, c.slot.between(begin, end)).order_by(c.slot)))

    def prune(self, older_than: timedelta) -> int:
        """Delete older slots; returns their number."""
        with writing(self._database) as connection:
            return connection.execute(DONE.delete().where(DONE.c.done_at < now() - older_than)).rowcount
