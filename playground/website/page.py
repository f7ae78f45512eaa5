"""The web page's routes: the page itself, its changing fragments, and user actions."""

from __future__ import annotations

import http
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, jsonify, render_template, request

from playground.image_fetch import LOOPBACK
from playground.user_actions.typed_text import markup
from playground.web_api.files import type_of
from playground.website.rendering import UserView
from playground.workspace import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flask import Flask

    from playground.app_state import Service
    from playground.delivery import Ack
    from playground.user_actions.actions import UserActions
    from playground.workspace import Channel, Message, User, View, Workspace

Json = dict[str, Any]

BEGIN_IN = "general"
_HEARTBEAT_SECONDS = 15.0
_STARTERS = 4
_GONE = "This message or form no longer exists."
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def guard(app: Flask) -> None:
    """Reject foreign host names (DNS rebinding) and cross-site posts, and set security headers."""

    @app.before_request
    def check() -> None:
        if urlsplit(f"//{request.host}").hostname not in LOOPBACK:
            abort(http.HTTPStatus.MISDIRECTED_REQUEST, "Open this page as 127.0.0.1 or localhost.")
        if request.method == "POST" and request.path.startswith("/page/"):
            if request.headers.get("Origin") != f"http://{request.host}":
                abort(http.HTTPStatus.FORBIDDEN, "Only the playground's own page can post here.")
            if request.mimetype != "application/json":
                abort(http.HTTPStatus.UNSUPPORTED_MEDIA_TYPE)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.update(HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class Page:
    """The page's routes."""

    def __init__(
        self,
        service: Service,
        acts: Mapping[str, UserActions],
        title: str,
        note: str,
        *,
        completions: Sequence[tuple[str, str]],
        starters: Sequence[str] = (),
    ) -> None:
        """``starters``: the completions that the welcome suggests; by default the first ones with different hints."""
        self._service = service
        self._acts = acts
        self._title = title
        self._note = note
        self._completions = completions
        first = {hint: text for text, hint in reversed(completions)}
        texts = starters or [text for text, hint in completions if first[hint] == text][:_STARTERS]
        self._starters = [(text, hint) for text, hint in completions if text in texts]

    def blueprint(self) -> Blueprint:
        """Return the page's blueprint."""
        blueprint = Blueprint("page", __name__, template_folder="templates", static_folder="static", static_url_path="/static")
        blueprint.add_url_rule("/", view_func=self.shell)
        blueprint.add_url_rule("/page/state", view_func=self.state)
        blueprint.add_url_rule("/page/live", view_func=self.live)
        blueprint.add_url_rule("/page/completions", view_func=self.completions)
        blueprint.add_url_rule("/picture/<key>", view_func=self.picture)
        blueprint.add_url_rule("/page/file/<team>/<file_id>", view_func=self.file)
        for act in (self.send, self.press, self.suggest, self.submit, self.close, self.home):
            blueprint.add_url_rule(f"/page/{act.__name__}", view_func=act, methods=["POST"])
        return blueprint

    # Reading

    def shell(self) -> str:
        """Return the page."""
        workspace, user, channel = self._place(request.args)
        everybody = sorted(workspace.users)
        return render_template(
            "page.html",
            title=self._title,
            note=self._note,
            workspace=workspace,
            workspaces=list(self._service.workspaces.values()),
            user=user,
            people=[user for user in workspace.users.values() if not user.is_bot],
            channel=channel,
            channels=UserView(self._service, workspace, user).channels(),
            bot=workspace.users[workspace.bot],
            bot_is_in=workspace.bot in channel.members,
            is_direct=channel.kind is Kind.IM,
            command=self._service.app.commands[0],
            starters=self._starters,
            tints={user_id: everybody.index(user_id) % 4 for user_id in everybody},
        )

    def state(self) -> Response:
        """Return what a user sees now, as HTML fragments."""
        workspace, user, channel = self._place(request.args)
        look = UserView(self._service, workspace, user)
        thread = request.args.get("thread")
        return jsonify(
            messages=look.messages(channel),
            thread=look.thread(channel, thread) if thread else None,
            modal=look.modal(channel),
            home=look.home() if channel.kind is Kind.IM else None,
            bot_is_in=workspace.bot in channel.members,
        )

    def live(self) -> Response:
        """Stream a server-sent event for each change."""
        feed = self._service.feed

        def versions() -> Iterator[str]:
            version = -1
            while not feed.closed:
                now = feed.after(version, _HEARTBEAT_SECONDS)
                yield f"data: {now}\n\n" if now != version else ": still here\n\n"
                version = now

        return Response(versions(), mimetype="text/event-stream")

    def completions(self) -> Response:
        """Return the completions for the message box."""
        command = self._service.app.commands[0]
        return jsonify([{"text": f"{command} {text}".strip(), "hint": hint} for text, hint in self._completions])

    def picture(self, key: str) -> Response:
        """Return a cached image."""
        image = self._service.pictures.get(key)
        if image is None:
            abort(http.HTTPStatus.NOT_FOUND)
        return Response(image.content, mimetype=image.mimetype, headers={"Cache-Control": "private, max-age=86400"})

    def file(self, team: str, file_id: str) -> Response:
        """Return an uploaded file: images inline, others as downloads, so that no upload can act as a page."""
        workspace = self._service.workspaces.get(team)
        file = workspace.files.get(file_id) if workspace else None
        if file is None or file.content is None:
            abort(http.HTTPStatus.NOT_FOUND)
        mimetype, _ = type_of(file)
        response = Response(file.content, mimetype=mimetype)
        if not mimetype.startswith("image/"):
            response.headers.set("Content-Disposition", "attachment", filename=file.name)
        return response

    # User actions

    def send(self) -> Response:
        """Handle a message or a slash command."""
        body = _posted()
        workspace, user, channel = self._place(body)
        text, thread = str(body.get("text") or "").strip(), body.get("thread")
        if not text:
            abort(http.HTTPStatus.BAD_REQUEST)
        acts = self._acts[workspace.id]
        if text.startswith("/") and not thread:
            return _told(acts.command(user, channel, text))
        return _told(acts.say(user, channel, markup(workspace, text), thread))

    def press(self) -> Response:
        """Handle a button press or a menu selection."""
        body = _posted()
        workspace, user, channel = self._place(body)
        where = _target(body, workspace, user, channel)
        try:
            ack = self._acts[workspace.id].press(user, where, _named(body), body.get("value"), body.get("given"))
        except LookupError:
            abort(http.HTTPStatus.GONE, _GONE)
        return _told(ack)

    def suggest(self) -> Response:
        """Return the options for text typed into an external select."""
        body = _posted()
        workspace, user, channel = self._place(body)
        where = _target(body, workspace, user, channel)
        try:
            options = self._acts[workspace.id].suggest(user, where, _named(body), str(body.get("typed") or ""))
        except LookupError:
            abort(http.HTTPStatus.GONE, _GONE)
        return jsonify([{"text": option["text"]["text"], "value": option["value"]} for option in options])

    def submit(self) -> Response:
        """Handle a modal's submission."""
        body = _posted()
        workspace, user, _ = self._place(body)
        try:
            return _told(self._acts[workspace.id].submit(user, body.get("given") or {}))
        except LookupError:
            abort(http.HTTPStatus.GONE, _GONE)

    def close(self) -> Response:
        """Close the top modal."""
        workspace, user, _ = self._place(_posted())
        return _told(self._acts[workspace.id].close(user))

    def home(self) -> Response:
        """Handle opening the Home or Messages tab."""
        body = _posted()
        workspace, user, _ = self._place(body)
        return _told(self._acts[workspace.id].open_home(user, "messages" if body.get("tab") == "messages" else "home"))

    def _place(self, parameters: Mapping[str, Any]) -> tuple[Workspace, User, Channel]:
        """Return workspace, user and channel from ``team``, ``as`` and ``in``, or the defaults."""
        workspaces = self._service.workspaces
        try:
            workspace = workspaces[parameters.get("team") or next(iter(workspaces))]
            people = [user for user in workspace.users.values() if not user.is_bot]
            user = workspace.user(str(parameters["as"])) if parameters.get("as") else people[0]
            name = str(parameters.get("in") or BEGIN_IN)
            channel = workspace.direct(user.id) if name == "direct" and user in people else workspace.channel(name)
        except LookupError:
            abort(http.HTTPStatus.NOT_FOUND, "There is no such workspace, person or channel.")
        if user not in people or user.id not in channel.members:
            abort(http.HTTPStatus.FORBIDDEN, "This person isn't a member of that conversation.")
        return workspace, user, channel


def _posted() -> Json:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(http.HTTPStatus.BAD_REQUEST)
    return body


def _named(body: Json) -> tuple[str, str]:
    return str(body.get("block")), str(body.get("action"))


def _target(body: Json, workspace: Workspace, user: User, channel: Channel) -> Message | View:
    """Return the target of an action: the top modal, App Home or a message that the user sees."""
    target: Message | View | None
    match body.get("on"):
        case "modal":
            stack = workspace.modals.get(user.id)
            target = stack[-1] if stack else None
        case "home":
            target = workspace.homes.get(user.id)
        case _:
            message = workspace.message(channel.id, str(body.get("ts")))
            target = message if message is not None and message.viewer in (None, user.id) else None
    if target is None:
        abort(http.HTTPStatus.GONE, _GONE)
    return target


def _told(ack: Ack) -> Response:
    """Return the app's acknowledgement for the page."""
    return jsonify(ok=ack.ok, error=ack.error, reached=ack.status is not None)
