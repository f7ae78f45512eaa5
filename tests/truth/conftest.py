"""The real listings twice: in a store that the product filled and is asked through, and as the reference reads them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from build_once import build_once
from click.testing import CliRunner
from data.real_listings import complete_files
from truth import listings
from truth.asking import agreement, imported
from truth.reference import today

from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from truth.listings import Snapshot
    from truth.reference import Asked


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Path]:
    return complete_files(tmp_path_factory.mktemp("listings"))


@pytest.fixture(scope="session")
def recorded_listings(files: Sequence[Path]) -> tuple[Snapshot, ...]:
    """Every snapshot of the real listings with what its file records."""
    return listings.with_unions(one for path in files for one in listings.read(path, listings.LISTS[path.name[:-7]]))


@pytest.fixture(scope="session")
def real(recorded_listings: tuple[Snapshot, ...]) -> tuple[Snapshot, ...]:
    """Every snapshot of the real listings, as the reference reads them and fills them in."""
    return listings.filled(recorded_listings, today)


@pytest.fixture(scope="session")
def url(files: Sequence[Path]) -> str:
    """The address of a store into which the command line imported every real listing."""
    return f"sqlite:///{build_once('truth.db', lambda path: imported(path, files))}"


@pytest.fixture(scope="session")
def history(url: str) -> SqlHistory:
    return SqlHistory(database.engine(url))


@pytest.fixture(scope="session")
def agree(history: SqlHistory, real: tuple[Snapshot, ...]) -> Callable[[Iterable[Asked]], None]:
    """Ask the product and the reference the same questions and fail with the places where their answers differ."""
    return agreement(history, real)


@pytest.fixture(scope="session")
def typed(url: str) -> Callable[..., dict[str, Any]]:
    """What the command line prints for the words, as JSON."""

    def run(*words: str) -> dict[str, Any]:
        result = CliRunner().invoke(main, ["ask", *words, "--json"], env={"DATABASE_URL": url})
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return run
