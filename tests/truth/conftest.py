"""The real listings twice: in a store that the product filled and is asked through, and as the reference reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from build_once import build_once
from click.testing import CliRunner
from truth import listings
from truth.asking import agreement, imported

from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from truth.listings import Snapshot
    from truth.reference import Asked

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "listings"


@pytest.fixture(scope="session")
def files() -> list[Path]:
    found = sorted(FOLDER.glob("*.csv.gz"))
    if not found:
        pytest.skip("the real listings (../shared/data) are not on this machine")
    return found


@pytest.fixture(scope="session")
def real(files: list[Path]) -> tuple[Snapshot, ...]:
    """Every snapshot of the real listings, as the reference reads them."""
    return listings.with_unions(one for path in files for one in listings.read(path, listings.LISTS[path.name[:-7]]))


@pytest.fixture(scope="session")
def url(files: list[Path]) -> str:
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
