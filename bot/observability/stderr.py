"""Turn everything written to standard error into log lines: libraries' own handlers, warnings, tracebacks."""

from __future__ import annotations

import io
import logging
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

_log = logging.getLogger("stderr")
_LONGEST = 100_000
"""Longest line in characters."""


class LoggedLines(io.TextIOBase):
    """A text stream that logs each line, without text that a carriage return overwrites, such as progress bars."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, behind: Any) -> None:  # noqa: ANN401 - any text stream
        """``behind``: the original stream, which provides the file descriptor."""
        self._behind = behind
        self._of_thread = threading.local()

    def writable(self) -> bool:
        """Return ``True``."""
        return True

    def fileno(self) -> int:
        """Return the descriptor of standard error itself."""
        return int(self._behind.fileno())

    def isatty(self) -> bool:
        """Return ``False``, so that libraries don't draw progress bars."""
        return False

    def write(self, text: str, /) -> int:
        """Log the lines completed by ``text``; each thread has its own buffer."""
        rest = getattr(self._of_thread, "kept", "") + text
        *lines, rest = rest.split("\n")
        self._of_thread.kept = rest.rpartition("\r")[2] if "\r" in rest else rest[:_LONGEST]
        if getattr(self._of_thread, "inside", False):  # logging itself failed; write the line directly to avoid recursion
            self._behind.write("".join(f"{line}\n" for line in lines))
            return len(text)
        self._of_thread.inside = True
        try:
            for line in lines:
                visible = line.rstrip("\r").rpartition("\r")[2].strip()
                if visible:
                    _log.warning("%s", visible)
        finally:
            self._of_thread.inside = False
        return len(text)

    def flush(self) -> None:
        """Flush the original stream. An incomplete line stays buffered."""
        self._behind.flush()


def capture() -> None:
    """Log output on standard error, warnings and uncaught exceptions, also in threads."""
    if not isinstance(sys.stderr, LoggedLines):
        _without_handlers_on(sys.stderr)
        sys.stderr = LoggedLines(sys.stderr)
    logging.captureWarnings(capture=True)
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_VERBOSITY", "error")  # hide each retry; the final result is logged
    # multiprocessing's resource tracker is a separate process that warns about resources of killed processes.
    os.environ.setdefault("PYTHONWARNINGS", "ignore::UserWarning:multiprocessing.resource_tracker")
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def _without_handlers_on(stream: object) -> None:
    """Remove handlers that libraries attached to ``stream``, so that their lines go to the root logger."""
    for logger in list(logging.root.manager.loggerDict.values()):
        if not isinstance(logger, logging.Logger):
            continue
        for handler in list(logger.handlers):
            if isinstance(handler, logging.StreamHandler) and handler.stream is stream:
                logger.removeHandler(handler)
                logger.propagate = True


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        _log.warning("interrupted")
    else:
        _log.critical("uncaught exception; the process is ending", exc_info=(kind, error, trace))


def _uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None and arguments.exc_type is not SystemExit:
        name = arguments.thread.name if arguments.thread else "?"
        trace = (arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
        _log.error("uncaught exception in thread %s", name, exc_info=trace)


def _unraisable(arguments: Any) -> None:  # noqa: ANN401 - a type that only type checkers know
    error = arguments.exc_value
    trace = (type(error), error, arguments.exc_traceback) if error is not None else None
    _log.error("unraisable exception: %s", arguments.err_msg or "in a destructor or a callback", exc_info=trace)
