"""The Web API's routes: parse arguments, check token, scopes and rate limit, and apply planned faults."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from playground.app_state import TokenKind
from playground.web_api.call import ApiCall, Refusal
from playground.web_api.files import upload
from playground.web_api.methods import METHODS, Method
from playground.web_api.oauth import exchange

if TYPE_CHECKING:
    from collections.abc import Callable

    from playground.app_state import Service, Token
    from playground.faults import Fault
    from playground.workspace import Workspace

Json = dict[str, Any]
TOO_MANY = 429


def api_blueprint(service: Service, open_connection: Callable[[], str]) -> Blueprint:
    """Return the Web API's blueprint. ``open_connection`` returns the URL of a new Socket Mode connection."""
    blueprint = Blueprint("api", __name__)

    @blueprint.route("/api/<method>", methods=["GET", "POST"])
    def call(method: str) -> Response:
        arguments = read_arguments()
        return under_faults(service, method, arguments, lambda: _answer(service, method, arguments, open_connection))

    @blueprint.post("/upload/<team>/<file_id>")
    def take_upload(team: str, file_id: str) -> Response:
        def take() -> tuple[Response, str | None]:
            workspace = service.workspaces.get(team)
            raw = (
                request.get_data()
            )  # before parsing the form, which would consume the body of a client that sends no content type
            part = next(iter(request.files.values()), None)
            content = part.read() if part is not None else raw
            text, status = upload(workspace, file_id, content) if workspace else ("not_found", 404)
            return Response(text, status, mimetype="text/plain"), None if status == 200 else text

        return under_faults(service, "upload", {"file": file_id}, take)

    @blueprint.get("/files/<team>/<file_id>/<name>")
    def private_file(team: str, file_id: str, name: str) -> Response:
        token = service.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        allowed = token is not None and token.team == team and not token.revoked
        file = service.workspaces[team].files.get(file_id) if allowed else None
        if file is None or file.name != name or file.content is None:
            return Response("not_found", 404, mimetype="text/plain")
        return Response(file.content, mimetype="application/octet-stream")

    @blueprint.get("/docs/<team>/<canvas_id>")
    def show_canvas(team: str, canvas_id: str) -> Response:
        workspace = service.workspaces.get(team)
        canvas = workspace.canvases.get(canvas_id) if workspace else None
        text = f"# {canvas.title}\n\n{canvas.markdown}" if canvas else "not_found"
        return Response(text, 200 if canvas else 404, mimetype="text/plain")

    return blueprint


def read_arguments() -> Json:
    """Return the call's arguments from a JSON body, a form or the query string."""
    if request.mimetype == "application/json":
        body = request.get_json(silent=True)
        return body if isinstance(body, dict) else {}
    return {**request.args.to_dict(), **request.form.to_dict()}


def under_faults(service: Service, method: str, arguments: Json, answer: Callable[[], tuple[Response, str | None]]) -> Response:
    """Answer a call, applying a planned fault, and record it. ``answer`` returns the response and its error code."""
    recorded = {name: value for name, value in arguments.items() if name not in ("token", "client_secret", "code")}
    fault = service.faults.take(method)
    if fault is not None:
        time.sleep(fault.delay)
        if fault.drop == "before":
            service.record(method, 0, "connection_dropped", recorded)
            return _drop()
        if (failed := _failure(fault)) is not None:
            if fault.takes_effect:
                answer()
            service.record(method, failed.status_code, fault.error or f"http_{failed.status_code}", recorded)
            return failed
    response, error = answer()
    service.record(method, response.status_code, error, recorded)
    return _drop() if fault is not None and fault.drop == "after" else response


def _failure(fault: Fault) -> Response | None:
    if fault.body is not None:
        status = fault.status or (TOO_MANY if fault.retry_after is not None else 200)
        response = Response(fault.body, status, content_type=fault.content_type)
    elif fault.error:
        response = jsonify({"ok": False, "error": fault.error})
        response.status_code = fault.status or 200
    elif fault.retry_after is not None:
        response = limited(fault.retry_after)
    elif fault.status is not None:
        response = Response("server error", fault.status, mimetype="text/plain")
    else:
        return None
    if fault.retry_after is not None:
        response.headers["Retry-After"] = str(fault.retry_after)
    response.headers.extend(fault.headers)
    return response


def limited(seconds: int | str) -> Response:
    """Return Slack's response to a rate-limited call."""
    response = jsonify({"ok": False, "error": "ratelimited"})
    response.status_code = TOO_MANY
    response.headers["Retry-After"] = str(seconds)
    return response


def _drop() -> Response:
    """Close the connection, so that the response isn't delivered."""
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    return Response("", 500)


def _answer(service: Service, name: str, arguments: Json, open_connection: Callable[[], str]) -> tuple[Response, str | None]:
    headers = {}
    try:
        if name == "api.test":
            body = {"ok": "error" not in arguments, **arguments}
        elif name == "oauth.v2.access":
            body = exchange(service, arguments)
        elif name == "apps.connections.open":
            _admitted(service, arguments, Method(lambda _: {}, ("connections:write",), TokenKind.APP))
            body = {"ok": True, "url": open_connection()}
        elif name not in METHODS:
            body = {"ok": False, "error": "unknown_method", "req_method": name}
        else:
            method = METHODS[name]
            token = _admitted(service, arguments, method)
            headers = {"X-OAuth-Scopes": ",".join(sorted(token.scopes)), "X-Accepted-OAuth-Scopes": ",".join(method.scopes)}
            workspace = service.workspaces[token.team or ""]
            if method.posts and (wait := _wait_to_post(service, workspace, arguments)):
                return limited(wait), "ratelimited"
            body = {"ok": True, **method.run(ApiCall(service, workspace, token, arguments))}
    except Refusal as refusal:
        body = refusal.body
    response = jsonify(body)
    response.headers.update(headers)
    return response, None if body["ok"] else str(body["error"])


def _admitted(service: Service, arguments: Json, method: Method) -> Token:
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip() or str(arguments.get("token") or "")
    if not bearer:
        raise Refusal("not_authed")
    token = service.tokens.get(bearer)
    if token is None:
        raise Refusal("invalid_auth")
    if token.revoked:
        raise Refusal("token_revoked")
    if token.ends is not None and service.clock() >= token.ends:
        raise Refusal("token_expired")
    kind = TokenKind.BOT if token.kind is TokenKind.STEP else token.kind
    if kind is not method.token:
        raise Refusal("not_allowed_token_type")
    if method.scopes and not token.scopes.intersection(method.scopes):
        raise Refusal("missing_scope", needed=",".join(method.scopes), provided=",".join(sorted(token.scopes)))
    return token


def _wait_to_post(service: Service, workspace: Workspace, arguments: Json) -> int:
    """Return the seconds until a post to this conversation is allowed; 0 if it's allowed now."""
    interval = service.faults.post_interval
    if not interval:
        return 0
    key = (workspace.id, str(arguments.get("channel")))
    with service.lock:
        now = service.clock()
        left = service.posted_at.get(key, float("-inf")) + interval - now
        if left > 0:
            return max(1, round(left + 0.5))
        service.posted_at[key] = now
        return 0
