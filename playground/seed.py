"""The workspaces that the stand-in starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.workspace import SLACKBOT, Channel, Kind, User, Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playground.app_state import Service


def seed_workspace(service: Service, name: str, bot_name: str, people: Sequence[tuple[str, str]]) -> Workspace:
    """Add a workspace with people, the bot, a channel with the bot, one without it, and a private one with it."""
    workspace = Workspace(service.serial("T"), name, name.lower().replace(" ", "-"), service.clock, service.feed)
    workspace.users[SLACKBOT] = User(SLACKBOT, "Slackbot", "Slackbot", is_bot=True)
    for short, full in people:
        user_id = service.serial("U")
        workspace.users[user_id] = User(user_id, short, full)
    everyone = set(workspace.users) - {SLACKBOT}
    workspace.bot = service.serial("U")
    workspace.users[workspace.bot] = User(workspace.bot, bot_name, bot_name, is_bot=True)
    for channel, topic, kind, with_bot in (
        ("general", "Open models on Hugging Face", Kind.PUBLIC, True),
        ("random", "The bot is no member here; its command works all the same", Kind.PUBLIC, False),
        ("research", "A private channel", Kind.PRIVATE, True),
    ):
        channel_id = service.serial("C")
        members = everyone | ({workspace.bot} if with_bot else set())
        workspace.channels[channel_id] = Channel(channel_id, channel, kind, members, topic)
    for user_id in everyone:
        workspace.direct(user_id)
    service.workspaces[workspace.id] = workspace
    return workspace
