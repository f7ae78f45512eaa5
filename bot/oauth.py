"""The pages by which a workspace installs the app: /slack/install leads to Slack, /slack/oauth_redirect comes back."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request
from slack_bolt import BoltResponse
from slack_bolt.adapter.flask.handler import to_bolt_request, to_flask_response
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk.errors import SlackClientError
from werkzeug.exceptions import HTTPException

from analytics.errors import HfStatsError
from bot.doors.command import COMMAND
from bot.router import failure
from bot.scopes import SCOPES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from slack_bolt.oauth.callback_options import FailureArgs, SuccessArgs
    from slack_sdk import WebClient
    from slack_sdk.oauth import InstallationStore, OAuthStateStore

_log = logging.getLogger(__name__)
_flow_log = logging.getLogger("slack_bolt.oauth")
"""Writes codes and states at WARNING, which the handler holds back."""

INSTALL = "/slack/install"
REDIRECT = "/slack/oauth_redirect"
WITHIN = 600
"""Seconds from the start of an installation to its end."""

_REASONS = {
    "access_denied": "You did not allow it, so nothing was installed.",
    "invalid_browser": "This page was opened in another browser than the one that began, so nothing was installed.",
    "invalid_state": "More than ten minutes passed, or this address was opened before, so nothing was installed.",
    "missing_code": "Slack sent no code along, so nothing was installed.",
    "invalid_code": "Slack did not accept the code that it sent along, so nothing was installed.",
}
_OTHERWISE = "Slack ended the installation, so nothing was installed."


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
    """Make slack_bolt's flow, with our stores and our pages. ``authorize_url`` is Slack's unless given."""
    return OAuthFlow(
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


def pages(through: OAuthFlow) -> Blueprint:
    """Make the two pages."""
    blueprint = Blueprint("installing", __name__, template_folder="templates")

    def answered(handle: Callable[..., BoltResponse]) -> Response:
        try:
            return to_flask_response(handle(to_bolt_request(request)))
        except HTTPException:
            raise
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


def _installed(arguments: SuccessArgs) -> BoltResponse:
    installation = arguments.installation
    where = installation.team_name or installation.enterprise_name or "your workspace"
    link = f"slack://app?team={quote(installation.team_id or '')}&id={quote(installation.app_id or '')}"
    return _page(
        f"hfstats is in {where}",
        ["It answers in every channel."],
        200,
        link=link,
        label="Open Slack",
        command=f"{COMMAND} licenses",
    )


def _failed(arguments: FailureArgs) -> BoltResponse:
    if arguments.error is not None:
        return _page("The installation failed", [failure(arguments.error).text], 500)
    _log.warning("an installation ended: %s", arguments.reason if arguments.reason in _REASONS else "another reason")
    return _page("hfstats was not installed", [_REASONS.get(arguments.reason, _OTHERWISE)], arguments.suggested_status_code)


def _page(
    title: str, sentences: list[str], status: int, *, link: str = INSTALL, label: str = "Begin again", command: str = ""
) -> BoltResponse:
    nonce = secrets.token_urlsafe(16)
    html = render_template("install.html", title=title, sentences=sentences, link=link, label=label, command=command, nonce=nonce)
    headers: dict[str, str | Sequence[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": f"default-src 'none'; style-src 'nonce-{nonce}'; frame-ancestors 'none'",
    }
    return BoltResponse(status=status, body=html, headers=headers)
