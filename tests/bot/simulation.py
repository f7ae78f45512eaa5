"""A database with a simulated history."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from analytics.sources import simulation
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 8, 22)


def filled(path: Path, months: int = 4) -> str:
    """Fill a new database with a simulated history and return its address."""
    url = f"sqlite:///{path}"
    engine = database.engine(url)
    database.upgrade(engine)
    history = SqlHistory(engine)
    for _, day in groupby(simulation.listings(TODAY, months=months), key=lambda listing: listing.taken_on):
        ingest.store(list(day), history)
    engine.dispose()
    return url
