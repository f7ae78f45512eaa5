"""How a process that runs until it is told to stop finds out."""

from __future__ import annotations

import signal
from threading import Event


def until_stopped() -> None:
    """Wait for Ctrl-C or a termination signal."""
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    while not stopped.wait(1.0):  # a wait without end would not see a signal on every system
        pass
