"""The handmade history, and empty databases of both kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import handmade
import pytest
from databases import BOTH_DATABASES, migrated

from analytics.storage import database
from analytics.storage.sql_history import SqlHistory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import sqlalchemy as sa


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlHistory]:
    """Five months made by hand, in a real SQLite file; nobody writes to it."""
    found = handmade.stored(list(handmade.listings()), tmp_path_factory.mktemp("handmade") / "hfstats.db")
    yield found
    found._database.dispose()


@pytest.fixture(scope="session")
def long_history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlHistory]:
    """The same with seven months before it."""
    found = handmade.stored(list(handmade.long_listings()), tmp_path_factory.mktemp("handmade") / "long.db")
    yield found
    found._database.dispose()


@pytest.fixture(params=BOTH_DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database: without tables, or with all of them where ``engine`` is asked for, too."""
    has_tables = "engine" in request.fixturenames
    if request.param == "postgres":
        return str(request.getfixturevalue("migrated_postgres_url" if has_tables else "postgres_url"))
    return migrated(tmp_path / "new.db") if has_tables else f"sqlite:///{tmp_path / 'new.db'}"


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    """A database with tables and nothing in them."""
    opened = database.engine(url)
    yield opened
    opened.dispose()


@pytest.fixture
def store(engine: sa.Engine) -> SqlHistory:
    return SqlHistory(engine)
