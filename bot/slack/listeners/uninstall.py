"""What Slack itself says: a workspace removed the app, people took back what they granted, a channel has another id."""

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
    """Attach the three events."""

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

    def moved(event: dict[str, Any], context: BoltContext) -> None:
        workspace, old, new = workspace_of(context), str(event.get("old_channel_id")), str(event.get("new_channel_id"))
        if workspace:
            _done(lambda: services.channel_ids.change(workspace, old, new), "a channel has another id; rows moved: %s")

    app.event("app_uninstalled")(ack=acknowledge, lazy=[uninstalled])
    app.event("tokens_revoked")(ack=acknowledge, lazy=[revoked])
    app.event("channel_id_changed")(ack=acknowledge, lazy=[moved])


def _forget(services: Services, workspace: str) -> None:
    if workspace:
        _done(lambda: services.workspace_removal.forget(workspace), "a workspace left; rows deleted: %s")


def _done(forget: Callable[[], object], line: str) -> None:
    """Forget now or, where the database is away, later: Slack tells it once."""
    attempt("what Slack told is not recorded yet", lambda: _log.info(line, forget()))
