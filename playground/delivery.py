"""Send requests to the app, over signed HTTP or Socket Mode, with three seconds to acknowledge and retries of events."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode, urlsplit

from playground.image_fetch import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]

RETRY_REASONS = {"operation_timeout": "http_timeout", "dispatch_failed": "http_error"}


@dataclass(frozen=True, slots=True)
class Ack:
    """The app's acknowledgement of a request."""

    error: str | None = None
    """``operation_timeout``, ``dispatch_failed`` or an error in the body; ``None`` for success."""
    status: int | None = None
    """HTTP status; ``None`` without a response. Socket Mode acknowledgements count as 200."""
    text: str = ""
    body: Json | None = None
    """The response body, if it is a JSON object."""
    seconds: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether Slack would accept the acknowledgement."""
        return self.error is None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to send a request to the app, with its result."""

    kind: str
    """``slash_commands``, ``interactive`` or ``events_api``."""
    payload: Json
    attempt: int
    """0 for the first attempt."""
    ack: Ack


class Transport(Protocol):
    """A connection to the app."""

    def send(self, kind: str, payload: Json, attempt: int, reason: str) -> Ack:
        """Send a payload and wait for the acknowledgement."""


class HttpTransport:
    """Signed requests to the app's request URL."""

    def __init__(self, url: str, signing_secret: str, ack_limit: float) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname not in LOOPBACK:
            raise ValueError(f"the app's request URL must be http on this machine, not {url!r}")
        self._host, self._port, self._path = parts.hostname, parts.port or 80, parts.path or "/"
        self._secret = signing_secret
        self._limit = ack_limit

    def send(self, kind: str, payload: Json, attempt: int, reason: str) -> Ack:
        """POST a payload in the format of its kind."""
        if kind == "events_api":
            body, mimetype = json.dumps(payload).encode(), "application/json"
        else:
            fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, mimetype = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        # The app compares this with its own clock, so the injected clock can't be used.
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": mimetype,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._secret, timestamp, body),
        }
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        return self._post(body, headers)

    def _post(self, body: bytes, headers: dict[str, str]) -> Ack:
        began = time.monotonic()
        connection = http.client.HTTPConnection(self._host, self._port, timeout=self._limit)
        try:
            connection.request("POST", self._path, body, headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace").strip()
        except TimeoutError:
            return Ack("operation_timeout", seconds=time.monotonic() - began)
        except (OSError, http.client.HTTPException):
            return Ack("dispatch_failed", seconds=time.monotonic() - began)
        finally:
            connection.close()
        seconds = time.monotonic() - began
        error = "operation_timeout" if seconds > self._limit else None
        if error is None and response.status != http.HTTPStatus.OK:
            error = "dispatch_failed"
        received = {name.lower(): value for name, value in response.getheaders()}
        return Ack(error, response.status, text, json_object(text), seconds, received)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return a request's signature, version 0: HMAC-SHA256 of ``v0:timestamp:body``."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()


def json_object(text: str) -> Json | None:
    """Parse a JSON object; ``None`` for anything else."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


class Outbox:
    """Sends requests to the app, by HTTP if there's a request URL and otherwise by Socket Mode, and records them."""

    def __init__(self, socket_mode: Transport, signing_secret: str, ack_limit: float, retry_delays: tuple[float, ...]) -> None:
        self.log: list[Delivery] = []
        self._socket_mode = socket_mode
        self._http: HttpTransport | None = None
        self._secret = signing_secret
        self._limit = ack_limit
        self._retry_delays = retry_delays
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def attach(self, request_url: str | None) -> None:
        """Set the request URL; ``None`` for Socket Mode. Raises :class:`ValueError` for a URL on another machine."""
        self._http = HttpTransport(request_url, self._secret, self._limit) if request_url else None

    def send(self, kind: str, payload: Json, attempt: int = 0, reason: str = "") -> Ack:
        """Send once and wait for the acknowledgement."""
        ack = (self._http or self._socket_mode).send(kind, payload, attempt, reason)
        self.log.append(Delivery(kind, payload, attempt, ack))
        return ack

    def send_event(self, payload: Json) -> Ack:
        """Send an event and return the first acknowledgement; retries run in the background."""
        ack = self.send("events_api", payload)
        if not ack.ok:
            self.background(lambda: self._retry(payload, ack))
        return ack

    def background(self, work: Callable[[], object]) -> None:
        """Run ``work`` in a thread; :meth:`close` waits for it."""
        thread = threading.Thread(target=work, name="playground-outbox", daemon=True)
        self._threads = [thread for thread in self._threads if thread.is_alive()] + [thread]
        thread.start()

    def close(self) -> None:
        """Stop retrying and wait for running threads."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(self._limit + 1)

    def _retry(self, payload: Json, first: Ack) -> None:
        ack = first
        for attempt, delay in enumerate(self._retry_delays, 1):
            if ack.headers.get("x-slack-no-retry") == "1" or self._stopping.wait(delay):
                return
            ack = self.send("events_api", payload, attempt, RETRY_REASONS.get(ack.error or "", "unknown_error"))
            if ack.ok:
                return
