"""Whatever is written to standard error past the loggers becomes a log line: libraries' own handlers, warnings, tracebacks."""

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
"""Characters of one line, however long nobody ends it."""


class LoggedLines(io.TextIOBase):
    """A text stream, each line of which is logged. What a carriage return overwrites, as progress bars do, is left out."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, behind: Any) -> None:  # noqa: ANN401 - any text stream
        """Give those who ask for a file descriptor that of the stream ``behind``."""
        self._behind = behind
        self._of_thread = threading.local()

    def writable(self) -> bool:
        """Say yes."""
        return True

    def fileno(self) -> int:
        """Return the descriptor of standard error itself."""
        return int(self._behind.fileno())

    def isatty(self) -> bool:
        """Say no, so that nobody draws on it."""
        return False

    def write(self, text: str, /) -> int:
        """Log the lines that this text ends; each thread has a line of its own."""
        kept = getattr(self._of_thread, "kept", "") + text
        *lines, kept = kept.split("\n")
        self._of_thread.kept = kept.rpartition("\r")[2] if "\r" in kept else kept[:_LONGEST]
        if getattr(self._of_thread, "inside", False):  # logging itself failed: rather a bare line than none, or than for ever
            self._behind.write("".join(f"{line}\n" for line in lines))
            return len(text)
        self._of_thread.inside = True
        try:
            for line in lines:
                said = line.rstrip("\r").rpartition("\r")[2].strip()
                if said:
                    _log.warning("%s", said)
        finally:
            self._of_thread.inside = False
        return len(text)

    def flush(self) -> None:
        """Flush what was logged; a line that has not ended waits for its end."""
        self._behind.flush()


def capture() -> None:
    """Log from now on what is written to standard error, what is warned of, and what nobody catches, also in threads."""
    if not isinstance(sys.stderr, LoggedLines):
        _without_handlers_on(sys.stderr)
        sys.stderr = LoggedLines(sys.stderr)
    logging.captureWarnings(capture=True)
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_VERBOSITY", "error")  # its handler would tell of each retry; what comes of them is logged
    # The tracker of shared memory is a process of its own, which tells of what processes that were killed left behind.
    os.environ.setdefault("PYTHONWARNINGS", "ignore::UserWarning:multiprocessing.resource_tracker")
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def _without_handlers_on(stream: object) -> None:
    """Take away the handlers that libraries loaded so far gave their loggers, and let the root's do."""
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
        _log.critical("nobody caught an error; this process ends", exc_info=(kind, error, trace))


def _uncaught_in_thread(found: threading.ExceptHookArgs) -> None:
    if found.exc_value is not None and found.exc_type is not SystemExit:
        name = found.thread.name if found.thread else "?"
        _log.error("the thread %s ended by an error", name, exc_info=(found.exc_type, found.exc_value, found.exc_traceback))


def _unraisable(found: Any) -> None:  # noqa: ANN401 - a type that only type checkers know
    error = found.exc_value
    trace = (type(error), error, found.exc_traceback) if error is not None else None
    _log.error("an error could not be raised: %s", found.err_msg or "in a destructor or a callback", exc_info=trace)
