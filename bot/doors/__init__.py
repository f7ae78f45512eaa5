"""Slack's doors. Each takes what Slack sends, acknowledges it within the time Slack allows, and hands on to the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.doors import bets, buttons, clerk, command, export, failed, guard, home, leaving, modal, opening, talk, unfurl, workflow

if TYPE_CHECKING:
    from slack_bolt import App

    from bot.desk import Desk


def listen(app: App, desk: Desk) -> None:
    """Attach every door to ``app``, and the guard before them.

    Work goes on in Bolt's lazy listeners, after Slack has its acknowledgement.
    """
    guard.listen(app, desk)
    for door in (opening, bets, command, buttons, clerk, talk, modal, home, export, leaving, unfurl, workflow):
        door.listen(app, desk)
    app.error(failed.failed)
