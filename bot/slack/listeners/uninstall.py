"""Listeners for Slack's own events: app uninstalled, tokens revoked, channel id changed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from bot.delivery.attempts import attempt
from bot.slack.payload import acknowledge, workspace_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import App, BoltContext

    from bot.slack.services import Services

_log = logging.getLogger(__name__)


def listen(app: App, services: Services) -> None:
    """Add the three listeners."""

    def handle_uninstall(context: BoltContext) -> None:
        _delete_workspace(services, workspace_of(context))

    def handle_tokens_revoked(event: dict[str, Any], context: BoltContext) -> None:
        tokens = event.get("tokens") or {}
        if tokens.get("bot"):
            _delete_workspace(services, workspace_of(context))
        elif tokens.get("oauth"):
            _delete(
                lambda: services.workspace_removal.forget_users(workspace_of(context), tokens["oauth"]),
                "deleted tokens of users: %s",
            )

    def handle_channel_id_changed(event: dict[str, Any], context: BoltContext) -> None:
        workspace, old, new = workspace_of(context), str(event.get("old_channel_id")), str(event.get("new_channel_id"))
        if workspace:
            _delete(lambda: services.channel_ids.change(workspace, old, new), "a channel's id changed; updated rows: %s")

    app.event("app_uninstalled")(ack=acknowledge, lazy=[handle_uninstall])
    app.event("tokens_revoked")(ack=acknowledge, lazy=[handle_tokens_revoked])
    app.event("channel_id_changed")(ack=acknowledge, lazy=[handle_channel_id_changed])


def _delete_workspace(services: Services, workspace: str) -> None:
    if workspace:
        _delete(lambda: services.workspace_removal.forget(workspace), "a workspace uninstalled the app; deleted rows: %s")


def _delete(forget: Callable[[], object], line: str) -> None:
    """Run a deletion, and retry it if the database is unavailable, because Slack sends these events once."""
    attempt("could not handle an event of Slack's yet", lambda: _log.info(line, forget()))
