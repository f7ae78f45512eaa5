"""The ties to a parent process that started this one: its end and the form of its log."""

from __future__ import annotations

import multiprocessing
import os
import sys
from threading import Thread

from bot.observability.inherited import CHILD_LOGS


def end_with_parent() -> None:
    """Do not outlive a parent that was killed: nobody would ask any more, and nobody would stop this process."""
    _log_as_parent()
    Thread(target=_wait, name="parent", daemon=True).start()


def _log_as_parent() -> None:
    if os.environ.get(CHILD_LOGS):
        sys.modules.setdefault("rich", None)  # type: ignore[arg-type]  # structlog would load it to draw tracebacks: 4 MB a process
        from bot.observability import logs  # noqa: PLC0415 - where nothing is configured it is not needed

        logs.configure_child()


def _wait() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
