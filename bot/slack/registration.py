"""Register the middleware and the listeners with the Bolt app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack import access_guard, error_handler, request_reader
from bot.slack.listeners import (
    actions,
    command,
    export,
    home,
    links,
    mention,
    modal,
    modal_open,
    predictions,
    subscriptions,
    uninstall,
    workflow_step,
)

if TYPE_CHECKING:
    from slack_bolt import App

    from bot.slack.services import Services


def listen(app: App, services: Services) -> None:
    """Add the request reader, the access guard, every listener and the error handler.

    Listeners only acknowledge; the work is done in Bolt's lazy listeners.
    """
    request_reader.listen(app, services)
    access_guard.listen(app, services)
    for listener in (
        modal_open,
        predictions,
        command,
        actions,
        subscriptions,
        mention,
        modal,
        home,
        export,
        uninstall,
        links,
        workflow_step,
    ):
        listener.listen(app, services)
    app.error(error_handler.handle_error)
