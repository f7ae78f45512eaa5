"""Socket Mode: send requests to the app in envelopes over WebSockets, each acknowledged by its id."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TYPE_CHECKING, Any

import simple_websocket
from flask import Blueprint, Response, request

from playground.delivery import Ack, json_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playground.app_state import Service

Json = dict[str, Any]

WITH_RESPONSE = frozenset({"slash_commands", "interactive"})
"""Kinds whose acknowledgement may contain a response."""


class _WebSocketResponse(Response):
    """The response to a request whose connection became a WebSocket, which can't be written to."""

    def __call__(self, *_: object) -> Iterable[bytes]:
        raise ConnectionAbortedError("the connection was a WebSocket")


class SocketMode:
    """The open connections and unacknowledged envelopes."""

    def __init__(self, service: Service, ack_limit: float) -> None:
        self._service = service
        self._limit = ack_limit
        self._tickets: set[str] = set()
        self._connections: list[simple_websocket.Server] = []
        self._waiting: dict[str, Future[Json]] = {}
        self._lock = threading.Lock()
        self._turn = itertools.count()

    @property
    def connected(self) -> int:
        """The number of open connections."""
        return len(self._connections)

    def open_ticket(self) -> str:
        """Return the URL for a new connection, valid once."""
        ticket = self._service.secret("ticket")
        self._tickets.add(ticket)
        return f"{self._service.base_url.replace('http://', 'ws://', 1)}/link/{ticket}"

    def blueprint(self) -> Blueprint:
        """Return the blueprint for connections."""
        blueprint = Blueprint("socket_mode", __name__)

        @blueprint.get("/link/<ticket>", websocket=True)
        def link(ticket: str) -> Response:
            if ticket not in self._tickets:
                return Response("unknown ticket", 403)
            self._tickets.discard(ticket)
            self._serve(simple_websocket.Server(request.environ))
            return _WebSocketResponse()

        return blueprint

    def send(self, kind: str, payload: Json, attempt: int, reason: str) -> Ack:
        """Send an envelope over one of the connections and wait for its acknowledgement."""
        envelope_id = self._service.secret("envelope")
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind in WITH_RESPONSE,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": {"http_timeout": "timeout"}.get(reason, reason)}
        answer: Future[Json] = Future()
        self._waiting[envelope_id] = answer
        began = time.monotonic()
        try:
            if not self._write(json.dumps(envelope)):
                return Ack("dispatch_failed")
            body = answer.result(self._limit)
        except FutureTimeoutError:
            return Ack("operation_timeout", seconds=time.monotonic() - began)
        finally:
            self._waiting.pop(envelope_id, None)
        seconds = time.monotonic() - began
        return Ack(None, 200, "", (body or None) if kind in WITH_RESPONSE else None, seconds)

    def refresh(self, reason: str = "refresh_requested") -> None:
        """Announce and close all connections, as Slack does every few hours."""
        for connection in self._detach_all():
            with contextlib.suppress(simple_websocket.ConnectionClosed, OSError):
                connection.send(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}}))
            _close_socket(connection)

    def close(self) -> None:
        """Close every connection."""
        for connection in self._detach_all():
            _close_socket(connection)

    def _detach_all(self) -> list[simple_websocket.Server]:
        with self._lock:
            taken, self._connections = self._connections, []
            return taken

    def _write(self, text: str) -> bool:
        """Write to a connection, round robin."""
        with self._lock:
            while self._connections:
                connection = self._connections[next(self._turn) % len(self._connections)]
                try:
                    connection.send(text)
                except (simple_websocket.ConnectionClosed, OSError):
                    self._connections.remove(connection)
                else:
                    return True
            return False

    def _serve(self, connection: simple_websocket.Server) -> None:
        with self._lock:
            self._connections.append(connection)
            hello = {
                "type": "hello",
                "num_connections": len(self._connections),
                "connection_info": {"app_id": self._service.app.id},
                "debug_info": {"host": "playground", "build_number": 1, "approximate_connection_time": 18_060},
            }
            connection.send(json.dumps(hello))
        self._service.feed.touch()
        try:
            while True:
                self._acknowledge(connection.receive())
        except (simple_websocket.ConnectionClosed, OSError):
            pass
        finally:
            with self._lock:
                if connection in self._connections:
                    self._connections.remove(connection)
            _close_socket(connection)
            self._service.feed.touch()

    def _acknowledge(self, text: object) -> None:
        message = json_object(text) if isinstance(text, str) else None
        if message is None:
            return
        answer = self._waiting.get(str(message.get("envelope_id")))
        if answer is not None and not answer.done():
            payload = message.get("payload")
            answer.set_result(payload if isinstance(payload, dict) else {})


def _close_socket(connection: simple_websocket.Server) -> None:
    with contextlib.suppress(simple_websocket.ConnectionClosed, OSError):
        connection.close()
    # The reading thread blocks in recv() until the socket is shut down.
    with contextlib.suppress(OSError):
        connection.sock.shutdown(socket.SHUT_RDWR)
