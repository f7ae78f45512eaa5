"""Opening a database and bringing it up to date, on SQLite and on PostgreSQL; what fails is one sentence without a password."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from analytics.domain import Listing, ListName, Model
from analytics.errors import StoreError
from analytics.storage import database
from analytics.storage.schema import METADATA
from analytics.storage.sql_history import SqlHistory
from bot.storage.migration_state import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECRET = "hush-h%40sh"


def one_sentence(error: StoreError) -> str:
    said = str(error)
    assert said
    assert "\n" not in said
    assert len(said) <= 400
    for secret in (SECRET, "hush", "h@sh"):
        assert secret not in said
    return said


# Migrations.


def test_migrations_bring_an_empty_database_to_the_newest_version(url: str) -> None:
    engine = database.engine(url)
    assert database.revision(engine) is None
    with pytest.raises(StoreError, match=r"The database has no tables for snapshots yet\. Run: hfstats db upgrade"):
        database.check_current(engine)
    before, after = database.upgrade(engine)
    assert before is None
    assert database.revision(engine) == after
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == after, "as Alembic reads it"
    database.check_current(engine)
    assert database.upgrade(engine) == (after, after)
    engine.dispose()


@pytest.mark.parametrize("tables", [database.SNAPSHOTS, TABLES], ids=["snapshots", "bot"])
def test_the_version_that_the_program_needs_is_the_last_of_its_folder(tables: database.Migrations) -> None:
    assert ScriptDirectory(str(tables.folder)).get_current_head() == tables.head


def test_migrations_make_exactly_the_tables_that_the_store_uses(url: str) -> None:
    engine = database.engine(url)
    database.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_in_sqlite_they_are_the_same_to_the_letter(tmp_path: Path) -> None:
    migrated, made = (database.engine(f"sqlite:///{tmp_path / name}") for name in ("migrated.db", "made.db"))
    database.upgrade(migrated)
    METADATA.create_all(made)
    found = []
    for engine in (migrated, made):
        with engine.connect() as connection:
            rows = connection.execute(
                sa.text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'")
            )
            found.append({row.name: re.sub(r"\s+", " ", row.sql) for row in rows})
        engine.dispose()
    assert found[0] == found[1]
    assert all("WITHOUT ROWID" in found[0][name] for name in ("listing", "rollup"))


def test_a_database_of_a_newer_version_is_left_alone(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="The database is at version 9999, but hfstats needs 0") as raised:
        database.check_current(engine)
    one_sentence(raised.value)
    with pytest.raises(StoreError, match="9999") as raised:
        database.upgrade(engine)
    one_sentence(raised.value)
    assert database.revision(engine) == "9999"


def test_a_migration_that_fails_leaves_nothing(url: str) -> None:
    engine = database.engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE rollup (mine INTEGER)"))  # stands in the way of the last table
    with pytest.raises(StoreError, match="rollup"):
        database.upgrade(engine)
    assert sa.inspect(engine).get_table_names() == ["rollup"]
    engine.dispose()


UPGRADE = """
import sys
from analytics.storage import database
print(database.upgrade(database.engine(sys.argv[1])))
"""


def test_processes_that_upgrade_at_once_do_it_once(url: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", UPGRADE, url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    results = [process.communicate(timeout=60) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], results
    assert sum("(None, " in out for out, _ in results) == 1


# Opening.


@pytest.mark.postgres
@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_every_spelling_of_postgresql_opens(scheme: str, postgres_url: str) -> None:
    engine = database.engine(postgres_url.replace("postgresql", scheme, 1))
    assert engine.dialect.name == "postgresql"
    assert engine.driver == "psycopg"
    assert database.revision(engine) is None
    engine.dispose()


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    engine = database.engine(f"sqlite:///{tmp_path / 'not' / 'there' / 'hfstats.db'}")
    database.upgrade(engine)
    engine.dispose()
    assert (tmp_path / "not" / "there" / "hfstats.db").is_file()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"Can't create the folder for the database .*file/below/hfstats.db: .+\.$") as raised:
        database.engine(f"sqlite:///{tmp_path / 'file' / 'below' / 'hfstats.db'}")
    one_sentence(raised.value)


def test_sqlite_is_opened_for_many_readers_and_one_writer(tmp_path: Path) -> None:
    engine = database.engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 10_000
    engine.dispose()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "not an address",
        "hfstats.db",
        "/var/lib/hfstats.db",
        "postgresql",
        f"postgresql://user:{SECRET}@host:port/name",
        f"postgresql://user:{SECRET}@host:99999x/name",
        f"mysql://user:{SECRET}@localhost/name",
        f"mysql+pymysql://user:{SECRET}@localhost/name",
        f"mongodb://user:{SECRET}@localhost/name",
        f"redis://:{SECRET}@localhost/0",
        f"sqlite+nonsense://user:{SECRET}@/x.db",
    ],
)
def test_an_address_that_is_none_is_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(StoreError) as raised:
        database.engine(address)
    assert "DATABASE_URL" in one_sentence(raised.value)


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://user:{SECRET}@127.0.0.1:1/name",
        f"postgres://user:{SECRET}@127.0.0.1:1/name",
        f"postgresql://user:{SECRET}@/name?host=/nowhere",
        f"postgresql://user:{SECRET}@127.0.0.1:1/name?bogus=1",
    ],
)
def test_a_database_out_of_reach_is_a_sentence(address: str) -> None:
    engine = database.engine(address)
    doings: tuple[Callable[[], object], ...] = (
        lambda: database.upgrade(engine),
        lambda: database.revision(engine),
        lambda: database.check_current(engine),
        lambda: SqlHistory(engine).snapshots(ListName.TOP),
        lambda: SqlHistory(engine).add([]),
    )
    for doing in doings:
        with pytest.raises(StoreError, match="The database can't be used: ") as raised:
            doing()
        one_sentence(raised.value)
    engine.dispose()


@pytest.mark.postgres
def test_a_postgresql_database_that_is_not_there_is_a_sentence(postgres_url: str) -> None:
    engine = database.engine(
        sa.make_url(postgres_url).set(database="nowhere", password="hush").render_as_string(hide_password=False)
    )
    with pytest.raises(StoreError, match="nowhere") as raised:
        database.upgrade(engine)
    one_sentence(raised.value)
    engine.dispose()


def test_a_store_without_tables_is_a_sentence(url: str) -> None:
    engine = database.engine(url)
    for doing in (lambda: SqlHistory(engine).snapshots(ListName.TOP), lambda: SqlHistory(engine).models(1)):
        with pytest.raises(StoreError, match="The database can't be used: ") as raised:
            doing()
        one_sentence(raised.value)
    engine.dispose()


@pytest.mark.parametrize(
    "content", [b"this is no database, but long enough to be taken for one\n" * 100, b"\0" * 50 + b"x" * 5000]
)
def test_a_file_that_is_no_database_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    path.write_bytes(content)
    engine = database.engine(f"sqlite:///{path}")
    for doing in (lambda: database.upgrade(engine), lambda: database.revision(engine), lambda: SqlHistory(engine).models(1)):
        with pytest.raises(StoreError, match="The database can't be used: file is not a database") as raised:
            doing()
        one_sentence(raised.value)
    engine.dispose()
    assert path.read_bytes() == content


def test_a_damaged_database_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    engine = database.engine(f"sqlite:///{path}")
    database.upgrade(engine)
    engine.dispose()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    with pytest.raises(StoreError, match="The database can't be used: database disk image is malformed") as raised:
        SqlHistory(engine).add([(listing(), [])])
    one_sentence(raised.value)
    engine.dispose()


def listing() -> Listing:
    return Listing(date(2026, 8, 22), ListName.TOP, "hub", (Model("a/b", 1),))


def test_a_folder_in_place_of_the_file_is_a_sentence(tmp_path: Path) -> None:
    engine = database.engine(f"sqlite:///{tmp_path}")
    with pytest.raises(StoreError, match="The database can't be used: unable to open database file") as raised:
        database.upgrade(engine)
    one_sentence(raised.value)


@pytest.fixture
def readable() -> Iterator[Path]:
    """A folder that anybody may read: pytest's own are closed to others, and a test for root must become another."""
    folder = Path(tempfile.mkdtemp(prefix="hfstats-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


AS_READER = """
import os, sys
from analytics.storage import database
from analytics.domain import Listing, ListName, Model
from analytics.errors import StoreError
from analytics.storage.sql_history import SqlHistory

other = database.engine("sqlite://")  # so that nothing is left to import, from folders that only root may read
database.upgrade(other)
store = SqlHistory(database.engine(sys.argv[1]))
if os.geteuid() == 0:
    os.setuid(65534)
try:
    store.add([])
except StoreError as error:
    print(error)
"""


def test_a_file_that_may_only_be_read_is_a_sentence(readable: Path) -> None:
    path = readable / "hfstats.db"
    engine = database.engine(f"sqlite:///{path}")
    database.upgrade(engine)
    engine.dispose()
    before = path.read_bytes()
    path.chmod(0o444)
    readable.chmod(0o555)
    command = [sys.executable, "-c", AS_READER, f"sqlite:///{path}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"The database can't be used: .*(readonly|read-only|unable to open).*\n", done.stdout)
    assert path.read_bytes() == before


def test_only_the_drivers_failures_are_turned_into_sentences() -> None:
    with pytest.raises(ZeroDivisionError), database.reaching():
        _ = 1 / 0
