"""Progress of long commands on standard error: a bar on a terminal, otherwise a line every few seconds."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from analytics.formatting.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import TaskID

    Advance = Callable[[str, int, int | None], None]
    """Takes a description, the amount done and, if known, the total."""

EVERY = 5.0
"""Seconds between two lines."""


@contextmanager
def progress() -> Iterator[Advance]:
    """Show progress in the form that suits standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lines(lambda line: click.echo(line, err=True))
        return
    # No markup: a file's name may be "[bold]".
    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console, transient=True) as shown:
        current: tuple[str, TaskID] | None = None

        def advance(description: str, done: int, total: int | None) -> None:
            nonlocal current
            if current is None or current[0] != description:
                if current:  # one bar for any number of files
                    shown.remove_task(current[1])
                current = description, shown.add_task(one_line(description), total=total)
            shown.update(current[1], completed=done, total=total)

        yield advance


def lines(say: Callable[[str], None], *, every: float = EVERY, clock: Callable[[], float] = time.monotonic) -> Advance:
    """Return a function that reports progress as lines, at most every ``every`` seconds; quick commands print none."""
    last = clock()

    def advance(description: str, done: int, total: int | None) -> None:
        nonlocal last
        if clock() - last >= every:
            last = clock()
            say(f"{one_line(description)}: {done:,}" + (f" of {total:,}" if total else ""))

    return advance
