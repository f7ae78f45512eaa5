"""Wait for termination signals, and end within the platform's limit."""

from __future__ import annotations

import logging
import os
import signal
from threading import Event, Timer

ENDS_WITHIN = 25.0
"""Seconds for a worker to finish current jobs after a stop signal; hosting platforms kill after 30."""


def wait_until_stopped() -> None:
    """Block until Ctrl-C or a termination signal."""
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    while not stopped.wait(1.0):  # on some systems, a wait without a timeout doesn't notice signals
        pass


def exit_on_signal() -> None:
    """Exit with code 0 at the next termination signal, for a process that is only waiting."""

    def end(*_: object) -> None:
        raise SystemExit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


def exit_after(seconds: float, code: int) -> None:
    """Exit after ``seconds`` even if a thread is still blocked on a database or a connection."""

    def end() -> None:
        logging.shutdown()
        os._exit(code)

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
