"""Counting one dump in a process of its own: a file that crashes it harms nothing else, and its memory is freed at its end."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.errors import HfStatsError, OutOfReachError
from bot.analytics_pool.parent_watch import end_with_parent
from bot.observability import logs

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from pathlib import Path

    from bot.domain.dump import DumpRequest

_LOOK = 0.25
"""Seconds between two checks of whether to continue."""


@dataclass(frozen=True, slots=True)
class CountTask:
    """The arguments of the process."""

    dump: DumpRequest
    database: str
    folder: Path
    """Where the download is stored until it is counted."""
    endpoint: str | None
    token: str | None

    def __repr__(self) -> str:
        """Leave out the token."""
        return f"CountTask({self.dump})"


class ProcessDiedError(Exception):
    """The process ended without a result, for instance because it was killed."""


class CrashedError(Exception):
    """Counting failed for a reason nobody foresaw; ``str(error)`` names it."""

    def __init__(self, cause: str, places: list[str]) -> None:
        super().__init__(cause)
        self.places = places
        """For the log: the exception and what caused it, each with the places it came through."""


class StoppedError(Exception):
    """The process was told to end."""


def count(order: CountTask, advance: Callable[[str, int, int | None], None], go_on: Callable[[], bool]) -> int | None:
    """Fetch, count and store a dump, and return its number of models; ``None`` for a day that is stored already.

    ``advance`` is called with the step, its progress and its size; ``go_on`` several times a second.

    Raises:
        OutOfReachError: for what may be there later.
        HfStatsError: saying what is wrong; nothing of the dump is stored then.
        CrashedError: when counting failed for a reason nobody foresaw; nothing of the dump is stored then.
        ProcessDiedError: when the process ended without a result, which the file may have caused.
        StoppedError: when ``go_on`` returned false.

    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_main, args=(order, there), name="hfstats-count", daemon=True)
    process.start()
    there.close()
    try:
        while go_on():
            if not here.poll(_LOOK):
                continue
            try:
                status, *more = here.recv()
            except EOFError:
                process.join()
                raise ProcessDiedError(f"exit code {process.exitcode}") from None
            if status == "done":
                return more[0]  # type: ignore[no-any-return]
            if status == "failed":
                raise more[0]
            if status == "crashed":
                raise CrashedError(*more)
            advance(*more)
        raise StoppedError
    finally:
        process.terminate()
        process.join()
        here.close()


def _main(order: CountTask, there: Connection) -> None:
    end_with_parent()
    try:
        there.send(("done", _count(order, lambda *progress: there.send(("at", *progress)))))
    except HfStatsError as error:
        there.send(("failed", error))
    except MemoryError:
        there.send(("failed", OutOfReachError("There is not enough memory to count it.")))
    except Exception as error:  # noqa: BLE001 - the process that started this one logs and reports it
        there.send(("crashed", logs.cause(error), list(logs.raised(error))))


def _count(order: CountTask, advance: Callable[[str, int, int | None], None]) -> int | None:
    # Imported only in this process.
    from analytics.domain import ListName  # noqa: PLC0415
    from analytics.sources.dumps.repository import HubFile, fetch  # noqa: PLC0415
    from analytics.storage import database  # noqa: PLC0415
    from analytics.storage.sql_history import SqlHistory  # noqa: PLC0415
    from bot.jobs.snapshot import has_dump, store_dump  # noqa: PLC0415

    dump = order.dump
    store = SqlHistory(database.engine(order.database))
    if has_dump(store, dump.taken_on, dump.repo):
        return None
    advance("fetching", 0, None)
    path = fetch(
        HubFile(dump.repo, dump.path, dump.revision),
        order.folder,
        endpoint=order.endpoint,
        token=order.token,
        progress=lambda done, size: advance("fetching", done, size),
    )
    advance("counting", 0, None)

    def progress(done: int) -> None:
        advance("counting", done, None)

    new = store_dump(store, path, dump.taken_on, dump.repo, columns=dump.columns, progress=progress)
    return next((snapshot.size for snapshot in new if snapshot.list is ListName.HUB), None)
