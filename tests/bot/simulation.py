"""A database with a simulated history."""

from __future__ import annotations

import shutil
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from build_once import build_once
from databases import upgrade_all

from analytics.sources import simulation
from analytics.storage import database, ingest
from analytics.storage.sql_history import SqlHistory

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 8, 22)


def filled(path: Path, months: int = 4) -> str:
    """Make a database with a simulated history and return its address."""
    shutil.copy(build_once(f"simulated-{months}.db", lambda draft: _build(draft, months)), path)
    return f"sqlite:///{path}"


def _build(path: Path, months: int) -> None:
    engine = database.engine(f"sqlite:///{path}")
    upgrade_all(engine)
    history = SqlHistory(engine)
    for _, day in groupby(simulation.listings(TODAY, months=months), key=lambda listing: listing.taken_on):
        ingest.store(list(day), history)
    engine.dispose()
