"""The HTTP door: what Slack calls, and what a load balancer asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, abort, make_response, request
from slack_bolt.adapter.flask import SlackRequestHandler

if TYPE_CHECKING:
    from slack_bolt import App

    from bot.store.pictures import Gallery

LARGEST_BODY = 1_000_000
"""Bytes. Slack's own requests are far smaller."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def web(app: App, gallery: Gallery | None = None) -> Flask:
    """Make the WSGI application of a Bolt app, with the pictures of ``gallery``."""
    flask = Flask(__name__, static_folder=None)
    flask.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    slack = SlackRequestHandler(app)

    @flask.post("/slack/events")
    def events() -> Response:
        return slack.handle(request)

    @flask.get("/charts/<signed>.png")
    def chart(signed: str) -> Response:
        png = gallery.find(signed) if gallery else None
        if png is None:
            abort(404)
        response = make_response(png)
        response.content_type = "image/png"
        # What a name shows never changes; Slack and every cache between may keep it.
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Content-Security-Policy"] = "default-src 'none'"
        response.set_etag(signed)
        response.make_conditional(request)
        return response

    @flask.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @flask.after_request
    def harden(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    return flask
