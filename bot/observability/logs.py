"""Structured logging with request ids, and without tokens or users' text."""

from __future__ import annotations

import logging
import os
import re
import secrets
import threading
import traceback
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal

import structlog

from bot.observability import stderr
from bot.observability.inherited import CHILD_LOGS

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from types import TracebackType

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The id of the current request, included in its log lines and in error messages to users."""

FAILURE = "failure "
"""How the line begins that a reference leads to."""

_SECRET = re.compile(r"xox[a-z]+-[\w.-]+|xapp-[\w-]+|hf_\w{8,}|gAAAA[\w=-]{20,}|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")
"""Slack and Hub tokens, Fernet ciphertexts, and passwords in URLs."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_LEAST = {
    "slack_bolt": logging.ERROR,
    "slack_sdk": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "alembic": logging.WARNING,
    "httpx2": logging.WARNING,
    "huggingface_hub": logging.ERROR,
    "apscheduler": logging.ERROR,
    "procrastinate": logging.WARNING,
    "psycopg": logging.ERROR,
    "waitress": logging.ERROR,
}
"""Lowest levels of libraries that log bodies, headers or statements below them, or nothing useful."""


def start_request() -> str:
    """Set a new id for the current request and return it."""
    request = secrets.token_hex(4)
    REQUEST.set(request)
    return request


def request_id() -> str:
    """Return the id of the current request, or a new one if there is none."""
    return REQUEST.get() or start_request()


def failure(logger: logging.Logger, what: str, error: BaseException, under: str = "") -> str:
    """Log a failure that nobody foresaw, and return a sentence that names it: its kind, its place, its reference in the log.

    ``under`` is the reference of one that is in the log already.
    """
    if not under:
        under = request_id()
        logger.error("%s%s: %s", FAILURE, under, what, exc_info=error)
    return f"{what} failed unexpectedly: {cause(error)}. The log has the details under the reference {under}."


def cause(error: BaseException) -> str:
    """Return an exception's kind and innermost place; its text may hold what somebody typed."""
    place = _places(error.__traceback__).rpartition(" > ")[2]
    return f"{type(error).__name__} in {place}" if place else type(error).__name__


@contextmanager
def collected_failures() -> Iterator[list[tuple[str, BaseException]]]:
    """Collect what the bot's loggers are given with an exception in this thread: a message and the exception each."""
    collector = _Collector()
    logger = logging.getLogger("bot")
    logger.addHandler(collector)
    try:
        yield collector.failures
    finally:
        logger.removeHandler(collector)


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.failures: list[tuple[str, BaseException]] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error and record.thread == self._thread:
            self.failures.append((record.getMessage(), error))


def configure(level: str, style: Literal["json", "text"]) -> None:
    """Send all loggers' lines to standard error, and turn other output there into log lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(style))
    handler.addFilter(is_loggable)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    stderr.capture()
    os.environ[CHILD_LOGS] = f"{level} {style}"


def configure_child() -> None:
    """Configure logging like the parent process, if it called :func:`configure`."""
    level, _, style = os.environ.get(CHILD_LOGS, "").partition(" ")
    if level:
        configure(level, "json" if style == "json" else "text")


def is_loggable(record: logging.LogRecord) -> bool:
    """Filter out libraries' lines below their lowest level. A handler's filter, because Bolt sets its loggers' levels itself."""
    library = record.name.partition(".")[0]
    if library in {"asyncio", "procrastinate"} and _is_lost_connection(record):
        return False  # the engine logs the outage once
    return record.levelno >= _LEAST.get(library, logging.NOTSET)


def _is_lost_connection(record: logging.LogRecord) -> bool:
    error = record.exc_info[0] if isinstance(record.exc_info, tuple) else None
    return error is not None and any(kind.__name__ in {"ConnectorException", "StoreError"} for kind in error.__mro__)


def formatter(style: Literal["json", "text"]) -> logging.Formatter:
    """Return the formatter for all log lines."""
    renderer = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "logger", "event"])
    )
    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _safe, renderer],
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _request,
            _trace,
        ],
    )


def _request(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401 - structlog's form
    if REQUEST.get():
        event["request"] = REQUEST.get()
    return event


def _trace(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401 - structlog's form
    """Say what was raised and where, without its words: an exception's text may hold what somebody typed."""
    info = event.pop("exc_info", None)
    record = event.get("_record")
    if isinstance(info, tuple):
        error = info[1]
        if isinstance(error, BaseException):
            event["error"] = list(raised(error))
        if record is not None:
            record.exc_info = record.exc_text = None
    return event


def raised(error: BaseException) -> Iterator[str]:
    """Yield the exception and what caused it, each as its kind and the places it came through, the innermost last."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        reason = f": {current.strerror}" if isinstance(current, OSError) and current.strerror else ""
        yield f"{type(current).__module__}.{type(current).__qualname__}{reason} {_places(current.__traceback__)}"
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def _places(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return " > ".join(f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno} {frame.name}" for frame in frames[-12:])


def _safe(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401 - structlog's form
    """Remove secrets and control characters from all values."""
    return {key: _clean(value) for key, value in event.items()}


def _clean(value: Any) -> Any:  # noqa: ANN401 - any value of a log line
    if isinstance(value, str):
        return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", _SECRET.sub("[removed]", value))
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
