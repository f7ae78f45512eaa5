"""A simulated history that every door can be asked about, in a real SQLite file."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

import pytest

from analytics import database, demo, ingest
from analytics.store import SqlHistory

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 8, 22)


def filled(path: Path, months: int = 4) -> str:
    """Fill a new database with a simulated history and return its address."""
    url = f"sqlite:///{path}"
    engine = database.engine(url)
    database.upgrade(engine)
    history = SqlHistory(engine)
    for _, day in groupby(demo.listings(TODAY, months=months), key=lambda listing: listing.taken_on):
        ingest.store(list(day), history)
    engine.dispose()
    return url


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database with four months of simulated history."""
    return filled(tmp_path_factory.mktemp("simulated") / "hfstats.db")


@pytest.fixture(scope="session")
def history(simulated: str) -> SqlHistory:
    return SqlHistory(database.engine(simulated))
