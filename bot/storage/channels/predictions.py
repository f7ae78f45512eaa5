"""Who said what of who will lead, and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from analytics.errors import QueryError
from analytics.storage.database import reaching, writing
from bot.domain.outbox import Bet, Outcome
from bot.storage.insert import insert_if_absent
from bot.storage.schema import BET

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 20
"""Open bets that one person may have in a workspace."""
_B = BET.c


class BetStore:
    """The bets of all workspaces; every look at one names its workspace, but for what settles them."""

    def __init__(self, database: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Keep them in ``database``; ``clock`` gives aware moments."""
        self._database = database
        self._clock = clock

    def place(
        self, workspace: str, channel: str, person: str, *, question: str, month: str, name: str, percent: int
    ) -> tuple[Bet, Bet | None]:
        """Place a bet, or change the one that the person has on that question; returns it, and what it was before.

        Raises:
            QueryError: for one more than a person may have open.
            StoreError: when the database cannot be used.

        """
        mine = {"workspace": workspace, "channel": channel, "person": person, "question": question, "month": month}
        same = [BET.c[column] == value for column, value in mine.items()]
        said: dict[str, Any] = {"name": name, "percent": percent}
        said["placed_at"] = self._clock().astimezone(UTC).replace(tzinfo=None)
        with writing(self._database) as connection:
            before = connection.execute(sa.select(BET).where(*same).with_for_update()).one_or_none()
            if before is None:
                theirs = (_B.workspace == workspace, _B.person == person, _B.outcome.is_(None))
                if (connection.scalar(sa.select(sa.func.count()).where(*theirs)) or 0) >= MOST:
                    raise QueryError(f"You have {MOST} open bets, and more are not kept; “unbet” takes one back.", ("bets",))
            if before or not insert_if_absent(connection, BET, **mine, **said):
                connection.execute(BET.update().where(*same, _B.outcome.is_(None)).values(**said))
            placed = connection.execute(sa.select(BET).where(*same)).one()
        return _bet(placed), _bet(before) if before else None

    def withdraw(self, workspace: str, id_: int, person: str) -> bool:
        """Take back somebody's own open bet; tells whether it was there."""
        own = (_B.workspace == workspace, _B.id == id_, _B.person == person, _B.outcome.is_(None))
        with writing(self._database) as connection:
            return connection.execute(BET.delete().where(*own)).rowcount > 0

    def get(self, workspace: str, id_: int) -> Bet | None:
        """Return a workspace's bet by its id."""
        return next(iter(self._where(_B.workspace == workspace, _B.id == id_)), None)

    def in_channel(self, workspace: str, channel: str) -> list[Bet]:
        """Return a channel's bets, open and settled, by month and then the oldest first."""
        return self._where(_B.workspace == workspace, _B.channel == channel)

    def over(self, before: str) -> list[Bet]:
        """Return the open bets of any workspace on months earlier than ``before``."""
        return self._where(_B.outcome.is_(None), _B.month < before)

    @staticmethod
    def settle(connection: sa.Connection, bet: Bet, outcome: Outcome) -> bool:
        """Record what became of a bet, once; tells whether the caller was the first to."""
        undecided = (_B.id == bet.id, _B.outcome.is_(None))
        return connection.execute(BET.update().where(*undecided).values(outcome=outcome)).rowcount > 0

    def _where(self, *conditions: sa.ColumnElement[bool]) -> list[Bet]:
        wanted = sa.select(BET).where(*conditions).order_by(_B.month, _B.id)
        with reaching(), self._database.connect() as connection:
            return [_bet(row) for row in connection.execute(wanted)]


def _bet(row: sa.Row[Any]) -> Bet:
    values = dict(row._mapping)  # noqa: SLF001 - a documented name
    values["outcome"] = Outcome(values["outcome"]) if values["outcome"] else None
    return Bet(**(values | {"placed_at": values["placed_at"].replace(tzinfo=UTC)}))
