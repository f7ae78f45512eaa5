"""Questions that stay under way, and processes that hang."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager

from waiting import WAIT

from bot.analytics_pool.supervisor import Limits

QUICK = Limits(answer=WAIT, queue=4 * WAIT, beat=0.1, silent=20)
"""A stopped process is found after two seconds, and a slow machine is not taken for one that hangs."""


@contextmanager
def locked(url):
    """Lock a SQLite file for longer than any limit here, so that a question about it stays under way."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.execute("BEGIN EXCLUSIVE")
    yield
    connection.close()


def at_work(pool):
    """Return the process id of a process that has a question, ``None`` when none has."""
    return next((one.pid for one in pool._supervisor._children if one.deadline), None)
