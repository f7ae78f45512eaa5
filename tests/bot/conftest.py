"""A simulated history that every door can be asked about, in a real SQLite file."""

from __future__ import annotations

import pytest
from simulation import filled

from analytics.storage import database
from analytics.storage.sql_history import SqlHistory


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database with four months of simulated history."""
    return filled(tmp_path_factory.mktemp("simulated") / "hfstats.db")


@pytest.fixture(scope="session")
def history(simulated: str) -> SqlHistory:
    return SqlHistory(database.engine(simulated))


@pytest.fixture(scope="session")
def long_history(tmp_path_factory: pytest.TempPathFactory) -> SqlHistory:
    """Fourteen months of it, which a forecast needs."""
    return SqlHistory(database.engine(filled(tmp_path_factory.mktemp("simulated") / "long.db", months=14)))
