"""OAuth: the authorization page, code exchange and token refresh."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request

from playground.app_state import Token, TokenKind
from playground.web_api.call import Refusal

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

    from playground.app_state import Service

Json = dict[str, Any]


def installing_blueprint(service: Service) -> Blueprint:
    """Return the blueprint of ``/oauth/v2/authorize``."""
    blueprint = Blueprint("installing", __name__)

    @blueprint.get("/oauth/v2/authorize")
    def ask() -> Response | str:
        _known(service)
        return render_template("authorize.html", app=service.app, workspaces=service.workspaces.values(), asked=request.args)

    @blueprint.post("/oauth/v2/authorize")
    def decide() -> AnyResponse:
        _known(service)
        parameters = {"state": request.args.get("state", "")}
        if request.form.get("decision") == "allow":
            code = service.secret("code")
            service.codes[code] = str(request.form.get("team"))
            parameters["code"] = code
        else:
            parameters["error"] = "access_denied"
        return redirect(f"{request.args['redirect_uri']}?{urlencode(parameters)}")

    return blueprint


def _known(service: Service) -> None:
    """Reject other apps' client ids, undeclared scopes and redirect URIs on other machines."""
    asked = request.args
    there = urlsplit(asked.get("redirect_uri", ""))
    if asked.get("client_id") != service.app.client_id or there.hostname not in {"127.0.0.1", "localhost", "::1"}:
        abort(400)
    if not set(asked.get("scope", "").split(",")) <= service.app.scopes:
        abort(400)


def exchange(service: Service, arguments: Json) -> Json:
    """``oauth.v2.access``: exchange a code or a refresh token."""
    header = request.authorization
    client = (header.username, header.password) if header else (arguments.get("client_id"), arguments.get("client_secret"))
    if client[0] != service.app.client_id:
        raise Refusal("invalid_client_id")
    if client[1] != service.app.client_secret:
        raise Refusal("bad_client_secret")
    if arguments.get("grant_type") == "refresh_token":
        team = service.refresh_tokens.pop(str(arguments.get("refresh_token")), None)
        if team is None:
            raise Refusal("invalid_refresh_token")
    else:
        team = service.codes.pop(str(arguments.get("code")), None)
        if team is None:
            raise Refusal("invalid_code")
    return _installed(service, team)


def _installed(service: Service, team: str) -> Json:
    workspace = service.workspaces[team]
    return {
        "ok": True,
        **_token(service, team),
        "token_type": "bot",
        "scope": ",".join(sorted(service.app.scopes)),
        "bot_user_id": workspace.bot,
        "app_id": service.app.id,
        "team": {"id": workspace.id, "name": workspace.name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": next(user.id for user in workspace.users.values() if not user.is_bot)},
    }


def _token(service: Service, team: str) -> Json:
    """Return the workspace's token or, with token rotation, a new one that expires."""
    if service.token_lifetime is None:
        good = [name for name, token in service.tokens.items() if token.kind is TokenKind.BOT and not token.revoked]
        return {"access_token": next(name for name in good if service.tokens[name].team == team)}
    bearer, again = f"xoxe.xoxb-1-{secrets.token_hex(16)}", f"xoxe-1-{secrets.token_hex(16)}"
    ends = service.clock() + service.token_lifetime
    service.tokens[bearer] = Token(TokenKind.BOT, team, service.app.scopes, ends=ends)
    service.refresh_tokens[again] = team
    return {"access_token": bearer, "refresh_token": again, "expires_in": int(service.token_lifetime)}
