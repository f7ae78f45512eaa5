"""The HTTP server of ``hfstats serve``: an event loop reads requests and writes responses, a few threads run the application.

waitress parses requests, runs the threads and buffers responses, so that no thread waits for a client. This module adds limits on
the time for requests, responses and idle connections, on the number of connections (those that waited longest are closed), and on
the memory for unfinished requests and unread responses. Its loop uses epoll or kqueue and handles only connections with events;
waitress's own loop checks all of them each time.
"""

from __future__ import annotations

import errno
import logging
import resource
import selectors
import socket
import time
from contextlib import suppress
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from bot.server.http_connection import Connection, Limits, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

_log = logging.getLogger(__name__)

_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
_TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
_REPORT_EVERY = 60.0
"""Seconds between two log lines about connections that were closed."""


class HttpServer(TcpWSGIServer):  # type: ignore[misc]  # waitress ships no types
    """Serves a WSGI application on a bound socket until :meth:`stop`.

    A response's ``close`` runs after its bytes were sent, so that work started there doesn't delay the response.
    """

    channel_class = Connection

    def __init__(self, application: WSGIApplication, bound: socket.socket, limits: Limits | None = None) -> None:
        """Start listening; :meth:`run` reads the requests.

        Raises:
            OSError: when another process is listening on the port.

        """
        self.limits = limits or Limits()
        self.changed: set[Connection] = set()  # connections to update before the loop waits again
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self.most = min(self.limits.connections, files // 2 if files > 0 else self.limits.connections)
        self._selector = selectors.DefaultSelector()
        seconds = (self.limits.request_seconds, self.limits.response_seconds, self.limits.closing_seconds)
        self._every = min(1.0, *(limit / 4 for limit in seconds))
        self._stopping = self._ended = False
        self._stop_by: float | None = None
        self._held = 0  # bytes, over all connections
        self._closed = 0  # connections, since the last log line
        self._check_at = self._report_at = 0.0
        adjustments = Adjustments(
            sockets=[bound],
            threads=self.limits.threads,
            max_request_header_size=self.limits.header_bytes,
            max_request_body_size=self.limits.body_bytes + 1,
            inbuf_overflow=2 * self.limits.body_bytes,  # never to a file; buffered_bytes limits the total
            outbuf_overflow=1 << 40,
            clear_untrusted_proxy_headers=False,  # keep them for the application
            log_socket_errors=False,
            ident=None,
        )
        adjustments.limits = self.limits
        where = bound.family, bound.type, bound.proto, bound.getsockname()
        super().__init__(_write_header_first(application), _sock=bound, adj=adjustments, sockinfo=where, bind_socket=False)

    def run(self) -> None:
        """Serve until :meth:`stop`, then finish started requests."""
        self._selector.register(self._fileno, _READ, self)
        self._selector.register(self.trigger._fileno, _READ, self.trigger)  # noqa: SLF001 - waitress has no other name for it
        while self._keep_running():
            for key, events in self._selector.select(self._every):
                self._handle(key.data, events)
            for connection in list(self.changed):
                self._look_at(connection)
            if (now := time.monotonic()) >= self._check_at:
                self._check_at = now + self._every
                self._check(now)
        self.task_dispatcher.shutdown(timeout=max(0.0, (self._stop_by or 0.0) - time.monotonic()))
        for connection in list(self.active_channels.values()):
            connection.handle_close()
        self._ended = True
        self._selector.close()
        self.trigger.close()

    def stop(self) -> None:
        """Accept no more requests and make :meth:`run` return after started ones. Safe in signal handlers and other threads."""
        self._stopping = True
        self.pull_trigger()

    def pull_trigger(self) -> None:
        """Wake up the loop. Does nothing after the server has ended, which a thread may outlive."""
        if not self._ended:
            with suppress(OSError):
                super().pull_trigger()

    def add_task(self, task: Connection) -> None:
        """Queue a connection's request for the threads."""
        task.used, task.state, task.since = True, State.RUNNING, time.monotonic()
        super().add_task(task)

    def handle_accept(self) -> None:
        """Accept a connection; if there are too many, close those that waited longest."""
        if len(self.active_channels) < self.most or self._make_room():
            super().handle_accept()
        elif accepted := self.accept():
            with suppress(OSError):
                accepted[0].send(_BUSY)
            accepted[0].close()
            self._closed += 1

    def accept(self) -> tuple[socket.socket, Any] | None:
        """Return the next connection and its address; without free file descriptors, close others for the next attempt."""
        try:
            accepted: tuple[socket.socket, Any] | None = super().accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                self._make_room()
            return None
        return accepted

    def forget(self, connection: Connection) -> None:
        """Remove a connection that is being closed."""
        self.changed.discard(connection)
        self._held -= connection.held
        connection.held = 0
        if connection.watched:
            self._selector.unregister(connection._fileno)  # noqa: SLF001 - waitress has no other name for it
            connection.watched = 0

    def _keep_running(self) -> bool:
        if not self._stopping:
            return True
        if self._stop_by is None:
            self._stop_by = time.monotonic() + self.limits.stop_seconds
            self._selector.unregister(self._fileno)
            wasyncore.dispatcher.close(self)  # close only the listening socket
            self.changed.update(self.active_channels.values())
            for connection in list(self.changed):
                self._look_at(connection)
        return bool(self.active_channels) and time.monotonic() < self._stop_by

    def _handle(self, who: Any, events: int) -> None:  # noqa: ANN401 - the server, its trigger or a connection
        if isinstance(who, Connection):
            if not who.open:  # closed by an earlier event
                return
            self.changed.add(who)
        if events & _READ:
            wasyncore.read(who)
        if events & _WRITE and who._fileno is not None:  # noqa: SLF001 - waitress has no other name for it
            wasyncore.write(who)

    def _look_at(self, connection: Connection) -> None:
        """Update a connection's state, registered events and memory use."""
        if not connection.open:
            return
        state = connection.current_state()  # first, because a thread may finish in between and wakes the loop again
        wanted = (_READ if connection.readable() else 0) | (_WRITE if connection.writable() else 0)
        if state is not connection.state:
            connection.state, connection.since = state, time.monotonic()
        if self._stopping and (state is State.IDLE or (state is State.READING and connection.request is None)):
            connection.handle_close()
            return
        if wanted != connection.watched:
            if not wanted:
                self._selector.unregister(connection._fileno)  # noqa: SLF001 - waitress has no other name for it
            elif connection.watched:
                self._selector.modify(connection._fileno, wanted, connection)  # noqa: SLF001 - as above
            else:
                self._selector.register(connection._fileno, wanted, connection)  # noqa: SLF001 - as above
            connection.watched = wanted
        held = connection.buffered()
        self._held += held - connection.held
        connection.held = held
        if state is not State.RUNNING and wanted:
            self.changed.discard(connection)
        if self._held > self.limits.buffered_bytes:
            self._free_memory()

    def _waiting(self) -> list[Connection]:
        return [
            connection
            for connection in self.active_channels.values()
            if connection.state is not State.RUNNING and not connection.requests
        ]

    def _make_room(self) -> bool:
        """Close the connections that waited longest; returns whether there were any.

        Connections that have sent a request and those that haven't form two groups. The larger group loses connections, so that
        neither kind can crowd out new clients or clients that send occasional requests.
        """
        groups: tuple[list[Connection], list[Connection]] = [], []
        for connection in self._waiting():
            groups[connection.used].append(connection)
        larger = max(groups, key=len)
        # Several at once, so that a flood of connections doesn't search for each one.
        several = max(1, min(self.most // 16, len(larger) // 4))
        for connection in nsmallest(several, larger, key=lambda connection: connection.since):
            self._close(connection)
        return bool(larger)

    def _free_memory(self) -> None:
        """Close the connection with the most buffered bytes, except those whose request is running."""
        largest = max(self._waiting(), key=lambda connection: connection.held, default=None)
        if largest is not None and largest.held:
            self._close(largest)

    def _check(self, now: float) -> None:
        """Close connections over their time limit and log the number of closed ones."""
        limits = self.limits
        longest = {
            State.READING: limits.request_seconds,
            State.WRITING: limits.response_seconds,
            State.IDLE: limits.idle_seconds,
            State.CLOSING: limits.closing_seconds,
        }
        for connection in self._waiting():
            if now - connection.since > longest[connection.state]:
                if connection.state in {State.READING, State.WRITING}:
                    self._close(connection)
                else:
                    connection.handle_close()
        if self._closed and now >= self._report_at:
            _log.warning("closed %s connections that were too slow or over the limit", self._closed)
            self._closed, self._report_at = 0, now + _REPORT_EVERY

    def _close(self, connection: Connection) -> None:
        """Close a connection because of a limit."""
        self._closed += 1
        if connection.state is State.READING and connection.request is not None:
            with suppress(OSError):
                connection.socket.send(_TIMED_OUT)
        connection.handle_close()


def bind(port: int) -> socket.socket:
    """Bind a port on all IPv4 addresses, without listening yet; 0 chooses a free port.

    Raises:
        OSError: when another process uses it.

    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("0.0.0.0", port))  # noqa: S104 - proxies of containers and platforms connect from other addresses
    except OSError:
        bound.close()
        raise
    return bound


class _HeaderFirstResponse:
    """A response whose header is written before it is closed; waitress would write the header of an empty one afterwards."""

    def __init__(self, body: Iterable[bytes], write: list[Callable[[bytes], object]]) -> None:
        self._body, self._write = body, write

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        try:
            for write in self._write:
                write(b"")
        finally:
            if hasattr(self._body, "close"):
                self._body.close()


def _write_header_first(application: WSGIApplication) -> WSGIApplication:
    def wrapped(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        write: list[Callable[[bytes], object]] = []

        def start(*arguments: Any) -> Callable[[bytes], object]:  # noqa: ANN401 - WSGI's own signature
            write[:] = [start_response(*arguments)]
            return write[0]

        body = application(environ, start)
        return _HeaderFirstResponse(body, write)

    return wrapped
