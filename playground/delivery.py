"""How what happens reaches the app: signed HTTP requests or Socket Mode, three seconds to acknowledge, events tried again."""

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
    """How the app acknowledged one delivery."""

    error: str | None = None
    """``operation_timeout``, ``dispatch_failed``, or what was wrong with the body; ``None`` when all is well."""
    status: int | None = None
    """HTTP status; ``None`` when there was no answer. Socket Mode's acks count as 200."""
    text: str = ""
    body: Json | None = None
    """The answer, where it is a JSON object."""
    seconds: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether Slack would be content."""
        return self.error is None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to reach the app, and what came of it."""

    kind: str
    """``slash_commands``, ``interactive`` or ``events_api``."""
    payload: Json
    attempt: int
    """0 the first time."""
    ack: Ack


class Transport(Protocol):
    """A way to the app."""

    def send(self, kind: str, payload: Json, attempt: int, reason: str) -> Ack:
        """Hand over one payload and wait for the acknowledgement."""


class HttpTransport:
    """Requests to the app's request URL, signed as Slack signs them."""

    def __init__(self, url: str, signing_secret: str, ack_limit: float) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname not in LOOPBACK:
            raise ValueError(f"the app's request URL must be http on this machine, not {url!r}")
        self._host, self._port, self._path = parts.hostname, parts.port or 80, parts.path or "/"
        self._secret = signing_secret
        self._limit = ack_limit

    def send(self, kind: str, payload: Json, attempt: int, reason: str) -> Ack:
        """POST one payload in the form that its kind has."""
        if kind == "events_api":
            body, mimetype = json.dumps(payload).encode(), "application/json"
        else:
            fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, mimetype = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        # The app compares with its own wall clock, so an injected clock must not be used here.
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
    """Sign a request: version 0, HMAC-SHA256 over ``v0:timestamp:body``."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()


def json_object(text: str) -> Json | None:
    """Read a JSON object; ``None`` for anything else."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


class Outbox:
    """Sends to the app by the request URL when there is one, else by Socket Mode; tries events again; remembers all of it."""

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
        """Send to this URL from now on; ``None`` is Socket Mode. Raises :class:`ValueError` for a URL off this machine."""
        self._http = HttpTransport(request_url, self._secret, self._limit) if request_url else None

    def send(self, kind: str, payload: Json, attempt: int = 0, reason: str = "") -> Ack:
        """Deliver once and wait for the acknowledgement."""
        ack = (self._http or self._socket_mode).send(kind, payload, attempt, reason)
        self.log.append(Delivery(kind, payload, attempt, ack))
        return ack

    def send_event(self, payload: Json) -> Ack:
        """Deliver an event. The first acknowledgement is returned; later attempts go on in the background."""
        ack = self.send("events_api", payload)
        if not ack.ok:
            self.background(lambda: self._retry(payload, ack))
        return ack

    def background(self, work: Callable[[], object]) -> None:
        """Do something without waiting for it. :meth:`close` waits."""
        thread = threading.Thread(target=work, name="playground-outbox", daemon=True)
        self._threads = [one for one in self._threads if one.is_alive()] + [thread]
        thread.start()

    def close(self) -> None:
        """Give up on retries and wait for what is under way."""
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
