"""Time limits for database statements, by budget, and PostgreSQL connections that respect them."""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 60.0
"""Default time limit of a statement on PostgreSQL, in seconds."""
LOCKED = 10.0
"""Default time that a statement waits for a locked SQLite file, in seconds."""
LEAST = 0.25
"""Least time limit of a statement, in seconds, even with the budget used up, so that a recovered database is used again."""

KEEPALIVES = {"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
"""libpq's parameters, in seconds (the last in milliseconds): an unreachable server is noticed within 25 s."""


@dataclass(slots=True)
class _Budget:
    seconds: float | None


_BUDGET: ContextVar[_Budget | None] = ContextVar("database_budget", default=None)


@contextmanager
def at_most(seconds: float | None) -> Iterator[None]:
    """Limit the total time that the code inside waits for the database; ``None`` is without limit.

    Each statement gets the rest, but at least :data:`LEAST`. An inner budget also counts against the outer one.
    """
    outer = _BUDGET.get()
    if seconds is not None and outer and outer.seconds is not None:
        seconds = min(seconds, outer.seconds)
    inner = _Budget(seconds)
    token = _BUDGET.set(inner)
    try:
        yield
    finally:
        _BUDGET.reset(token)
        if seconds is not None and inner.seconds is not None:
            _spend(outer, seconds - inner.seconds)


@contextmanager
def spending() -> Iterator[None]:
    """Subtract the time inside from the budget."""
    began = time.monotonic()
    try:
        yield
    finally:
        _spend(_BUDGET.get(), time.monotonic() - began)


def _spend(budget: _Budget | None, seconds: float) -> None:
    if budget and budget.seconds is not None:
        budget.seconds -= seconds


def patience(longest: float) -> float | None:
    """Return the time limit of a statement in seconds, ``longest`` without a budget; ``None`` is without limit."""
    budget = _BUDGET.get()
    if budget is None:
        return longest
    return None if budget.seconds is None else min(longest, max(LEAST, budget.seconds))


def connected(arguments: list[Any], parameters: dict[str, Any]) -> Any:  # noqa: ANN401 - the driver's connection, and its arguments
    """Connect to PostgreSQL by psycopg; waits on this connection are limited by :func:`patience`.

    A stopped server can't enforce ``statement_timeout``, so the client enforces the limit.
    """
    within = patience(LOCKED) or LOCKED
    return _bounded().connect(*arguments, **{**parameters, "connect_timeout": max(2, round(within))})


@cache
def _bounded() -> Any:  # noqa: ANN401 - a class of the driver's, which is loaded only here
    import psycopg  # noqa: PLC0415 - not where there is no PostgreSQL

    class Bounded(psycopg.Connection[Any]):
        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:  # noqa: ANN401 - psycopg's own
            limit = patience(LONGEST) if timeout is None else timeout
            try:
                return super().wait(gen, interval, limit)
            except psycopg.errors._WaitTimeout:  # noqa: SLF001 - what psycopg documents to be raised here
                self.pgconn.finish()  # a late result must not be taken for that of another statement
                raise psycopg.OperationalError(f"no answer within {limit:.1f} s") from None

    return Bounded
