"""How a database is opened and brought up to date. Knows addresses and migrations, no table of its own."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from analytics.errors import StoreError
from analytics.storage import database_wait

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Migrations:
    """One package's tables: the folder of its Alembic versions, and the table that says how far a database is."""

    folder: Path
    version_table: str
    whose: str
    """For a sentence: ``"snapshots"``."""
    head: str
    """The version that this program needs, the last of the folder: known here, so that looking does not take all of Alembic."""


SNAPSHOTS = Migrations(Path(__file__).parent / "migrations", "alembic_version", "snapshots", "0003")
"""The tables of this package."""

_POOL = {"pool_size": 8, "max_overflow": -1}
"""Connections that are kept. A thread that finds none opens one: a pool smaller than the threads would be a second thing to
wait for, with an exception of its own."""
_DRIVERS = frozenset({"psycopg", "psycopg_pool", "sqlite3"})
_MISTAKES = (sa.exc.ArgumentError, sa.exc.CompileError, sa.exc.InvalidRequestError)
"""What only a defect of ours raises."""
_AWAY = (sa.exc.PendingRollbackError, sa.exc.ResourceClosedError)
"""What SQLAlchemy counts among those, and what is raised when a connection was lost under a transaction."""


def engine(url: str) -> sa.Engine:
    """Open a database by its address: ``sqlite:///…``, ``postgresql://…`` or, as hosting providers write it, ``postgres://…``.

    Raises:
        StoreError: when the address cannot be read or names a database of another kind. Nothing is connected yet.

    """
    try:
        address = sa.make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
        kind = address.get_backend_name()
        if kind == "sqlite":
            return _sqlite(address.set(drivername="sqlite"))
        if kind == "postgresql":
            return _postgresql(address.set(drivername="postgresql+psycopg"))
    except (sa.exc.ArgumentError, ValueError):
        raise StoreError("DATABASE_URL is not a database address; write sqlite:///path/to/file.db or postgresql://…") from None
    raise StoreError(f"DATABASE_URL names a {kind} database; hfstats keeps its data in SQLite or PostgreSQL.")


def _postgresql(address: sa.URL) -> sa.Engine:
    opened = sa.create_engine(
        address, connect_args=dict(database_wait.KEEPALIVES), pool_pre_ping=True, hide_parameters=True, **_POOL
    )

    @sa.event.listens_for(opened, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: list[Any], parameters: dict[str, Any]) -> Any:  # noqa: ANN401 - the driver's
        return database_wait.connected(arguments, parameters)

    return opened


