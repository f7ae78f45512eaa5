"""``hfstats worker``: runs what is to be done by the clock, and sends what is owed, until stopped."""

from __future__ import annotations

import os
import signal
from threading import Thread
from typing import TYPE_CHECKING

from bot import stores, wiring

if TYPE_CHECKING:
    from bot.settings import Settings


def end_with_parent(end: int) -> None:
    """End when the process that started this one does, however it ended: the other end of the pipe ``end`` closes then."""

    def wait() -> None:
        while os.read(end, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=wait, name="parent", daemon=True).start()


def work(settings: Settings) -> None:
    """Take a snapshot a day, send digests and alerts, tidy up, until a termination signal; what is under way is finished.

    Any number of them on PostgreSQL; on SQLite one is enough and more do no harm.

    Raises:
        StoreError: when the database cannot be used at the start.

    """
    database = stores.store(settings)
    stores.upgrade(database)
    pool = wiring.pool(settings)
    try:
        wiring.engine(settings, database, wiring.jobs(settings, database, pool)).work()
    finally:
        pool.close()
        database.dispose()
