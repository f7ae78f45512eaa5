"""A simulated history in a SQLite file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from simulation import filled
from slack_app import empty_pool, http, slack

from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot.analytics_pool.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.store_summary import Entry

__all__ = ["empty_pool", "http", "slack"]


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


@pytest.fixture(scope="session")
def pool(simulated: str) -> Iterator[Pool]:
    """The analytics processes on it; nobody closes or hurts them."""
    pool = Pool(simulated)
    pool.warm()
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def entries(pool: Pool) -> tuple[Entry, ...]:
    return pool.entries()
