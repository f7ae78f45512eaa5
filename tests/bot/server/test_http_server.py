"""The HTTP server over real sockets: slow, silent, greedy and absurd clients, and what they must not do to others."""

from __future__ import annotations

import contextlib
import http.client
import logging
import re
import socket
import threading

import pytest
from waiting import WAIT, until

from bot.server.http_connection import Limits, State
from bot.server.http_server import HttpServer, bind

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = b"x" * 20_000_000
"""More than the system's buffers of a connection take."""


def application(environ, start_response):
    """Return the body; ``/large`` more than a client that doesn't read can be sent."""
    body = LARGE if environ["PATH_INFO"] == "/large" else environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def serving():
    """Run servers, and stop them at the end."""
    with contextlib.ExitStack() as stack:

        def start(app=application, **limits):
            server = HttpServer(app, bind(0), Limits(**limits))
            thread = threading.Thread(target=server.run)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture
def connect():
    """Open connections, and close them at the end."""
    with contextlib.ExitStack() as stack:

        def opened(server, sent=b""):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", int(server.effective_port)), WAIT))
            connection.sendall(sent)
            return connection

        yield opened


def ask(server, body=b"hello", headers=None, path="/"):
    client = http.client.HTTPConnection("127.0.0.1", int(server.effective_port), timeout=WAIT)
    with contextlib.closing(client):
        client.request("POST", path, body, headers or {})
        response = client.getresponse()
        return response.status, response.read()


def everything(connection):
    """Read until the server closes."""
    read = bytearray()
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            read += part
    return bytes(read)


def one_response(connection):
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response.status, response.read()


def state(server, state):
    return [one for one in list(server.active_channels.values()) if one.state is state]


def test_slow_connections_of_every_kind_hold_up_nobody(serving, connect):
    server = serving(threads=2)
    kinds = [
        b"",
        HEAD + b"X-Slow: a",
        HEAD + b"Content-Length: 9\r\n\r\n",
        HEAD + b"Content-Length: 9\r\n\r\nabc",
        CHUNKED + b"5\r\nab",
        GET,
        b"GET /large HTTP/1.1\r\n\r\n",
    ]
    slow = [connect(server, kind) for kind in kinds * 3]
    for connection in slow[:5]:
        connection.shutdown(socket.SHUT_WR)
    for number in range(20):
        assert ask(server, b"%d" % number) == (200, b"%d" % number)
        for connection in slow[8:14]:
            with contextlib.suppress(OSError):
                connection.send(b"a")


@pytest.mark.parametrize("begun", [HEAD + b"X-Slow: ", HEAD + b"Content-Length: 1000000\r\n\r\n"], ids=["headers", "body"])
def test_a_request_has_so_many_seconds_however_steadily_it_drips(serving, connect, begun):
    server = serving(request_seconds=0.4)
    connection = connect(server, begun)
    connection.settimeout(0.02)
    read = b""
    with contextlib.suppress(OSError):  # the server closes while this still sends
        while not read:
            connection.send(b"a")
            with contextlib.suppress(TimeoutError):
                read = connection.recv(100)
    assert read.startswith(b"HTTP/1.1 408 ")
    until(lambda: not server.active_channels)


def test_a_silent_connection_is_closed(serving, connect):
    server = serving(request_seconds=0.1)
    assert everything(connect(server)) == b""


def test_an_idle_connection_is_closed_later_than_a_silent_one(serving, connect):
    server = serving(request_seconds=0.1, idle_seconds=WAIT)
    idle = connect(server, GET)
    assert one_response(idle)[0] == 200
    assert everything(connect(server)) == b""
    assert state(server, State.IDLE)


def test_an_idle_connection_is_closed(serving, connect):
    idle = connect(serving(idle_seconds=0.1), GET)
    assert one_response(idle)[0] == 200
    assert everything(idle) == b""


