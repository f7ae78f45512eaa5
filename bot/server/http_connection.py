"""A connection of the HTTP server: its state, its memory use, and the requests it rejects."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import BadRequest

if TYPE_CHECKING:
    from bot.server.http_server import HttpServer

_LONGEST_CHUNK_LINE = 4096
"""Longest chunk header, and longest trailer, in bytes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one process. A connection that exceeds one is closed."""

    threads: int = 8
    """Threads that run the application."""
    connections: int = 512
    """Open connections; never more than half of the process's file descriptors."""
    header_bytes: int = 32 * 1024
    header_lines: int = 100
    body_bytes: int = 1_000_000
    buffered_bytes: int = 32_000_000
    """For unfinished requests and unread responses of all connections."""
    request_seconds: float = 15.0
    """From a request's first byte, or the opening of the connection, to its last byte."""
    response_seconds: float = 30.0
    """From when a response is ready until the client has read it."""
    idle_seconds: float = 75.0
    """Between two requests on one connection. Longer than the 60 s of common proxies, so that the proxy closes first."""
    closing_seconds: float = 2.0
    """For the client to close its side after the last response."""
    stop_seconds: float = 2.0
    """For started requests when the server stops; Slack waits three seconds for a response."""


class State(Enum):
    """What a connection is waiting for; time limits depend on it."""

    READING = "the rest of a request"
    RUNNING = "the application"
    WRITING = "the client to take the response"
    IDLE = "the next request"
    CLOSING = "the client to close its side"


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress ships no types
    """Rejects malformed requests with 4xx and accepts one request at a time."""

    def received(self, data: bytes) -> int:
        """Parse received bytes; returns how many were consumed."""
        try:
            used: int = super().received(data)
        except ValueError:  # malformed numbers and addresses that waitress doesn't check
            self.error, self.completed = BadRequest("The request is malformed."), True
            return len(data)
        if (
            self.chunked
            and not self.completed
            and len(self.body_rcv.control_line) + len(self.body_rcv.trailer) > _LONGEST_CHUNK_LINE
        ):
            self.error, self.completed = BadRequest("The request is malformed."), True
        if self.completed and not self.empty and used < len(data):
            # A second request before the first is answered: legitimate clients don't do that, and responses would pile up.
            # Answer the first request, then close the connection.
            self.headers["CONNECTION"] = "close"
            return len(data)
        return used

    def parse_header(self, header_plus: bytes) -> None:
        """Parse the request line and the headers."""
        if header_plus.count(b"\n") > self.adj.limits.header_lines:
            raise ParsingError("Too many headers.")
        super().parse_header(header_plus)


class Connection(HTTPChannel):  # type: ignore[misc]  # waitress ships no types
    """A client's connection. Everything except ``service`` and ``write_soon`` runs in the server's loop."""

    parser_class = _Parser
    server: HttpServer

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - waitress's own signature
        self.state = State.READING
        self.since = time.monotonic()
        self.watched = 0  # the selector events registered for it
        self.held = 0  # buffered bytes
        self.used = False  # whether it has received a complete request
        self.closing = False
        super().__init__(*args, **kwargs)

    @property
    def open(self) -> bool:
        """Whether the socket is open."""
        return self._fileno is not None

    def handle_read(self) -> None:
        """Read part of a request; after the last response, discard the data."""
        if not self.closing:
            super().handle_read()
            return
        try:
            self.recv(65_536)  # closes at the end
        except OSError:
            self.handle_close()

    def handle_write(self) -> None:
        """Send buffered data. After the last response, shut down only the sending side.

        Closing the connection while the client is still sending would make its system drop the response.
        """
        if self.close_when_flushed and not self.total_outbufs_len and not self.will_close:
            self.closing = True
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_WR)
        else:
            super().handle_write()

    def readable(self) -> bool:
        """Whether to wait for data from the client."""
        return self.closing or bool(super().readable())

    def writable(self) -> bool:
        """Whether to wait until the client can receive data."""
        return bool(self.will_close or (super().writable() and not self.closing))

    def current_state(self) -> State:
        """Return the current state."""
        if self.requests:
            return State.RUNNING
        if self.closing:
            return State.CLOSING
        if self.total_outbufs_len or self.close_when_flushed or self.will_close:
            return State.WRITING
        return State.IDLE if self.used and self.request is None else State.READING

    def buffered(self) -> int:
        """Return the memory used by its requests and responses, in bytes."""
        requests = [*self.requests] if self.request is None else [self.request, *self.requests]
        received = sum(len(request.header_plus) + request.body_bytes_received for request in requests)
        return int(received + self.total_outbufs_len)

    def add_channel(self, map: dict[int, Any] | None = None) -> None:  # noqa: A002 - waitress's own name
        """Register the connection with the server."""
        super().add_channel(map)
        self.server.changed.add(self)

    def del_channel(self, map: dict[int, Any] | None = None) -> None:  # noqa: A002 - waitress's own name
        """Unregister the connection from the server."""
        if self.open:
            self.server.forget(self)
        super().del_channel(map)
