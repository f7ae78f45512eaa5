"""Reading one dump in a process of its own: a file that crashes it harms nothing else, and its memory is freed at its end."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from analytics.errors import HfStatsError, OutOfReachError
from bot.analytics_pool.parent_watch import end_with_parent
from bot.observability import logs

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from bot.domain.dump import DumpRequest

_Result = TypeVar("_Result")
_Result_co = TypeVar("_Result_co", covariant=True)

Advance = Callable[[str, int, int | None], None]
"""Takes the step, its progress and its size."""

_LOOK = 0.25
"""Seconds between two checks of whether to continue."""


class Task(Protocol[_Result_co]):
    """What the process does; pickled with its arguments."""

    def run(self, advance: Advance) -> _Result_co:
        """Do it and return the result."""
        ...


@dataclass(frozen=True, slots=True)
class CountTask:
    """Fetch, count and store a dump; the result is its number of models, ``None`` for a day that is stored already."""

    dump: DumpRequest
    database: str
    folder: Path
    """Where the download is stored until it is counted."""
    endpoint: str | None
    token: str | None

    def __repr__(self) -> str:
        """Leave out the token."""
        return f"CountTask({self.dump})"

    def run(self, advance: Advance) -> int | None:
        """See :class:`Task`."""
        # Imported only in this process.
        from analytics.domain import ListName  # noqa: PLC0415
        from analytics.sources.dumps.repository import HubFile, fetch  # noqa: PLC0415
        from analytics.storage import database  # noqa: PLC0415
        from analytics.storage.sql_history import SqlHistory  # noqa: PLC0415
        from bot.jobs.snapshot import has_dump, store_dump  # noqa: PLC0415

        dump = self.dump
        store = SqlHistory(database.engine(self.database))
        if has_dump(store, dump.taken_on, dump.repo):
            return None
        advance("fetching", 0, None)
        path = fetch(
            HubFile(dump.repo, dump.path, dump.revision),
            self.folder,
            endpoint=self.endpoint,
            token=self.token,
            progress=lambda done, size: advance("fetching", done, size),
        )
        advance("counting", 0, None)

        def progress(done: int) -> None:
            advance("counting", done, None)

        new = store_dump(store, path, dump.taken_on, dump.repo, columns=dump.columns, progress=progress)
        return next((snapshot.size for snapshot in new if snapshot.list is ListName.HUB), None)


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


def run(task: Task[_Result], advance: Advance, go_on: Callable[[], bool]) -> _Result:
    """Run a task in a new process and return its result; ``go_on`` is called several times a second.

    Raises:
        OutOfReachError: for what may be there later.
        HfStatsError: saying what is wrong; nothing of the dump is stored then.
        CrashedError: when it failed for a reason nobody foresaw; nothing of the dump is stored then.
        ProcessDiedError: when the process ended without a result, which the file may have caused.
        StoppedError: when ``go_on`` returned false.

    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_main, args=(task, there), name="hfstats-dump", daemon=True)
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


def _main(task: Task[object], there: Connection) -> None:
    end_with_parent()
    try:
        there.send(("done", task.run(lambda *progress: there.send(("at", *progress)))))
    except HfStatsError as error:
        there.send(("failed", error))
    except MemoryError:
        there.send(("failed", OutOfReachError("There is not enough memory to read it.")))
    except Exception as error:  # noqa: BLE001 - the process that started this one logs and reports it
        there.send(("crashed", logs.cause(error), list(logs.raised(error))))
