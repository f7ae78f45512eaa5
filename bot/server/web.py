"""The Flask application: Slack's requests, charts, installation, health checks and metrics."""

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
"""Bytes; Slack's requests are much smaller."""
MOST_FIELDS = 200
"""Form fields; a slash command has about 15, an interaction one."""
_FOR_BOLT = ("Content-Type", TIMESTAMP, SIGNATURE, "X-Slack-Retry-Num", "X-Slack-Retry-Reason")
"""The headers passed on to Bolt. Signatures don't cover headers, and Bolt lets one of them select a listener."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class WebContext:
    """The dependencies of a web process's routes."""

    app: App
    picture_store: PictureStore | None = None
    metrics: Metrics | None = None
    health: Health | None = None
    prewarming: Prewarmer | None = None
    worker_watch: WorkerWatch | None = None
    """``health``, ``prewarming`` and ``worker_watch`` are started by the serving process."""
    installing: Blueprint | None = None
    """The OAuth pages."""
    metrics_token: str | None = None
    """The bearer token for /metrics; without one, /metrics is off."""
    https: bool = False
    """Whether the public URL is https, so that HSTS can be sent."""


def create_app(web_context: WebContext) -> Flask:
    """Return the WSGI application."""
    flask = Flask(__name__, static_folder=None)
    flask.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    flask.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    flask.url_map.merge_slashes = False  # "/slack//events" must be a 404, not a redirect
    flask.before_request(_begin)
    flask.register_error_handler(HTTPException, _error_response)
    flask.register_error_handler(Exception, _failure_response)
    _slack(flask, web_context)
    _pictures(flask, web_context.picture_store)
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
    """Return an HTTP error as one line of text."""
    response = make_response(f"{error.code} {error.name}\n", error.code or 500)
    response.content_type = "text/plain; charset=utf-8"
    response.headers["Cache-Control"] = "no-store"  # a cached 404 would hide a chart that is stored later
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
        "rejected %s requests to /slack/events without a valid Slack signature; "
        "if Slack's own requests are rejected, run hfstats doctor"
    )
    secret = web_context.app._signing_secret  # noqa: SLF001 - Bolt has no public accessor

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
        with acknowledgement.deferred_work() as work:
            response = _dispatched(web_context.app, body)
        response.call_on_close(partial(acknowledgement.begin, work))
        if response.status_code >= 400:
            replays.forget(signature)
        if web_context.metrics:
            web_context.metrics.ack.observe(time.perf_counter() - arrived)
        return response


def _verified_body(secret: str | None) -> bytes:
    """Return the raw body of a request that Slack signed. Unsigned requests are rejected before their body is read.

    Raises:
        Unauthorized: without a valid signature from the last five minutes.
        RequestEntityTooLarge: when it's larger than ``LARGEST_BODY``.

    """
    timestamp, signature = request.headers.get(TIMESTAMP), request.headers.get(SIGNATURE)
    if not is_well_formed(timestamp, signature):
        raise Unauthorized
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise
    except Exception:  # noqa: BLE001 - servers have their own errors for incomplete bodies and malformed chunks
        raise Unauthorized from None
    if not is_signed_by_slack(secret, timestamp, signature, body):
        raise Unauthorized
    return body


def _dispatched(app: App, body: bytes) -> Response:
    """Pass a verified request to Bolt. Bolt raises various errors for bodies that don't have Slack's form."""
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


def _pictures(flask: Flask, picture_store: PictureStore | None) -> None:
    @flask.get("/charts/<signed>.png")
    def chart(signed: str) -> Response:
        try:
            png = picture_store.find(signed) if picture_store else None
        except StoreError:
            abort(503)
        if png is None:
            abort(404)
        response = make_response(png)
        response.content_type = "image/png"
        # A chart never changes, so Slack and every cache in between may keep it.
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
        # Called every few seconds by load balancers, so it uses neither the database nor the analytics processes.
        reasons = web_context.health.reasons() if web_context.health else {}
        parts = {part: "not ready" if reason else "ok" for part, reason in reasons.items()}
        if web_context.worker_watch:  # only informative, because answers don't need a worker
            parts["worker"] = web_context.worker_watch.state
        if not any(reasons.values()):
            return {"status": "ok", "parts": parts}, 200
        body: dict[str, object] = {"status": "not ready", "parts": parts}
        if _may_read(web_context.metrics_token):  # a reason may contain the database's host and path
            body["reasons"] = {part: reason for part, reason in reasons.items() if reason}
        return body, 503

    @flask.get("/metrics")
    def metrics() -> Response:
        if web_context.metrics is None or not _may_read(web_context.metrics_token):
            abort(404)
        response = make_response(web_context.metrics.text())
        response.content_type = "text/plain; version=0.0.4; charset=utf-8"
        return response


def _may_read(token: str | None) -> bool:
    """Return whether the request has the bearer token. Local ones need it too, because proxies make all requests look local."""
    if not token or not token.strip():
        return False
    return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
