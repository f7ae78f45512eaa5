"""Import one dump in a separate process, so that a bad file can't harm other jobs and memory is released afterwards."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.errors import HfStatsError, OutOfReachError
from bot.analytics_pool.parent_watch import end_with_parent

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
        return f"Order({self.dump})"


class ProcessDiedError(Exception):
    """The process died without a result."""


class StoppedError(Exception):
    """The import was stopped on request."""


def count(order: CountTask, advance: Callable[[str, int, int | None], None], go_on: Callable[[], bool]) -> int | None:
    """Download, count and store a dump; returns its number of models, ``None`` if that day is already stored.

    ``advance`` gets the current step, the amount done and the total; ``go_on`` is called several times a second.

    Raises:
        OutOfReachError: for a temporary error.
        HfStatsError: for a permanent error; nothing is stored then.
        Died: when the process died, possibly because of the file.
        Stopped: when ``go_on`` returned ``False``.

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
        there.send(("failed", OutOfReachError("There isn't enough memory to count it.")))


def _count(order: CountTask, advance: Callable[[str, int, int | None], None]) -> int | None:
    # Imported only in this process.
    from analytics.sources.dumps.repository import HubFile, fetch  # noqa: PLC0415
    from analytics.storage import database  # noqa: PLC0415
    from analytics.storage.sql_history import SqlHistory  # noqa: PLC0415
    from bot.jobs.snapshot import keep_dump, kept_dump  # noqa: PLC0415

    dump = order.dump
    store = SqlHistory(database.engine(order.database))
    if kept_dump(store, dump.taken_on, dump.repo):
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

    new = keep_dump(store, path, dump.taken_on, dump.repo, columns=dump.columns, progress=progress)
    return new.size if new else None
