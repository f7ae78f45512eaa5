"""The OAuth pages: /slack/install redirects to Slack, /slack/oauth_redirect receives the code."""

from __future__ import annotations

import logging
import re
import secrets
from threading import BoundedSemaphore
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request
from slack_bolt import BoltResponse
from slack_bolt.adapter.flask.handler import to_flask_response
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_bolt.request import BoltRequest
from slack_sdk.errors import SlackClientError
from werkzeug.exceptions import HTTPException

from analytics.errors import HfStatsError
from bot.conversation.failures import failure
from bot.observability.throttled_log import ThrottledWarning
from bot.slack.installation.scopes import SCOPES
from bot.slack.listeners.command import COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from slack_bolt.oauth.callback_options import FailureArgs, SuccessArgs
    from slack_sdk import WebClient
    from slack_sdk.oauth import InstallationStore, OAuthStateStore
    from slack_sdk.oauth.installation_store import Installation

_flow_log = logging.getLogger("slack_bolt.oauth")
"""Logs codes and states as warnings, which the handler filters out."""

INSTALL = "/slack/install"
REDIRECT = "/slack/oauth_redirect"
WITHIN = 600
"""Time limit for an installation, in seconds."""
AT_ONCE = 2
"""Concurrent code exchanges with Slack. Anyone can send a code, and each exchange occupies a thread."""

_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,400}")
_QUERY = ("code", "error", "state", "team")
"""Query parameters that the pages read, if their values are well-formed."""
_REASONS = {
    "access_denied": "You canceled the installation. Start again if you change your mind.",
    "invalid_browser": "You started the installation in a different browser. Start again in this one.",
    "invalid_state": "This installation link expired or was already used. Start again and finish within ten minutes.",
    "missing_code": "Slack didn't send an authorization code. Start again.",
    "invalid_code": "Slack rejected the authorization code. Start again.",
}
_BUSY = "Too many installations are in progress. Start again in a minute."
_OTHERWISE = "Slack ended the installation. Start again."

_ended = ThrottledWarning("%s installations did not finish since the last such line; the latest: %s")


def flow(
    client: WebClient,
    *,
    client_id: str,
    client_secret: str,
    public_url: str,
    authorize_url: str | None,
    installations: InstallationStore,
    states: OAuthStateStore,
) -> OAuthFlow:
    """Return slack_bolt's OAuth flow with our stores and pages. ``authorize_url``: ``None`` for Slack's own."""
    return _Flow(
        client=client,
        logger=_flow_log,
        settings=OAuthSettings(
            client_id=client_id,
            client_secret=client_secret,
            scopes=sorted(SCOPES),
            redirect_uri=f"{public_url}{REDIRECT}",
            install_path=INSTALL,
            redirect_uri_path=REDIRECT,
            install_page_rendering_enabled=False,
            authorization_url=authorize_url,
            installation_store=installations,
            state_store=states,
            state_expiration_seconds=WITHIN,
            callback_options=CallbackOptions(success=_installed, failure=_failed),
            logger=_flow_log,
        ),
    )


class _BusyError(Exception):
    """The limit on concurrent code exchanges is reached."""


class _Flow(OAuthFlow):
    """slack_bolt's flow with a limit on concurrent code exchanges."""

    def __init__(self, *, client: WebClient, logger: logging.Logger, settings: OAuthSettings) -> None:
        super().__init__(client=client, logger=logger, settings=settings)
        self._exchanging = BoundedSemaphore(AT_ONCE)

    def run_installation(self, code: str) -> Installation | None:
        if not self._exchanging.acquire(blocking=False):
            raise _BusyError
        try:
            return super().run_installation(code)
        finally:
            self._exchanging.release()


def pages(through: OAuthFlow) -> Blueprint:
    """Return the blueprint of the two pages."""
    blueprint = Blueprint("installing", __name__, template_folder="templates")

    def answered(handle: Callable[..., BoltResponse]) -> Response:
        try:
            return to_flask_response(handle(_filtered_request()))
        except HTTPException:
            raise
        except _BusyError:
            return to_flask_response(_page("hfstats wasn't installed", [_BUSY], 503))
        except (HfStatsError, SlackClientError, OSError) as error:
            notice = failure(error)
            return to_flask_response(_page("The installation failed", [notice.text], 500))

    @blueprint.get(INSTALL)
    def install() -> Response:
        return answered(through.handle_installation)

    @blueprint.get(REDIRECT)
    def come_back() -> Response:
        return answered(through.handle_callback)

    return blueprint


def _filtered_request() -> BoltRequest:
    """Return the request for Bolt's flow, with only the cookies and well-formed query parameters."""
    asked = {name: request.args.get(name, "") for name in _QUERY}
    query = {name: value for name, value in asked.items() if _PLAIN.fullmatch(value)}
    headers: dict[str, str | Sequence[str]] = {"cookie": request.headers.get("Cookie", "")}
    return BoltRequest(body="", query=query, headers=headers)


def _installed(arguments: SuccessArgs) -> BoltResponse:
    installation = arguments.installation
    where = installation.team_name or installation.enterprise_name or "your workspace"
    link = f"slack://app?team={quote(installation.team_id or '')}&id={quote(installation.app_id or '')}"
    return _page(
        f"hfstats is installed in {where}",
        ["You can use it in every channel."],
        200,
        link=link,
        label="Open Slack",
        command=f"{COMMAND} licenses",
    )


def _failed(arguments: FailureArgs) -> BoltResponse:
    if arguments.error is not None:
        return _page("The installation failed", [failure(arguments.error).text], 500)
    _ended.count(arguments.reason if arguments.reason in _REASONS else "another reason")
    return _page("hfstats wasn't installed", [_REASONS.get(arguments.reason, _OTHERWISE)], arguments.suggested_status_code)


def _page(
    title: str, sentences: list[str], status: int, *, link: str = INSTALL, label: str = "Start again", command: str = ""
) -> BoltResponse:
    nonce = secrets.token_urlsafe(16)
    html = render_template("install.html", title=title, sentences=sentences, link=link, label=label, command=command, nonce=nonce)
    headers: dict[str, str | Sequence[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": f"default-src 'none'; style-src 'nonce-{nonce}'; frame-ancestors 'none'",
    }
    return BoltResponse(status=status, body=html, headers=headers)