def test_each_request_begins_the_time_of_an_idle_connection_anew(serving, connect):
    server = serving()
    connection = connect(server, GET)
    assert one_response(connection) == (200, b"")
    until(lambda: state(server, State.IDLE))
    [before] = [one.since for one in state(server, State.IDLE)]
    connection.sendall(GET)
    assert one_response(connection) == (200, b"")
    until(lambda: [one for one in state(server, State.IDLE) if one.since > before])


def test_a_client_that_does_not_read_holds_no_thread_and_is_closed(serving, connect):
    server = serving(threads=1, response_seconds=0.3, buffered_bytes=10 * len(LARGE))
    connect(server, b"GET /large HTTP/1.1\r\n\r\n")
    until(lambda: state(server, State.WRITING))
    assert ask(server) == (200, b"hello")
    until(lambda: not server.active_channels)


def test_a_client_that_reads_gets_all_of_a_large_response(serving):
    assert ask(serving(response_seconds=WAIT, buffered_bytes=2 * len(LARGE)), path="/large") == (200, LARGE)


def test_silent_connections_make_room(serving, connect):
    server = serving(connections=16)
    kept = connect(server, GET)
    assert one_response(kept) == (200, b"")
    silent = [connect(server) for _ in range(60)]
    assert ask(server) == (200, b"hello")
    assert len(server.active_channels) <= 16
    assert sum(everything(one) == b"" for one in silent[:40]) == 40
    kept.sendall(GET)
    assert one_response(kept) == (200, b"")


def test_idle_connections_make_room(serving, connect):
    server = serving(connections=16)
    idle = [connect(server, GET) for _ in range(40)]
    until(lambda: len(state(server, State.IDLE)) >= 14)
    assert ask(server) == (200, b"hello")
    assert len(server.active_channels) <= 16
    assert everything(idle[0])[:15] in {b"HTTP/1.1 200 OK", b""}


def test_where_all_connections_wait_for_the_application_the_next_is_refused(serving, connect):
    go = threading.Event()

    def waiting(environ, start_response):
        go.wait(WAIT)
        return application(environ, start_response)

    server = serving(waiting, connections=4, threads=2)
    begun = [connect(server, GET) for _ in range(4)]
    until(lambda: len(state(server, State.RUNNING)) == 4)
    assert everything(connect(server, GET))[:12] in {b"HTTP/1.1 503", b""}  # reset, where its bytes came first
    go.set()
    assert [one_response(one)[0] for one in begun] == [200] * 4


def test_unfinished_bodies_take_only_so_much_memory(serving, connect):
    server = serving(buffered_bytes=1_000_000)
    for _ in range(10):
        with contextlib.suppress(OSError):  # it may be closed while this still sends
            connect(server, HEAD + b"Content-Length: 500000\r\n\r\n" + b"x" * 400_000)
    until(lambda: len(server.active_channels) <= 2)  # two take 800,000, a third is over the limit
    assert sum(one.buffered() for one in list(server.active_channels.values())) <= 1_000_000
    assert ask(server) == (200, b"hello")


