"""Opens and migrates databases by their URL."""

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
    """One package's tables: the folder of its Alembic versions, and the table with the present version."""

    folder: Path
    version_table: str
    whose: str
    """What the tables are for, in a message: ``"snapshots"``."""
    head: str
    """The version that this program needs, the last one in the folder; a constant, to check it without loading Alembic."""


SNAPSHOTS = Migrations(Path(__file__).parent / "migrations", "alembic_version", "snapshots", "0003")
"""The tables of this package."""

_POOL = {"pool_size": 8, "max_overflow": -1}
"""Pooled connections. A thread without one opens another, since waiting for the pool would need its own error handling."""
_DRIVERS = frozenset({"psycopg", "psycopg_pool", "sqlite3"})
_MISTAKES = (sa.exc.ArgumentError, sa.exc.CompileError, sa.exc.InvalidRequestError)
"""Exceptions that only a defect of this program raises."""
_AWAY = (sa.exc.PendingRollbackError, sa.exc.ResourceClosedError)
"""Subclasses of those that a lost connection raises."""


def engine(url: str) -> sa.Engine:
    """Return the engine for a URL: ``sqlite:///…``, ``postgresql://…`` or, as some hosting providers write it, ``postgres://…``.

    Nothing is connected yet.

    Raises:
        StoreError: when the URL is invalid or for another kind of database.

    """
    try:
        address = sa.make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
        kind = address.get_backend_name()
        if kind == "sqlite":
            return _sqlite(address.set(drivername="sqlite"))
        if kind == "postgresql":
            return _postgresql(address.set(drivername="postgresql+psycopg"))
    except (sa.exc.ArgumentError, ValueError):
        raise StoreError("DATABASE_URL isn't a valid database URL. Use sqlite:///path/to/file.db or postgresql://…") from None
    raise StoreError(f"DATABASE_URL is for a {kind} database. hfstats supports SQLite and PostgreSQL.")


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
            raise StoreError(f"Can't create the folder for the database {address.database}: {error.strerror}.") from error
    opened = sa.create_engine(address, hide_parameters=True, **(_POOL if file else {}))
    if file:
        _keep_private(opened, file)

    @sa.event.listens_for(opened, "connect")
    def configure(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own connection
        connection.isolation_level = None  # the driver begins transactions too late for a migration
        # WAL lets the web process read while the worker writes; NORMAL is safe with it.
        for pragma in (_busy_timeout(), "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(opened, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA {_busy_timeout()}")
        # A writer waits for its lock at the start; upgrading a reader's lock later would fail instead of waiting.
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
    """Create a folder and its missing parents, readable by the owner only; existing ones aren't changed.

    Raises:
        OSError: when it can't be created.

    """
    if folder.is_dir():
        return
    make_private_folder(folder.parent)
    with suppress(FileExistsError):  # created by another process; a file in its place makes the last line raise
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)  # regardless of the umask
    folder.mkdir(exist_ok=True)


def _keep_private(database: sa.Engine, file: Path) -> None:
    """Restrict the file and SQLite's journals to the owner, and reconnect when the file was replaced."""

    @sa.event.listens_for(database, "do_connect")
    def make(*_: object) -> None:
        # SQLite would create it with the umask's permissions. Its journals inherit the file's.
        with suppress(OSError):  # SQLite reports it better
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            file.chmod(0o600)
        for suffix in ("", "-wal", "-shm", "-journal"):
            path = file.with_name(file.name + suffix)
            with suppress(OSError):  # missing, or owned by another user
                mode = path.stat().st_mode
                if mode & 0o077:
                    path.chmod(mode & 0o700)

    @sa.event.listens_for(database, "connect")
    def note(_connection: object, record: sa.pool.ConnectionPoolEntry) -> None:
        record.info["file"] = _identity(file)

    @sa.event.listens_for(database, "checkout")
    def check(_connection: object, record: sa.pool.ConnectionPoolEntry, _proxy: object) -> None:
        # Writes to a removed or replaced file would be lost silently.
        if record.info.get("file") != _identity(file):
            raise sa.exc.DisconnectionError("the file was replaced")


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _busy_timeout() -> str:
    seconds = database_wait.patience(database_wait.LOCKED)
    return f"busy_timeout={round(1000 * (database_wait.LOCKED if seconds is None else seconds))}"


def upgrade(database: sa.Engine, migrations: Migrations = SNAPSHOTS) -> tuple[str | None, str]:
    """Migrate one package's tables and return the revisions before and after.

    Raises:
        StoreError: when the database can't be reached or written, or is newer than this program.

    """
    # Loaded only here, since it takes a tenth of a process's memory.
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
                f"The database is at version {before}, which this version of hfstats doesn't support. Upgrade hfstats."
            ) from error
        after = _revision(connection, migrations)
    return before, str(after)


def revision(database: sa.Engine, migrations: Migrations = SNAPSHOTS) -> str | None:
    """Return the version of one package's tables; ``None`` where there are none.

    Raises:
        StoreError: when the database can't be reached.

    """
    with reaching(), database.connect() as connection:
        return _revision(connection, migrations)


def _revision(connection: sa.Connection, migrations: Migrations) -> str | None:
    if not sa.inspect(connection).has_table(migrations.version_table):
        return None
    return connection.scalar(sa.select(sa.column("version_num")).select_from(sa.table(migrations.version_table)))


def check_current(database: sa.Engine, migrations: Migrations = SNAPSHOTS) -> None:
    """Check that a database has the tables of this version.

    Raises:
        StoreError: when they're missing or of another version, with the command to run.

    """
    current = revision(database, migrations)
    if current != migrations.head:
        outdated = f"is at version {current}, but hfstats needs {migrations.head}"
        state = f"has no tables for {migrations.whose} yet" if current is None else outdated
        raise StoreError(f"The database {state}. Run: hfstats db upgrade")


@contextmanager
def reaching() -> Iterator[None]:
    """Turn database errors into StoreError, without the URL, which may contain a password.

    Exceptions that must be defects of this program pass unchanged. The time inside counts against the budget of
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
    return StoreError(f"The database can't be used: {first}")


@contextmanager
def writing(database: sa.Engine) -> Iterator[sa.Connection]:
    """Open a transaction for writing; it is committed at the end, or rolled back after an exception."""
    with reaching(), database.execution_options(hfstats_writes=True).begin() as connection:
        yield connection
