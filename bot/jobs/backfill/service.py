"""Backfill: plan which revisions of a repository are wanted, and count them, each in a process of its own."""

from __future__ import annotations

import logging
import secrets
import shutil
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from analytics.errors import HfStatsError, OutOfReachError
from analytics.storage.database import make_private_folder
from bot.domain.outbox import RetryAt
from bot.jobs.backfill.process import CountTask, ProcessDiedError, StoppedError, count
from bot.storage.dumps import ATTEMPTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.domain.dump import Dump
    from bot.storage.dumps import DumpStore

    Advance = Callable[[Dump, str, int, int | None], None]

_log = logging.getLogger(__name__)

_RENEWED = 15.0
"""Seconds after which a lease is renewed, a quarter of it."""
_LATER = timedelta(minutes=1)
"""Before a dump is tried again that was out of reach; twice as long each time."""
_FORGOTTEN = timedelta(days=2)
"""After which what a process that was killed had downloaded is deleted, unless it is gone on with."""
_AGAIN = 1.0
"""Seconds between two looks at what others are counting."""


def _ignore_progress(_: Dump, __: str, ___: int, ____: int | None) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Backfill:
    """Counts dumps until it is stopped."""

    dumps: DumpStore
    database: str
    folder: Path
    endpoint: str | None = None
    token: str | None = field(default=None, repr=False)
    stopped: Event = field(default_factory=Event)

    def run(self, advance: Advance = _ignore_progress) -> None:
        """Count what waits, one after the other, until nothing is left that waits or that others count.

        Raises:
            StoreError: when the database cannot be used.

        """
        self.tidy()
        while not self.stopped.is_set():
            id_ = self.dumps.next()
            if id_ is not None:
                self.count(id_, advance)
            elif not self.dumps.open():
                return
            else:
                self.stopped.wait(_AGAIN)

    def count(self, id_: int, advance: Advance = _ignore_progress) -> RetryAt | None:
        """Count one dump; ``Again`` when it is to be tried later. What became of it is in the store.

        Raises:
            StoreError: when the database cannot be used.

        """
        owner = secrets.token_hex(8)
        dump = self.dumps.claim(id_, owner)
        if dump is None or isinstance(dump, RetryAt):
            return dump
        if dump.attempts > ATTEMPTS:
            self._give_up(dump, owner, f"it was begun {ATTEMPTS} times and never came to an end")
            return None
        folder = self.folder / f"{dump.repo.replace('/', '--')}-{dump.revision}"
        make_private_folder(folder)
        for left in folder.rglob("*.incomplete"):  # by a process that was killed; nothing goes on with it
            left.unlink(missing_ok=True)
        order = CountTask(dump, self.database, folder, self.endpoint, self.token)
        held = _LeaseRenewal(self.dumps, id_, owner, self.stopped)
        try:
            models = count(order, lambda what, done, of: advance(dump, what, done, of), held)
        except StoppedError:
            return self.dumps.reschedule(id_, owner, datetime.now(UTC), begun=False)
        except (OutOfReachError, ProcessDiedError) as error:
            return self._later(dump, owner, error)
        except HfStatsError as error:
            self._give_up(dump, owner, str(error))
        else:
            self.dumps.done(id_, owner, models)
            _log.info("counted the Hub of %s: %s models", dump.taken_on, models)
        shutil.rmtree(folder, ignore_errors=True)
        return None

    def tidy(self) -> None:
        """Delete what processes that were killed had downloaded."""
        for folder in self.folder.glob("*") if self.folder.is_dir() else ():
            age = time.time() - max((one.stat().st_mtime for one in [folder, *folder.rglob("*")]), default=0.0)
            if age > _FORGOTTEN.total_seconds():
                shutil.rmtree(folder, ignore_errors=True)

    def _later(self, dump: Dump, owner: str, error: Exception) -> RetryAt | None:
        said = f"the process that counted it ended ({error})" if isinstance(error, ProcessDiedError) else str(error)
        if dump.attempts >= ATTEMPTS:
            self._give_up(dump, owner, said)
            return None
        _log.warning("the Hub of %s has to wait: %s", dump.taken_on, said)
        return self.dumps.reschedule(dump.id, owner, datetime.now(UTC) + _LATER * 2 ** (dump.attempts - 1), said)

    def _give_up(self, dump: Dump, owner: str, error: str) -> None:
        self.dumps.failed(dump.id, owner, error)
        _log.error("the Hub of %s cannot be counted: %s", dump.taken_on, error)


class _LeaseRenewal:
    """Tells several times a second whether to go on, and renews the lease now and then."""

    def __init__(self, dumps: DumpStore, id_: int, owner: str, stopped: Event) -> None:
        self._renew = partial(dumps.renew, id_, owner)
        self._stopped = stopped
        self._renewed = time.monotonic()

    def __call__(self) -> bool:
        if self._stopped.is_set():
            return False
        if time.monotonic() - self._renewed > _RENEWED:
            self._renewed = time.monotonic()
            return self._renew()
        return True
