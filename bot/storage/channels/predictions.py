"""People's bets and their outcomes."""

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
"""Open bets allowed per person and workspace."""
_B = BET.c


class BetStore:
    """The bets of all workspaces; queries by id also require the workspace."""

    def __init__(self, database: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """``clock`` returns the current time, timezone-aware."""
        self._database = database
        self._clock = clock

    def place(
        self, workspace: str, channel: str, person: str, *, question: str, month: str, name: str, percent: int
    ) -> tuple[Bet, Bet | None]:
        """Place a bet or change the person's bet on the same question; returns the bet and its earlier version.

        Raises:
            QueryError: when the person has too many open bets.
            StoreError: when the database cannot be used.

        """
        mine = {"workspace": workspace, "channel": channel, "person": person, "question": question, "month": month}
        same = [BET.c[column] == value for column, value in mine.items()]
        values: dict[str, Any] = {"name": name, "percent": percent}
        values["placed_at"] = self._clock().astimezone(UTC).replace(tzinfo=None)
        with writing(self._database) as connection:
            before = connection.execute(sa.select(BET).where(*same).with_for_update()).one_or_none()
            if before is None:
                theirs = (_B.workspace == workspace, _B.person == person, _B.outcome.is_(None))
                if (connection.scalar(sa.select(sa.func.count()).where(*theirs)) or 0) >= MOST:
                    raise QueryError(f"You have {MOST} open bets, which is the limit. Take one back with “unbet”.", ("bets",))
            if before or not insert_if_absent(connection, BET, **mine, **values):
                connection.execute(BET.update().where(*same, _B.outcome.is_(None)).values(**values))
            placed = connection.execute(sa.select(BET).where(*same)).one()
        return _bet(placed), _bet(before) if before else None

    def withdraw(self, workspace: str, id_: int, person: str) -> bool:
        """Delete a person's own open bet; returns whether it existed."""
        own = (_B.workspace == workspace, _B.id == id_, _B.person == person, _B.outcome.is_(None))
        with writing(self._database) as connection:
            return connection.execute(BET.delete().where(*own)).rowcount > 0

    def get(self, workspace: str, id_: int) -> Bet | None:
        """Return a workspace's bet by id."""
        return next(iter(self._where(_B.workspace == workspace, _B.id == id_)), None)

    def in_channel(self, workspace: str, channel: str) -> list[Bet]:
        """Return a channel's open and settled bets, by month and id."""
        return self._where(_B.workspace == workspace, _B.channel == channel)

    def open_of_person(self, workspace: str, person: str) -> list[Bet]:
        """Return a person's open bets in all channels, by month and id."""
        return self._where(_B.workspace == workspace, _B.person == person, _B.outcome.is_(None))

    def over(self, before: str) -> list[Bet]:
        """Return all workspaces' open bets for months earlier than ``before``."""
        return self._where(_B.outcome.is_(None), _B.month < before)

    @staticmethod
    def settle(connection: sa.Connection, bet: Bet, outcome: Outcome, base_rate: float | None = None) -> bool:
        """Record a bet's outcome and base rate; ``False`` if another process recorded them first."""
        undecided = (_B.id == bet.id, _B.outcome.is_(None))
        values = {"outcome": outcome, "base_rate": base_rate}
        return connection.execute(BET.update().where(*undecided).values(values)).rowcount > 0

    def _where(self, *conditions: sa.ColumnElement[bool]) -> list[Bet]:
        wanted = sa.select(BET).where(*conditions).order_by(_B.month, _B.id)
        with reaching(), self._database.connect() as connection:
            return [_bet(row) for row in connection.execute(wanted)]


def _bet(row: sa.Row[Any]) -> Bet:
    values = dict(row._mapping)  # noqa: SLF001 - a documented name
    values["outcome"] = Outcome(values["outcome"]) if values["outcome"] else None
    return Bet(**(values | {"placed_at": values["placed_at"].replace(tzinfo=UTC)}))
