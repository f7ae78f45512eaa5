"""End a child process with its parent, and configure its logging like the parent's."""

from __future__ import annotations

import multiprocessing
import os
import sys
from threading import Thread

from bot.observability.inherited import CHILD_LOGS


def end_with_parent() -> None:
    """Exit when the parent ends, even if it was killed."""
    _log_as_parent()
    Thread(target=_wait, name="parent", daemon=True).start()


def _log_as_parent() -> None:
    if os.environ.get(CHILD_LOGS):
        sys.modules.setdefault("rich", None)  # type: ignore[arg-type]  # structlog would load it for tracebacks: 4 MB per process
        from bot.observability import logs  # noqa: PLC0415 - needed only if logging is configured

        logs.configure_child()


def _wait() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
