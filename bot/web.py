"""The HTTP door: what Slack calls, and what a load balancer asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, request
from slack_bolt.adapter.flask import SlackRequestHandler

if TYPE_CHECKING:
    from slack_bolt import App

LARGEST_BODY = 1_000_000
"""Bytes. Slack's own requests are far smaller."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def web(app: App) -> Flask:
    """Make the WSGI application of a Bolt app."""
    flask = Flask(__name__, static_folder=None)
    flask.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    slack = SlackRequestHandler(app)

    @flask.post("/slack/events")
    def events() -> Response:
        return slack.handle(request)

    @flask.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @flask.after_request
    def harden(response: Response) -> Response:
        response.headers.update(_HEADERS)
        return response

    return flask
