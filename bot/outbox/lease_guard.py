"""Fence: lets a request leave only while there is time, however long the process was stopped in between.

Between "the line is still mine" and the first byte on its way lie a connection and a handshake, and a process may be stopped
there for as long as somebody likes. So the last look is taken when the connection stands, right before the request is written.
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

_CLOSES: ContextVar[float | None] = ContextVar("fence", default=None)


class LeaseExpired(Exception):  # noqa: N818 - nothing went wrong: it is too late
    """The time was over before the request left: it is not there, and must not be sent by us any more."""


def now() -> float:
    """Return seconds of a clock that nobody sets and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@contextmanager
def until(closes: float) -> Iterator[None]:
    """Let requests of this context leave before ``closes`` (by :func:`now`) and refuse them after it.

    Raises:
        Closed: from inside, by the request that came too late.

    """
    token = _CLOSES.set(closes)
    try:
        yield
    finally:
        _CLOSES.reset(token)


class _Plain(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _pass()


class _Secure(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _pass()


def _pass() -> None:
    closes = _CLOSES.get()
    if closes is not None and now() >= closes:
        raise LeaseExpired


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:  # noqa: ANN401 - urllib's own response
        return self.do_open(_Plain, req)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> Any:  # noqa: ANN401 - as above
        return self.do_open(_Secure, req, context=self._context)  # type: ignore[attr-defined]


class LeaseGuardedClient(SlackClient):
    """A client whose requests heed the fence. It retries nothing: what may be there must not be posted again."""

    def __init__(self, token: str, base_url: str, timeout: int, watching: Sequence[RetryHandler] = ()) -> None:
        """``watching`` see what fails, and are to retry nothing either."""
        super().__init__(token, base_url=base_url, timeout=timeout, retry_handlers=list(watching))

    def _perform_urllib_http_request_internal(self, url: str, req: urllib.request.Request) -> dict[str, Any]:
        if not url.startswith(("https://", "http://")):
            raise ValueError("an address of the Web API begins with http")
        proxies = [urllib.request.ProxyHandler({"http": self.proxy, "https": self.proxy})] if self.proxy else []
        opener = urllib.request.build_opener(*proxies, _Http, _Https(context=self.ssl))
        with opener.open(req, timeout=self.timeout) as response:
            return {"status": response.code, "headers": response.headers, "body": response.read().decode()}
