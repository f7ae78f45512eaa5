"""A tiny real Bolt app behind a real HTTP server, a clock that a test moves, and a picture."""

from __future__ import annotations

import io
import threading
import time
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from PIL import Image
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_sdk import WebClient
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from typing import Self

    from playground import SlackStandIn


class ManualClock:
    """Begins now and moves when it is told to."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


def picture(width: int = 640, height: int = 360, form: str = "PNG") -> bytes:
    """A picture with bars on it."""
    image = Image.new("RGB", (width, height), "white")
    for index, share in enumerate((0.8, 0.55, 0.35, 0.2)):
        top = 30 + index * (height - 60) // 4
        color = "#0072b2" if index == 0 else "#b9bec4"
        image.paste(color, (40, top, 40 + int((width - 80) * share), top + (height - 60) // 6))
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


class TinyBot:
    """A Bolt app behind a real HTTP server, which also serves pictures and remembers what it was sent."""

    def __init__(self, slack: SlackStandIn, **options: object) -> None:
        self.client = WebClient(token=slack.bot_token(), base_url=slack.api_url)
        self.app = App(client=self.client, signing_secret=slack.signing_secret, **options)
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.pages: dict[str, tuple[bytes, str]] = {"chart.png": (picture(), "image/png")}
        handler = SlackRequestHandler(self.app)
        flask = Flask("tiny")

        @flask.post("/slack/events")
        def events() -> Response:
            self.requests.append((dict(request.headers), request.get_data()))
            return handler.handle(request)

        @flask.get("/<name>")
        def page(name: str) -> Response:
            content, kind = self.pages[name]
            return Response(content, mimetype=kind)

        self._server = make_server("127.0.0.1", 0, flask, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self.request_url = f"{self.url}/slack/events"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
