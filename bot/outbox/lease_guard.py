"""A client that sends a request only while the delivery's lease is valid.

The process can be paused for any time between the check of the lease and the first byte of the request, because connecting and
the TLS handshake lie in between. So the lease is checked again when the connection stands, right before the request is written.
"""

from __future__ import annotations

import time
import urllib.request
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING, Any

from bot.slack_api.client import SlackClient

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slack_sdk.http_retry import RetryHandler

_DEADLINE: ContextVar[float | None] = ContextVar("lease_deadline", default=None)


class LeaseExpired(Exception):  # noqa: N818 - not an error: another process takes over
    """The lease expired before the request was sent. Nothing was posted, and this process must not post anymore."""


def now() -> float:
    """Return seconds of a clock that is never adjusted and that runs while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@contextmanager
def until(deadline: float) -> Iterator[None]:
    """Refuse requests of this context after ``deadline``, a time of :func:`now`.

    Raises:
        LeaseExpired: from the request that came too late.

    """
    token = _DEADLINE.set(deadline)
    try:
        yield
    finally:
        _DEADLINE.reset(token)


class _GuardedHTTPConnection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _check_deadline()


class _GuardedHTTPSConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _check_deadline()


def _check_deadline() -> None:
    deadline = _DEADLINE.get()
    if deadline is not None and now() >= deadline:
        raise LeaseExpired


class _HTTPHandler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:  # noqa: ANN401 - urllib's own response
        return self.do_open(_GuardedHTTPConnection, req)


class _HTTPSHandler(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> Any:  # noqa: ANN401 - as above
        return self.do_open(_GuardedHTTPSConnection, req, context=self._context)  # type: ignore[attr-defined]


class LeaseGuardedClient(SlackClient):
    """A client that sends requests only within the lease. It doesn't retry, because a message may have been posted."""

    def __init__(self, token: str, base_url: str, timeout: int, watching: Sequence[RetryHandler] = ()) -> None:
        """``watching`` handlers observe failures and must not retry either."""
        super().__init__(token, base_url=base_url, timeout=timeout, retry_handlers=list(watching))

    def _perform_urllib_http_request_internal(self, url: str, req: urllib.request.Request) -> dict[str, Any]:
        if not url.startswith(("https://", "http://")):
            raise ValueError("a URL of the Web API must start with http:// or https://")
        proxies = [urllib.request.ProxyHandler({"http": self.proxy, "https": self.proxy})] if self.proxy else []
        opener = urllib.request.build_opener(*proxies, _HTTPHandler, _HTTPSHandler(context=self.ssl))
        with opener.open(req, timeout=self.timeout) as response:
            return {"status": response.code, "headers": response.headers, "body": response.read().decode()}
