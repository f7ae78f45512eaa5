"""``hfstats backfill``: plan imports of past dumps, help to count them, and show the progress."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from analytics.errors import SourceError
from analytics.formatting.phrases import plural
from analytics.sources.dumps.repository import Interval, revisions, select_revisions
from bot.domain.dump import Dump, DumpRequest, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date
    from types import FrameType

    from bot.jobs.backfill.service import Backfill

__all__ = ["BackfillRequest", "Interval", "plan", "take_part"]

_ENDED = (State.DONE, State.FAILED)
_LOOK = 0.5
"""Seconds between two progress updates."""


@dataclass(frozen=True, slots=True)
class BackfillRequest:
    """The dumps to import."""

    since: date
    interval: Interval
    repo: str
    path: str
    columns: Mapping[str, str] = field(default_factory=dict)


def plan(backfill: Backfill, request: BackfillRequest) -> Iterator[str]:
    """Plan the import of the last revision of each day, week or month; yields lines for the user.

    Raises:
        SourceError: when the repository can't be read or has no revision since then.

    """
    available = revisions(request.repo, endpoint=backfill.endpoint, token=backfill.token)
    wanted = select_revisions(available, request.since, request.interval)
    if not wanted:
        latest = max((revision.day for revision in available), default=None)
        when = f"; the latest is from {latest}" if latest else ""
        raise SourceError(f"{request.repo} has no revision since {request.since}{when}. Choose an earlier month.")
    new = backfill.dumps.plan(
        DumpRequest(request.repo, request.path, revision.commit, revision.day, request.columns) for revision in wanted
    )
    span = f"from {wanted[-1].day} to {wanted[0].day}" if len(wanted) > 1 else f"from {wanted[0].day}"
    there = "" if new == len(wanted) else f", {len(wanted) - new} of them already planned"
    yield f"{request.repo}: {plural(len(wanted), 'revision')} {span}, the last of each {request.interval}{there}."


def take_part(backfill: Backfill, request: BackfillRequest, say: Callable[[str], None]) -> bool:
    """Count dumps until none is left, together with any workers; returns whether every dump was counted.

    Raises:
        StoreError: when the database cannot be used.

    """
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    bars = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with bars, stop_on_signal(backfill.stopped), _DayReports(backfill, request, bars, say):
        backfill.run(_OwnProgress(bars))
    dumps = backfill.dumps.find(request.repo, request.since)
    failed = [dump for dump in dumps if dump.state is State.FAILED]
    done = sum(dump.state is State.DONE for dump in dumps)
    if done + len(failed) < len(dumps):
        say(f"Stopped with {done} of {plural(len(dumps), 'day')} counted. Run the same command to continue.")
        return False
    say(
        f"{done} of {plural(len(dumps), 'day')} counted."
        + (" These failed. Run the same command to retry them:" if failed else "")
    )
    for dump in failed:
        say(f"  {dump.taken_on}: {dump.error}")
    return not failed


class _OwnProgress:
    """Shows this process's progress."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task = bars.add_task("", total=None, visible=False)

    def __call__(self, dump: Dump, what: str, done: int, of: int | None) -> None:
        million = 1e6
        size = f"{done / million:,.0f} of {of / million:,.0f} MB" if of else f"{done:,} models"
        self._bars.update(self._task, description=f"{dump.taken_on}: {what} ({size})", completed=done, total=of, visible=True)


class _DayReports:
    """Reports each finished day, whichever process counted it, and estimates the remaining time."""

    def __init__(self, backfill: Backfill, request: BackfillRequest, bars: Progress, say: Callable[[str], None]) -> None:
        self._find = partial(backfill.dumps.find, request.repo, request.since)
        self._bars = bars
        self._say = say
        self._reported = {dump.id for dump in self._find() if dump.state in _ENDED}
        self._at_first, self._began = len(self._reported), monotonic()
        self._task = bars.add_task("days", total=None)
        self._over = Event()
        self._thread = Thread(target=self._watch, name="days", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_LOOK):
            self._update()
        self._update()

    def _update(self) -> None:
        dumps = self._find()
        ended = [dump for dump in dumps if dump.state in _ENDED]
        self._bars.update(self._task, completed=len(ended), total=len(dumps))
        for dump in reversed(ended):
            if dump.id not in self._reported:
                self._reported.add(dump.id)
                self._report(dump, len(dumps))

    def _report(self, dump: Dump, many: int) -> None:
        taken = (monotonic() - self._began) / (len(self._reported) - self._at_first)
        left = timedelta(seconds=round(taken * (many - len(self._reported))))
        rest = f", about {left} left" if left else ""
        line = f"{dump.taken_on}: {_outcome(dump)} ({len(self._reported)} of {many}{rest})"
        if self._bars.console.is_terminal:
            self._bars.console.print(escape(line), highlight=False)
        else:
            self._say(line)


def _outcome(dump: Dump) -> str:
    if dump.state is State.FAILED:
        return f"failed: {dump.error}"
    return "already imported" if dump.models is None else plural(dump.models, "model")


@contextmanager
def stop_on_signal(stopped: Event) -> Iterator[None]:
    """Set ``stopped`` on Ctrl-C or a termination signal."""

    def stop(_: int, __: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
