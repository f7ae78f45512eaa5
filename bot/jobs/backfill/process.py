"""Counting one dump in a process of its own: what a file does to it is done to nobody else, and its memory goes when it ends."""

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
"""Seconds between two looks at whether to go on."""


@dataclass(frozen=True, slots=True)
class CountTask:
    """What the process is to do."""

    dump: DumpRequest
    database: str
    folder: Path
    """Where what is downloaded lies until it is counted."""
    endpoint: str | None
    token: str | None

    def __repr__(self) -> str:
        """Leave out the token."""
        return f"Order({self.dump})"


class ProcessDiedError(Exception):
    """The process ended without a word."""


class StoppedError(Exception):
    """It was told to end."""


def count(order: CountTask, advance: Callable[[str, int, int | None], None], go_on: Callable[[], bool]) -> int | None:
    """Fetch a dump, count it and store it; returns its models, ``None`` for a day that is stored already.

    ``advance`` is called with what is being done, how far it is and how far it goes; ``go_on`` several times a second.

    Raises:
        OutOfReachError: for what may be there later.
        HfStatsError: saying what is wrong; nothing of the dump is stored then.
        Died: when the process did, which may be the file's doing.
        Stopped: when ``go_on`` said no.

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
                said, *more = here.recv()
            except EOFError:
                process.join()
                raise ProcessDiedError(f"exit code {process.exitcode}") from None
            if said == "done":
                return more[0]  # type: ignore[no-any-return]
            if said == "failed":
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
        there.send(("failed", OutOfReachError("There is not enough memory to count it.")))


def _count(order: CountTask, advance: Callable[[str, int, int | None], None]) -> int | None:
    # What counts is loaded by this process only.
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
