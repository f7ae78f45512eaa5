"""A worker beside the process that talks to Slack: for a deployment that is one command."""

from __future__ import annotations

import logging
import subprocess
import sys
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_log = logging.getLogger(__name__)

_AGAIN = 5.0
"""Seconds before one that ended by itself is started again."""
_ENDS_WITHIN = 25.0


@contextmanager
def worker() -> Iterator[None]:
    """Run ``hfstats worker`` until the block ends; one that ends by itself is started again."""
    stopped, starting = Event(), Lock()
    running = [_start()]

    def watch() -> None:
        while not stopped.is_set():
            code = running[-1].wait()
            if not stopped.is_set():
                _log.error("the worker ended by itself (%s); starting another in %.0f s", code, _AGAIN)
                stopped.wait(_AGAIN)
                with starting:
                    if not stopped.is_set():
                        running.append(_start())

    Thread(target=watch, name="worker", daemon=True).start()
    try:
        yield
    finally:
        with starting:
            stopped.set()
        running[-1].terminate()
        try:
            running[-1].wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            running[-1].kill()
        for one in running:
            if one.stdin:
                one.stdin.close()


def _start() -> subprocess.Popen[bytes]:
    # Its standard input closes with this process, however that ends, and the worker with it.
    return subprocess.Popen([sys.executable, "-m", "bot", "worker", "--with-parent"], stdin=subprocess.PIPE)
