"""The baseline for acknowledgements: the same server with an application that only verifies the signature."""

from __future__ import annotations

import hashlib
import hmac
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from bot.server.http_server import HttpServer, bind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SECRET = os.environ["SLACK_SIGNING_SECRET"].encode()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    stamp = environ.get("HTTP_X_SLACK_REQUEST_TIMESTAMP", "0")
    expected = "v0=" + hmac.new(SECRET, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    good = abs(time.time() - int(stamp)) < 300 and hmac.compare_digest(expected, environ.get("HTTP_X_SLACK_SIGNATURE", ""))
    if environ["REQUEST_METHOD"] == "GET":
        good = True  # asked once, to learn that it is up
    start_response("200 OK" if good else "401 Unauthorized", [("Content-Type", "text/plain"), ("Content-Length", "0")])
    return [b""]


if __name__ == "__main__":
    sys.setswitchinterval(0.001)
    HttpServer(application, bind(int(os.environ["PORT"]))).run()
