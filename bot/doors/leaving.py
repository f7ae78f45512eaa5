"""A workspace that removes the app, and people who take back what they granted."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from bot.doors.payload import acked, workspace_of

if TYPE_CHECKING:
    from slack_bolt import App, BoltContext

    from bot.desk import Desk

_log = logging.getLogger(__name__)


def listen(app: App, desk: Desk) -> None:
    """Attach both events."""

    def uninstalled(context: BoltContext) -> None:
        _forget(desk, workspace_of(context))

    def revoked(event: dict[str, Any], context: BoltContext) -> None:
        tokens = event.get("tokens") or {}
        if tokens.get("bot"):
            _forget(desk, workspace_of(context))
        elif tokens.get("oauth"):
            many = desk.leaving.forget_users(workspace_of(context), tokens["oauth"])
            _log.info("tokens of people deleted: %s", many)

    app.event("app_uninstalled")(ack=acked, lazy=[uninstalled])
    app.event("tokens_revoked")(ack=acked, lazy=[revoked])


def _forget(desk: Desk, workspace: str) -> None:
    if workspace:
        _log.info("a workspace left; rows deleted: %s", desk.leaving.forget(workspace))
