"""``/invite``, Slack's own command, which here can add the bot only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground.workspace import SLACKBOT, Kind, Message

if TYPE_CHECKING:
    from playground.workspace import Channel, User, Workspace


def invite(workspace: Workspace, user: User, channel: Channel, text: str) -> Message:
    """Add the bot to the channel. Return Slackbot's message: to everybody, or to the user alone if nobody was added."""
    bot = workspace.users[workspace.bot]
    viewer: str | None = user.id
    if channel.kind is Kind.IM:
        answer = "You can't invite anyone to a direct message. Use `/invite` in a channel."
    elif text.strip().removeprefix("@").casefold() != bot.name.casefold():
        answer = f"`/invite` can only add the app here. Type `/invite @{bot.name}`."
    elif bot.id in channel.members:
        answer = f"<@{bot.id}> is already in this channel."
    else:
        channel.members.add(bot.id)
        answer, viewer = f"<@{user.id}> added <@{bot.id}> to this channel.", None
    return Message(workspace.stamp(), channel.id, SLACKBOT, answer, viewer=viewer)
