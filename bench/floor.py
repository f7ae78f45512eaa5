"""The floor that acknowledgements are measured against: a WSGI application that verifies Slack's signature and says 200."""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

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


class _Floor(BaseApplication):  # type: ignore[misc]
    """gunicorn as ``hfstats serve`` sets it up."""

    def load_config(self) -> None:
        for name, value in {
            "bind": f"0.0.0.0:{os.environ['PORT']}",
            "workers": 1,
            "threads": 8,
            "worker_class": "gthread",
            "keepalive": 75,
            "loglevel": "warning",
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        return application

    def init(self, parser: object, opts: object, args: object) -> None:
        """Read no command line of gunicorn's."""


if __name__ == "__main__":
    _Floor().run()
