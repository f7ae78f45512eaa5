"""Structured logging with request ids, and without tokens or users' text."""

from __future__ import annotations

import logging
import os
import re
import secrets
import traceback
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
    raised = record.exc_info[0] if isinstance(record.exc_info, tuple) else None
    return raised is not None and any(kind.__name__ in {"ConnectorException", "StoreError"} for kind in raised.__mro__)


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
    """Replace an exception by its type and location, without its message, which may contain users' text."""
    raised = event.pop("exc_info", None)
    record = event.get("_record")
    if isinstance(raised, tuple):
        error = raised[1]
        if isinstance(error, BaseException):
            event["error"] = list(_raised(error))
        if record is not None:
            record.exc_info = record.exc_text = None
    return event


def _raised(error: BaseException) -> Iterator[str]:
    """Yield the exception and its causes, each as type and stack frames, innermost last."""
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
