"""How far a long command is: a bar on a terminal, a line now and then elsewhere; both on standard error."""

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
    """Takes what is being done, how far it is and, where that is known, how far it goes."""

EVERY = 5.0
"""Seconds between two lines."""


@contextmanager
def progress() -> Iterator[Advance]:
    """Show how far something is, in the form that suits standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lines(lambda line: click.echo(line, err=True))
        return
    # No markup: a file may be called "[bold]".
    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console, transient=True) as shown:
        current: tuple[str, TaskID] | None = None

        def advance(description: str, done: int, total: int | None) -> None:
            nonlocal current
            if current is None or current[0] != description:
                if current:  # one bar, however many files there are
                    shown.remove_task(current[1])
                current = description, shown.add_task(one_line(description), total=total)
            shown.update(current[1], completed=done, total=total)

        yield advance


def lines(say: Callable[[str], None], *, every: float = EVERY, clock: Callable[[], float] = time.monotonic) -> Advance:
    """Return a function that says how far something is, ``every`` so many seconds at most: what is quick says nothing."""
    said = clock()

    def advance(description: str, done: int, total: int | None) -> None:
        nonlocal said
        if clock() - said >= every:
            said = clock()
            say(f"{one_line(description)}: {done:,}" + (f" of {total:,}" if total else ""))

    return advance
