"""A private channel that is shared with another organization: Slack gives it another id, and tells the apps in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from playground import payloads
from playground.delivery import Ack

if TYPE_CHECKING:
    from playground.server import SlackStandIn


def share_private_channel(slack: SlackStandIn, name: str, team: str | None = None, *, told: bool = True) -> tuple[str, str, Ack]:
    """Share a private channel through Slack Connect; return its old id, its new one, and how the app took the event.

    From then on the old id is ``channel_not_found``. Slack tells of it with the scope ``groups:read``, and only apps that are in
    the channel. ``told``: whether it does so at once, or not before :func:`tell`.
    """
    workspace = slack.workspace(team)
    with workspace.lock:
        channel = workspace.channel(name)
        old, new = channel.id, slack.service.serial("C")
        workspace.channels[new] = workspace.channels.pop(old)
        channel.id, channel.ext_shared = new, True
        for message in workspace.messages(old):
            workspace.take(message)
            workspace.put(replace(message, channel=new))
    return old, new, tell(slack, old, new, team) if told else Ack()


def tell(slack: SlackStandIn, old: str, new: str, team: str | None = None) -> Ack:
    """Send ``channel_id_changed``, if the app asked for it, may hear it, and is in the channel."""
    workspace, app = slack.workspace(team), slack.service.app
    hears = "channel_id_changed" in app.events and "groups:read" in app.scopes and workspace.installed
    if not hears or workspace.bot not in workspace.channels[new].members:
        return Ack()
    event = {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": new, "event_ts": workspace.stamp()}
    return slack.deliver("events_api", payloads.event_callback(slack.service, workspace, event))
