"""How a process that runs until it is told to stop finds out, and how it ends in time."""

from __future__ import annotations

import logging
import os
import signal
from threading import Event, Timer

ENDS_WITHIN = 25.0
"""Seconds for what is under way when a worker is told to stop; hosting platforms kill after 30."""


def wait_until_stopped() -> None:
    """Wait for Ctrl-C or a termination signal."""
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    while not stopped.wait(1.0):  # a wait without end would not see a signal on every system
        pass


def exit_on_signal() -> None:
    """End with exit code 0 at the next termination signal, wherever this process is; for one that only waits."""

    def end(*_: object) -> None:
        raise SystemExit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


def exit_after(seconds: float, code: int) -> None:
    """End after so long even if a thread still waits for a database or a connection that does not answer."""

    def end() -> None:
        logging.shutdown()
        os._exit(code)

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