def _sqlite(address: sa.URL) -> sa.Engine:
    file = _file_of(address)
    if file:
        try:
            make_private_folder(file.parent)
        except OSError as error:
            raise StoreError(f"The folder of the database {address.database} cannot be made: {error.strerror}.") from error
    opened = sa.create_engine(address, hide_parameters=True, **(_POOL if file else {}))
    if file:
        _keep_private(opened, file)

    @sa.event.listens_for(opened, "connect")
    def configure(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own connection
        connection.isolation_level = None  # the driver would begin too late to keep a migration in one transaction
        # WAL lets the web process read while the worker writes; NORMAL is safe with it.
        for pragma in (_busy_timeout(), "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(opened, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA {_busy_timeout()}")
        # A writer takes its place at once and waits for another one; a reader that turned writer would fail instead.
        writes = connection.get_execution_options().get("hfstats_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return opened


def _file_of(address: sa.URL) -> Path | None:
    """Return the file of a SQLite address; ``None`` for a database in memory."""
    name = (address.database or "").removeprefix("file:").partition("?")[0]
    in_memory = (
        not name or name == ":memory:" or address.query.get("mode") == "memory" or "mode=memory" in (address.database or "")
    )
    return None if in_memory else Path(name)


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for the owner alone; one that is there stays as it is.

    Raises:
        OSError: when it cannot be made.

    """
    if folder.is_dir():
        return
    make_private_folder(folder.parent)
    with suppress(FileExistsError):  # another process was faster; if a file is in the way, the next line tells
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)  # whatever the umask took away
    folder.mkdir(exist_ok=True)


def _keep_private(database: sa.Engine, file: Path) -> None:
    """Let only the owner read and write the file and what SQLite puts beside it, and notice when it was taken away."""

    @sa.event.listens_for(database, "do_connect")
    def make(*_: object) -> None:
        # Before SQLite makes it with the rights of the umask. Its journals get the rights of the file.
        with suppress(OSError):  # SQLite says better what is wrong
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            file.chmod(0o600)
        for suffix in ("", "-wal", "-shm", "-journal"):
            one = file.with_name(file.name + suffix)
            with suppress(OSError):  # not there, or somebody else's
                mode = one.stat().st_mode
                if mode & 0o077:
                    one.chmod(mode & 0o700)

    @sa.event.listens_for(database, "connect")
    def note(_connection: object, record: sa.pool.ConnectionPoolEntry) -> None:
        record.info["file"] = _identity(file)

    @sa.event.listens_for(database, "checkout")
    def check(_connection: object, record: sa.pool.ConnectionPoolEntry, _proxy: object) -> None:
        # What is written to a file that was removed or replaced is lost without a word.
        if record.info.get("file") != _identity(file):
            raise sa.exc.DisconnectionError("the file was replaced")


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _busy_timeout() -> str:
    seconds = database_wait.patience(database_wait.LOCKED)
    return f"busy_timeout={round(1000 * (database_wait.LOCKED if seconds is None else seconds))}"


def upgrade(database: sa.Engine, migrations: Migrations = SNAPSHOTS) -> tuple[str | None, str]:
    """Bring one package's tables up to date and return the revision before and after.

    Raises:
        StoreError: when the database cannot be reached or written.

    """
    # Loaded where tables change, which is seldom: it takes a tenth of the memory of a process.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(migrations.folder))
    config.attributes["version_table"] = migrations.version_table
    with database_wait.at_most(None), writing(database) as connection:
        if database.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('hfstats migrations'))"))
        before = _revision(connection, migrations)
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreError(
                f"The database is at version {before}, which this hfstats does not know; upgrade hfstats."
            ) from error
        after = _revision(connection, migrations)
    return before, str(after)


def revision(database: sa.Engine, migrations: Migrations = SNAPSHOTS) -> str | None:
    """Return the version of one package's tables; ``None`` where there are none.

    Raises:
        StoreError: when the database cannot be reached.

    """
    with reaching(), database.connect() as connection:
        return _revision(connection, migrations)


def _revision(connection: sa.Connection, migrations: Migrations) -> str | None:
    if not sa.inspect(connection).has_table(migrations.version_table):
        return None
    return connection.scalar(sa.select(sa.column("version_num")).select_from(sa.table(migrations.version_table)))


def check_current(database: sa.Engine, migrations: Migrations = SNAPSHOTS) -> None:
    """Refuse a database whose tables are missing or of another version.

    Raises:
        StoreError: saying what to run.

    """
    current = revision(database, migrations)
    if current != migrations.head:
        needs = f"is at version {current}, this hfstats needs {migrations.head}"
        state = f"has no tables for {migrations.whose}" if current is None else needs
        raise StoreError(f"The database {state}; run: hfstats db upgrade")


@contextmanager
def reaching() -> Iterator[None]:
    """Turn whatever a database raises into a sentence, without the address: it may hold a password.

    Only what is a defect of this program for certain is left as it is. The time inside counts against the budget of
    :func:`analytics.storage.database_wait.at_most`.
    """
    with database_wait.spending():
        try:
            yield
        except sa.exc.SQLAlchemyError as error:
            if isinstance(error, _MISTAKES) and not isinstance(error, _AWAY):
                raise
            raise _unusable(getattr(error, "orig", None) or error) from error
        except Exception as error:
            if type(error).__module__.partition(".")[0] not in _DRIVERS:
                raise
            raise _unusable(error) from error


def _unusable(error: BaseException) -> StoreError:
    first = next(iter(str(error).strip().splitlines()), "no reason given")
    return StoreError(f"The database cannot be used: {first}")


@contextmanager
def writing(database: sa.Engine) -> Iterator[sa.Connection]:
    """Open a transaction that will write; it is committed at the end, or rolled back when anything is raised."""
    with reaching(), database.execution_options(hfstats_writes=True).begin() as connection:
        yield connection
