"""Backfill: count the dumps that wait, each in a process of its own."""

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
from bot.jobs.backfill.process import CountTask, CrashedError, ProcessDiedError, StoppedError, run
from bot.observability import logs
from bot.storage.dumps import ATTEMPTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bot.domain.dump import Dump
    from bot.storage.dumps import DumpStore

    Advance = Callable[[Dump, str, int, int | None], None]
    Tell = Callable[[str], None]

_log = logging.getLogger(__name__)

_RENEWED = 15.0
"""Seconds after which a lease is renewed, a quarter of its length."""
_LATER = timedelta(minutes=1)
"""Delay before an unreachable dump is retried; it doubles each time."""
_FORGOTTEN = timedelta(days=2)
"""After which the download of a process that was killed is deleted, unless another process continues it."""
_AGAIN = 1.0
"""Seconds between two checks of imports by other processes."""


def _ignore(*_: object) -> None:
    """Show no progress, tell no operator."""


@dataclass(frozen=True, slots=True)
class Backfill:
    """Imports planned dumps until it is stopped."""

    dumps: DumpStore
    database: str
    folder: Path
    endpoint: str | None = None
    token: str | None = field(default=None, repr=False)
    stopped: Event = field(default_factory=Event)

    def run(self, advance: Advance = _ignore, tell: Tell = _ignore) -> None:
        """Count what waits, one dump after the other, until nothing waits and no other process counts; see :meth:`count`.

        Raises:
            StoreError: when the database cannot be used.

        """
        self.tidy()
        while not self.stopped.is_set():
            id_ = self.dumps.next()
            if id_ is not None:
                self.count(id_, advance, tell)
            elif not self.dumps.open():
                return
            else:
                self.stopped.wait(_AGAIN)

    def count(self, id_: int, advance: Advance = _ignore, tell: Tell = _ignore) -> RetryAt | None:
        """Count one dump; ``RetryAt`` when it is to be tried later. The result is in the database.

        ``tell`` is called with a sentence for the operator when a dump is given up for a reason nobody foresaw.

        Raises:
            StoreError: when the database cannot be used.

        """
        owner = secrets.token_hex(8)
        dump = self.dumps.claim(id_, owner)
        if dump is None or isinstance(dump, RetryAt):
            return dump
        if dump.attempts > ATTEMPTS:
            tell(self._give_up(dump, owner, f"counting was started {ATTEMPTS} times and never finished"))
            return None
        folder = self.folder / f"{dump.repo.replace('/', '--')}-{dump.revision}"
        make_private_folder(folder)
        for left in folder.rglob("*.incomplete"):  # from a killed process; can't be resumed
            left.unlink(missing_ok=True)
        order = CountTask(dump, self.database, folder, self.endpoint, self.token)
        held = _LeaseRenewal(self.dumps, id_, owner, self.stopped)
        try:
            models = run(order, lambda what, done, of: advance(dump, what, done, of), held)
        except StoppedError:
            return self.dumps.reschedule(id_, owner, datetime.now(UTC), begun=False)
        except (OutOfReachError, ProcessDiedError) as error:
            return self._later(dump, owner, error, tell)
        except CrashedError as error:
            under = logs.start_request()
            _log.error("failure %s: counting the Hub of %s: %s", under, dump.taken_on, error.places)
            tell(self._give_up(dump, owner, f"counting failed unexpectedly, {error}; the log has it under the reference {under}"))
        except HfStatsError as error:
            self._give_up(dump, owner, str(error))
        else:
            self.dumps.done(id_, owner, models)
            _log.info("counted the dump for %s: %s models", dump.taken_on, models)
        shutil.rmtree(folder, ignore_errors=True)
        return None

    def tidy(self) -> None:
        """Delete old downloads of processes that were killed."""
        for folder in self.folder.glob("*") if self.folder.is_dir() else ():
            age = time.time() - max((path.stat().st_mtime for path in [folder, *folder.rglob("*")]), default=0.0)
            if age > _FORGOTTEN.total_seconds():
                shutil.rmtree(folder, ignore_errors=True)

    def _later(self, dump: Dump, owner: str, error: Exception, tell: Tell) -> RetryAt | None:
        reason = f"the process that counted it ended ({error})" if isinstance(error, ProcessDiedError) else str(error)
        if dump.attempts >= ATTEMPTS:
            text = self._give_up(dump, owner, reason)
            if isinstance(error, ProcessDiedError):
                tell(text)
            return None
        _log.warning("will retry the dump for %s: %s", dump.taken_on, reason)
        return self.dumps.reschedule(dump.id, owner, datetime.now(UTC) + _LATER * 2 ** (dump.attempts - 1), reason)

    def _give_up(self, dump: Dump, owner: str, error: str) -> str:
        self.dumps.failed(dump.id, owner, error)
        _log.error("the Hub of %s cannot be counted: %s", dump.taken_on, error)
        return f"The dump of {dump.taken_on} from {dump.repo} couldn't be counted: {error.rstrip('.')}."


class _LeaseRenewal:
    """Answers several times a second whether to go on, and renews the lease now and then."""

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
