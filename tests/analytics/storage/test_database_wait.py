"""Databases that do not respond: wait limits and error messages."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from databases import locked, own_postgres, stopped

from analytics.errors import StoreError
from analytics.storage import database, database_wait

if TYPE_CHECKING:
    from pathlib import Path


def write(engine: sa.Engine) -> None:
    with database.writing(engine) as connection:
        connection.execute(sa.text("INSERT INTO t VALUES (1)"))


def test_the_waits_of_one_budget_add_up_to_it_and_the_database_is_used_again_when_it_is_back(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    engine = database.engine(f"sqlite:///{path}")
    with database.writing(engine) as connection:
        connection.execute(sa.text("CREATE TABLE t (x INTEGER)"))
    with database_wait.at_most(1.0):
        began = time.monotonic()
        with locked(path):
            for _ in range(6):
                with pytest.raises(StoreError, match="The database can't be used: database is locked"):
                    write(engine)
        assert time.monotonic() - began >= 1.0
        assert database_wait.patience(10) == database_wait.LEAST
        write(engine)
    assert database_wait.patience(10) == 10
    engine.dispose()


def test_an_inner_budget_counts_against_the_outer_one() -> None:
    with database_wait.at_most(5.0):
        with database_wait.at_most(1.0), database_wait.spending():
            assert database_wait.patience(10) <= 1.0
            time.sleep(0.05)
        assert 4.0 <= (database_wait.patience(10) or 0) <= 4.95
        with database_wait.at_most(None):
            assert database_wait.patience(10) is None


def test_more_threads_than_the_pool_keeps_do_not_wait_for_each_other(tmp_path: Path) -> None:
    engine = database.engine(f"sqlite:///{tmp_path / 'x.db'}")
    everybody = threading.Barrier(70)

    def hold() -> None:
        with database.reaching(), engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
            everybody.wait(30)  # all of them have a connection at once, or this breaks

    threads = [threading.Thread(target=hold) for _ in range(70)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not everybody.broken
    engine.dispose()


@pytest.mark.parametrize(
    "error",
    [
        sa.exc.TimeoutError("QueuePool limit reached"),
        sa.exc.OperationalError("SELECT 1", {}, Exception("database is locked")),
        sa.exc.InterfaceError("SELECT 1", {}, Exception("connection already closed")),
        sa.exc.InternalError("SELECT 1", {}, Exception("out of memory")),
        sa.exc.DBAPIError("SELECT 1", {}, Exception("a driver's own")),
        sa.exc.PendingRollbackError("Can't reconnect until invalid transaction is rolled back."),
        sa.exc.ResourceClosedError("This Connection is closed"),
        sa.exc.DisconnectionError("gone"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_a_database_that_is_away_raises_is_a_sentence(error: Exception) -> None:
    with pytest.raises(StoreError, match="The database can't be used: "), database.reaching():
        raise error


def test_a_drivers_own_exception_is_a_sentence_and_a_mistake_of_ours_is_not() -> None:
    import sqlite3

    import psycopg

    for error in (sqlite3.OperationalError("database is locked"), psycopg.OperationalError("gone")):
        with pytest.raises(StoreError), database.reaching():
            raise error
    for mistake in (sa.exc.ArgumentError("x"), sa.exc.NoResultFound("x"), KeyError("x")):
        with pytest.raises(type(mistake)), database.reaching():
            raise mistake


@pytest.mark.postgres
def test_a_postgresql_that_is_stopped_is_not_waited_for_longer_than_the_budget() -> None:
    with own_postgres() as (url, folder):
        engine = database.engine(url)
        with database.writing(engine) as connection:
            connection.execute(sa.text("CREATE TABLE t (x INTEGER)"))
        with database_wait.at_most(1.0), stopped(folder):
            with pytest.raises(StoreError, match="The database can't be used: "):
                write(engine)  # over the connection that there is, and a new one
            with pytest.raises(StoreError, match="The database can't be used: "), database.reaching():
                engine.connect()
        write(engine)
        engine.dispose()
