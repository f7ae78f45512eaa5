"""How long somebody waits for a database that does not answer. Knows time budgets and PostgreSQL's connections, no table."""

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
"""Seconds that one statement may take on PostgreSQL where nothing else is set."""
LOCKED = 10.0
"""Seconds that one statement waits for a SQLite file that another process is writing, where nothing else is set."""
LEAST = 0.25
"""Seconds that every statement gets, also when the budget is used up: a database that is back is used again."""

KEEPALIVES = {"keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
"""libpq's parameters, in seconds (the last in milliseconds): a server that is gone from the network is noticed in 25 s."""


@dataclass(slots=True)
class _Budget:
    seconds: float | None


_BUDGET: ContextVar[_Budget | None] = ContextVar("database_budget", default=None)


@contextmanager
def at_most(seconds: float | None) -> Iterator[None]:
    """Let everything inside wait for the database so many seconds in total; ``None`` waits as long as it takes.

    Each statement gets what is left, and :data:`LEAST` at least. An inner budget counts against the outer one too.
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
    """Count the time inside against the budget."""
    began = time.monotonic()
    try:
        yield
    finally:
        _spend(_BUDGET.get(), time.monotonic() - began)


def _spend(budget: _Budget | None, seconds: float) -> None:
    if budget and budget.seconds is not None:
        budget.seconds -= seconds


def patience(longest: float) -> float | None:
    """Return the seconds that a statement may take now, ``longest`` where there is no budget; ``None`` is without limit."""
    budget = _BUDGET.get()
    if budget is None:
        return longest
    return None if budget.seconds is None else min(longest, max(LEAST, budget.seconds))


def connected(arguments: list[Any], parameters: dict[str, Any]) -> Any:  # noqa: ANN401 - the driver's connection, and its arguments
    """Connect to PostgreSQL by psycopg; no wait on this connection is longer than :func:`patience` allows.

    ``statement_timeout`` is kept by the server, and one that is stopped keeps nothing; so this end keeps the time.
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
                self.pgconn.finish()  # what the server still sends belongs to no statement any more
                raise psycopg.OperationalError(f"no answer within {limit:.1f} s") from None

    return Bounded
