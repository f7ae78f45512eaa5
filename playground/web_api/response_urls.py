"""Response URLs: up to five responses to a user interaction within 30 minutes, even if the app isn't a member."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from playground.app_state import HOOK_USES, Hook
from playground.web_api.api import under_faults
from playground.web_api.call import Refusal, accepted_blocks
from playground.web_api.chat import POST_LIMIT, checked_metadata
from playground.workspace import Message

if TYPE_CHECKING:
    from playground.app_state import Service
    from playground.workspace import Workspace

Json = dict[str, Any]


def hooks_blueprint(service: Service) -> Blueprint:
    """Return the blueprint of response URLs."""
    blueprint = Blueprint("hooks", __name__)

    @blueprint.post("/hooks/<team>/<key>")
    def respond(team: str, key: str) -> Response:
        body = request.get_json(silent=True)
        content = body if isinstance(body, dict) else None

        def answer() -> tuple[Response, str | None]:
            try:
                use_hook(service, team, key, content)
            except Refusal as refusal:
                response = jsonify(refusal.body)
                response.status_code = 404
                return response, refusal.error
            return Response("ok", mimetype="text/html"), None

        return under_faults(service, "response_url", content or {}, answer)

    return blueprint


def use_hook(service: Service, team: str, key: str, body: Json | None) -> None:
    """Handle a request to a response URL. Each request counts as a use, even one with invalid content.

    Raises:
        Refusal: ``invalid_url``, ``expired_url``, ``used_url`` or an error in the content.

    """
    hook = service.hooks.get(key)
    if hook is None or hook.team != team:
        raise Refusal("invalid_url")
    workspace = service.workspaces[hook.team]
    with workspace.lock:
        if service.clock() > hook.expires:
            raise Refusal("expired_url")
        if hook.uses >= HOOK_USES:
            raise Refusal("used_url")
        hook.uses += 1
    if body is None:
        raise Refusal("invalid_payload")
    source = workspace.message(hook.channel, hook.source) if hook.source else None
    if source is not None and _says(body, "delete_original"):
        workspace.take(source)
        return
    draft = response_message(service, workspace, body, hook)
    # A slash command has no message to replace, so Slack ignores `replace_original`.
    if source is not None and _says(body, "replace_original"):
        edited = "" if source.viewer else workspace.stamp()
        workspace.put(replace(draft, ts=source.ts, thread_ts=source.thread_ts, viewer=source.viewer, edited=edited))
    else:
        workspace.put(draft)


def response_message(service: Service, workspace: Workspace, body: Json, hook: Hook) -> Message:
    """Return the message from a response URL's or acknowledgement's body, ephemeral by default.

    Raises:
        Refusal: for invalid content.

    """
    text = body.get("text") or ""
    if not isinstance(text, str):
        raise Refusal("invalid_payload")
    text = text[:POST_LIMIT]  # shortened, as a post is
    if body.get("response_type") not in (None, "ephemeral", "in_channel"):
        raise Refusal("invalid_response_type")
    blocks = body.get("blocks")
    accepted = accepted_blocks(service, workspace, blocks) if blocks else ()
    if not text and not accepted:
        raise Refusal("no_text")
    visible = body.get("response_type") == "in_channel"
    thread = body.get("thread_ts")
    if thread and workspace.message(hook.channel, str(thread)) is None:
        raise Refusal("thread_not_found")
    return Message(
        workspace.stamp(),
        hook.channel,
        workspace.bot,
        text,
        accepted,
        thread,
        None if visible else hook.user,
        metadata=checked_metadata(body.get("metadata")) if visible else None,
    )


def _says(body: Json, name: str) -> bool:
    return body.get(name) is True or str(body.get(name)).lower() == "true"
