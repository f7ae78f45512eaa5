"""A workspace that removes the app, and people who take back what they granted."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from bot.delivery.attempts import attempt
from bot.slack.payload import acked, workspace_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import App, BoltContext

    from bot.slack.services import Services

_log = logging.getLogger(__name__)


def listen(app: App, services: Services) -> None:
    """Attach both events."""

    def uninstalled(context: BoltContext) -> None:
        _forget(services, workspace_of(context))

    def revoked(event: dict[str, Any], context: BoltContext) -> None:
        tokens = event.get("tokens") or {}
        if tokens.get("bot"):
            _forget(services, workspace_of(context))
        elif tokens.get("oauth"):
            _done(
                lambda: services.workspace_removal.forget_users(workspace_of(context), tokens["oauth"]),
                "tokens of people deleted: %s",
            )

    app.event("app_uninstalled")(ack=acked, lazy=[uninstalled])
    app.event("tokens_revoked")(ack=acked, lazy=[revoked])


def _forget(services: Services, workspace: str) -> None:
    if workspace:
        _done(lambda: services.workspace_removal.forget(workspace), "a workspace left; rows deleted: %s")


def _done(forget: Callable[[], object], line: str) -> None:
    """Forget now or, where the database is away, later: Slack tells it once."""
    attempt("what a workspace left behind is still there", lambda: _log.info(line, forget()))
