"""What is to happen once in a slot of time, across all processes: whoever is first here does it."""

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
    """Remembers jobs by slot."""

    def __init__(self, database: sa.Engine) -> None:
        """Remember in ``database``."""
        self._database = database

    def first(self, job: str, slot: str) -> bool:
        """Tell whether nobody did this before; of several at the same moment exactly one is told so."""
        with writing(self._database) as connection:
            return insert_if_absent(connection, DONE, job=job, slot=slot, done_at=now())

    def slots(self, job: str, begin: str, end: str) -> list[str]:
        """Return the slots of a job from ``begin`` up to and with ``end``, in order."""
        c = DONE.c
        with reaching(), self._database.connect() as connection:
            return list(connection.scalars(sa.select(c.slot).where(c.job == job, c.slot.between(begin, end)).order_by(c.slot)))

    def prune(self, older_than: timedelta) -> int:
        """Forget what was done longer ago; returns how much."""
        with writing(self._database) as connection:
            return connection.execute(DONE.delete().where(DONE.c.done_at < now() - older_than)).rowcount