@pytest.mark.parametrize("body", [b"", b"acknowledged"])
def test_what_a_response_begins_when_it_closes_begins_after_the_client_has_it(serving, connect, body):
    received, closed = threading.Event(), threading.Event()

    class Response(list):
        def close(self):
            if received.wait(WAIT):
                closed.set()

    def beginning(_environ, start_response):
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return Response([body] if body else [])

    connection = connect(serving(beginning), GET)
    assert one_response(connection) == (200, body)
    assert not closed.is_set()
    received.set()
    until(closed.is_set)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n", 400),
        (b"GET http://[ HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 101 + b"\r\n", 400),
        (b"GET / HTTP/1.1\r\nA: " + b"b" * 40_000 + b"\r\n\r\n", 431),
        (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n\r\n", 431),
        (HEAD + b"Content-Length: -1\r\n\r\n", 400),
        (HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 400),
        (HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
        (HEAD + b"Content-Length: 1000001\r\n\r\n", 413),
        (HEAD + b"Content-Length: 1000001\r\n\r\n" + b"x" * 1_000_001, 413),
        (CHUNKED + b"10000\r\n" + b"x" * 65536 + b"\r\n" + b"f4241\r\n" + b"x" * 1_000_001, 413),
        (CHUNKED + b"zz\r\n", 400),
        (CHUNKED + b"5;" + b"a" * 9000, 400),
        (HEAD + b"Transfer-Encoding: gzip\r\n\r\n", 501),
    ],
)  # fmt: skip
def test_absurd_requests_are_refused(serving, connect, caplog, sent, code):
    server = serving()
    assert re.match(rb"HTTP/1\.[01] %d " % code, everything(connect(server, sent)))
    assert ask(server) == (200, b"hello")
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_requests_sent_ahead_get_one_response_and_a_close(serving, connect):
    server = serving()
    read = everything(connect(server, HEAD + b"Content-Length: 5\r\n\r\nhello" + GET * 1000))
    assert read.count(b"HTTP/1.1 200 OK") == 1
    assert b"\r\nConnection: close\r\n" in read
    assert read.endswith(b"hello")


def test_a_chunked_body_is_read(serving, connect):
    sent = CHUNKED + b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    assert one_response(connect(serving(), sent)) == (200, b"hello world")


def test_a_client_that_closed_its_side_gets_its_response(serving, connect):
    connection = connect(serving(), HEAD + b"Content-Length: 5\r\n\r\nhello")
    connection.shutdown(socket.SHUT_WR)
    assert everything(connection).endswith(b"hello")


def test_the_application_sees_what_proxies_add_and_no_server_is_named(serving, connect):
    seen = []

    def seeing(environ, start_response):
        seen.append((environ.get("HTTP_X_FORWARDED_FOR"), environ.get("HTTP_FORWARDED"), environ["REMOTE_ADDR"]))
        return application(environ, start_response)

    server = serving(seeing)
    ask(server, headers={"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7"})
    assert seen == [("203.0.113.7", "for=203.0.113.7", "127.0.0.1")]
    assert b"server:" not in everything(connect(server, b"GET / HTTP/1.0\r\n\r\n")).lower()


def test_a_stop_answers_what_was_begun_and_takes_nothing_new(connect):
    go, begun = threading.Event(), threading.Event()

    def waiting(environ, start_response):
        if environ["PATH_INFO"] == "/wait":
            begun.set()
            go.wait(WAIT)
        return application(environ, start_response)

    server = HttpServer(waiting, bind(0), Limits(stop_seconds=WAIT))
    thread = threading.Thread(target=server.run)
    thread.start()
    idle, silent = connect(server, GET), connect(server)
    running = connect(server, b"POST /wait HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello")
    reading = connect(server, HEAD + b"Content-Length: 5\r\n\r\nhel")
    assert one_response(idle)[0] == 200
    assert begun.wait(WAIT)
    until(lambda: [one for one in state(server, State.READING) if one.request])
    server.stop()
    assert everything(idle) == everything(silent) == b""
    with pytest.raises(OSError, match="refused"):
        connect(server)
    go.set()
    assert everything(running).endswith(b"hello")
    reading.sendall(b"lo")
    assert everything(reading).endswith(b"hello")
    thread.join(WAIT)
    assert not thread.is_alive()


def test_a_stop_waits_for_slow_connections_only_so_long(connect):
    server = HttpServer(application, bind(0), Limits(stop_seconds=0.2))
    thread = threading.Thread(target=server.run)
    thread.start()
    slow = connect(server, HEAD + b"Content-Length: 5\r\n\r\nhel")
    until(lambda: [one for one in state(server, State.READING) if one.request])
    server.stop()
    thread.join(WAIT)
    assert not thread.is_alive()
    assert everything(slow) == b""
