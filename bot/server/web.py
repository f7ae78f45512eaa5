"""The HTTP door: what Slack calls, the pictures, and what a load balancer and Prometheus ask."""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, make_response, request
from slack_bolt.adapter.flask.handler import to_flask_response
from slack_bolt.request import BoltRequest
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, Unauthorized

from analytics.errors import StoreError
from bot.conversation.failures import failure
from bot.observability import logs
from bot.observability.throttled_log import ThrottledWarning
from bot.server.replay_guard import ReplayGuard
from bot.slack import acknowledgement
from bot.slack.verification import SIGNATURE, TIMESTAMP, is_signed_by_slack, is_well_formed, verified_context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Blueprint
    from slack_bolt import App

    from bot.jobs.prewarm import Prewarmer
    from bot.observability.metrics import Metrics
    from bot.server.health import Health
    from bot.server.worker_watch import WorkerWatch
    from bot.storage.messages.pictures import PictureStore

LARGEST_BODY = 1_000_000
"""Bytes. Slack's own requests are far smaller."""
MOST_FIELDS = 200
"""Fields of a form. A slash command has some fifteen, what is pressed one."""
_FOR_BOLT = ("Content-Type", TIMESTAMP, SIGNATURE, "X-Slack-Retry-Num", "X-Slack-Retry-Reason")
"""The headers that Bolt and listeners read of Slack's. No signature covers others, and one of them names a listener to run."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class WebContext:
    """What stands behind the doors of one web process."""

    app: App
    gallery: PictureStore | None = None
    metrics: Metrics | None = None
    health: Health | None = None
    prewarming: Prewarmer | None = None
    worker_watch: WorkerWatch | None = None
    """The process that serves starts these three."""
    installing: Blueprint | None = None
    """The pages by which workspaces install the app."""
    metrics_token: str | None = None
    """Opens /metrics; without one nobody may read it."""
    https: bool = False
    """The public address is https, and browsers may be told to stay with it."""


def create_app(web_context: WebContext) -> Flask:
    """Make the WSGI application."""
    flask = Flask(__name__, static_folder=None)
    flask.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    flask.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    flask.url_map.merge_slashes = False  # "/slack//events" is no address of ours, and leads nowhere
    flask.before_request(_begin)
    flask.register_error_handler(HTTPException, _error_response)
    flask.register_error_handler(Exception, _failure_response)
    _slack(flask, web_context)
    _pictures(flask, web_context.gallery)
    _operation(flask, web_context)
    if web_context.installing:
        flask.register_blueprint(web_context.installing)
    headers = _HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if web_context.https else {})

    @flask.after_request
    def harden(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    return flask


def _begin() -> None:
    logs.start_request()


def _error_response(error: HTTPException) -> Response:
    """Say what was wrong with a request in one line."""
    response = make_response(f"{error.code} {error.name}\n", error.code or 500)
    response.content_type = "text/plain; charset=utf-8"
    response.headers["Cache-Control"] = "no-store"  # else a cache may keep saying 404 of a picture that is there by now
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _failure_response(error: Exception) -> Response:
    response = make_response(f"{failure(error).text}\n", 500)
    response.content_type = "text/plain; charset=utf-8"
    return response


def _slack(flask: Flask, web_context: WebContext) -> None:
    replays = ReplayGuard()
    warning = ThrottledWarning(
        "%s requests to /slack/events since the last such line were not signed by Slack; "
        "if Slack's own are among them, hfstats doctor says why"
    )
    secret = web_context.app._signing_secret  # noqa: SLF001 - Bolt has no other way to ask what it was given

    @flask.post("/slack/events")
    def events() -> Response:
        arrived = time.perf_counter()
        try:
            body = _verified_body(secret)
        except HTTPException as refused:
            warning.count()
            if web_context.metrics:
                web_context.metrics.unverified()
            return Response(status=refused.code)
        signature = request.headers[SIGNATURE]
        if not replays.first(signature):
            return Response(status=401)
        with acknowledgement.holding() as work:
            response = _dispatched(web_context.app, body)
        response.call_on_close(partial(acknowledgement.begin, work))
        if response.status_code >= 400:
            replays.forget(signature)
        if web_context.metrics:
            web_context.metrics.ack.observe(time.perf_counter() - arrived)
        return response


def _verified_body(secret: str | None) -> bytes:
    """Return the raw body of the request, which Slack signed. Nothing is parsed, and nothing read of what has no signature.

    Raises:
        Unauthorized: when Slack did not sign it, or not within five minutes.
        RequestEntityTooLarge: when it is longer than any of Slack's.

    """
    timestamp, signature = request.headers.get(TIMESTAMP), request.headers.get(SIGNATURE)
    if not is_well_formed(timestamp, signature):
        raise Unauthorized
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise
    except Exception:  # noqa: BLE001 - servers raise errors of their own for a body that ends too soon, or has broken chunks
        raise Unauthorized from None
    if not is_signed_by_slack(secret, timestamp, signature, body):
        raise Unauthorized
    return body


def _dispatched(app: App, body: bytes) -> Response:
    """Hand a verified request to Bolt, which takes its body to be of the form that Slack's have."""
    headers: dict[str, str | Sequence[str]] = {name: request.headers[name] for name in _FOR_BOLT if name in request.headers}
    is_json = body.startswith(b"{") or request.mimetype == "application/json"
    if not is_json and body.count(b"&") >= MOST_FIELDS:
        return Response(status=413)
    try:
        return to_flask_response(app.dispatch(BoltRequest(body=body.decode(), headers=headers, context=verified_context())))
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        response = make_response(f"{failure().text}\n", 400)
        response.content_type = "text/plain; charset=utf-8"
        return response


def _pictures(flask: Flask, gallery: PictureStore | None) -> None:
    @flask.get("/charts/<signed>.png")
    def chart(signed: str) -> Response:
        try:
            png = gallery.find(signed) if gallery else None
        except StoreError:
            abort(503)
        if png is None:
            abort(404)
        response = make_response(png)
        response.content_type = "image/png"
        # What a name shows never changes; Slack and every cache between may keep it.
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.set_etag(signed)
        response.make_conditional(request)
        return response


def _operation(flask: Flask, web_context: WebContext) -> None:
    @flask.get("/healthz")
    @flask.get("/healthz/live")
    def live() -> dict[str, str]:
        return {"status": "ok"}

    @flask.get("/healthz/ready")
    def ready() -> tuple[dict[str, object], int]:
        # A load balancer asks every few seconds: neither the database nor the analytics processes are touched here.
        reasons = web_context.health.reasons() if web_context.health else {}
        parts = {part: "not ready" if reason else "ok" for part, reason in reasons.items()}
        if web_context.worker_watch:  # answers go on without a worker, so it is told of and keeps no request away
            parts["worker"] = web_context.worker_watch.state
        if not any(reasons.values()):
            return {"status": "ok", "parts": parts}, 200
        told: dict[str, object] = {"status": "not ready", "parts": parts}
        if _may_read(web_context.metrics_token):  # a reason may name the database's host and path
            told["reasons"] = {part: reason for part, reason in reasons.items() if reason}
        return told, 503

    @flask.get("/metrics")
    def metrics() -> Response:
        if web_context.metrics is None or not _may_read(web_context.metrics_token):
            abort(404)
        response = make_response(web_context.metrics.text())
        response.content_type = "text/plain; version=0.0.4; charset=utf-8"
        return response


def _may_read(token: str | None) -> bool:
    """Let in who has the token, wherever from: a proxy's requests come from this machine, too. Without a token, nobody."""
    if not token or not token.strip():
        return False
    return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
