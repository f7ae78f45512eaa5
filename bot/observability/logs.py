"""Log lines: structured, each with the request it belongs to, and never with a token or with what somebody wrote."""

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
"""The id of the request that is being worked on; it stands in every line, and in the error that a user sees."""

_SECRET = re.compile(r"xox[a-z]+-[\w.-]+|xapp-[\w-]+|hf_\w{8,}|gAAAA[\w=-]{20,}|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)")
"""Tokens of Slack's and the Hub's, Fernet's ciphertexts, and passwords in addresses."""
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
"""Libraries that log bodies, headers or statements below these levels, or tell an operator nothing there."""


def start_request() -> str:
    """Give the request that starts now an id."""
    request = secrets.token_hex(4)
    REQUEST.set(request)
    return request


def request_id() -> str:
    """Return the id of the request that is being worked on, or a new one where there is none."""
    return REQUEST.get() or start_request()


def configure(level: str, style: Literal["json", "text"]) -> None:
    """Send the lines of every logger to standard error, from now on, and with them whatever else is written there."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(style))
    handler.addFilter(is_loggable)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    stderr.capture()
    os.environ[CHILD_LOGS] = f"{level} {style}"


def configure_child() -> None:
    """Do the same in a process that one started which did; in others, such as a test's, nothing."""
    level, _, style = os.environ.get(CHILD_LOGS, "").partition(" ")
    if level:
        configure(level, "json" if style == "json" else "text")


def is_loggable(record: logging.LogRecord) -> bool:
    """Hold back what libraries log of bodies. A filter of the handler's, since Bolt sets its loggers' levels itself."""
    library = record.name.partition(".")[0]
    if library in {"asyncio", "procrastinate"} and _is_lost_connection(record):
        return False  # the engine says once that the database is gone
    return record.levelno >= _LEAST.get(library, logging.NOTSET)


def _is_lost_connection(record: logging.LogRecord) -> bool:
    raised = record.exc_info[0] if isinstance(record.exc_info, tuple) else None
    return raised is not None and any(kind.__name__ in {"ConnectorException", "StoreError"} for kind in raised.__mro__)


def formatter(style: Literal["json", "text"]) -> logging.Formatter:
    """Make the formatter of all lines."""
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
    """Yield the exception and what caused it, each as its kind and the places it came through, the innermost last."""
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        said = f": {one.strerror}" if isinstance(one, OSError) and one.strerror else ""
        yield f"{type(one).__module__}.{type(one).__qualname__}{said} {_places(one.__traceback__)}"
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _places(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return " > ".join(f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno} {frame.name}" for frame in frames[-12:])


def _safe(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:  # noqa: ANN401 - structlog's form
    """Take out what must not be in a log, wherever it stands, and what would make two lines of one."""
    return {key: _clean(value) for key, value in event.items()}


def _clean(value: Any) -> Any:  # noqa: ANN401 - any value of a log line
    if isinstance(value, str):
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", _SECRET.sub("[removed]", value))
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return value
