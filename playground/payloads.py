"""Build the payloads that Slack sends to apps: slash commands, interactions, events."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from playground.web_api.chat import message_json
from playground.web_api.views import view_json
from playground.workspace import COMPOSER, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playground.app_state import Service
    from playground.block_kit.blocks import Block
    from playground.web_api.functions import Execution
    from playground.workspace import Channel, Message, User, View, Workspace

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Actor:
    """The user who acts, in a workspace."""

    service: Service
    workspace: Workspace
    user: User


_HIDDEN_NAMES = {Kind.IM: "directmessage", Kind.PRIVATE: "privategroup"}


def escaped(text: str) -> str:
    """Escape ``&``, ``<`` and ``>``."""
    return escape(text, quote=False)


def shown_name(channel: Channel) -> str:
    """Return a channel's name in payloads."""
    return _HIDDEN_NAMES.get(channel.kind, channel.name)


def slash_command(actor: Actor, channel: Channel, command: str, text: str) -> dict[str, str]:
    """Build a slash command's form."""
    return {
        "token": actor.service.app.verification_token,
        "team_id": actor.workspace.id,
        "team_domain": actor.workspace.domain,
        **({"enterprise_id": actor.workspace.enterprise} if actor.workspace.enterprise else {}),
        "channel_id": channel.id,
        "channel_name": shown_name(channel),
        "user_id": actor.user.id,
        "user_name": actor.user.name,
        "command": command,
        "text": escaped(text),
        "api_app_id": actor.service.app.id,
        "is_enterprise_install": "false",
        "response_url": actor.service.hook(actor.workspace.id, channel.id, actor.user.id),
        "trigger_id": actor.service.trigger(actor.workspace.id, actor.user.id),
    }


def _interaction(actor: Actor, kind: str) -> Json:
    """Return an interaction's common fields. ``team`` is the installing workspace, also for external people."""
    enterprise = actor.workspace.enterprise
    team = {"id": actor.workspace.id, "domain": actor.workspace.domain}
    of = actor.user.team or actor.workspace.id
    return {
        "type": kind,
        "token": actor.service.app.verification_token,
        "api_app_id": actor.service.app.id,
        "team": team | ({"enterprise_id": enterprise} if enterprise else {}),
        "enterprise": {"id": enterprise, "name": enterprise} if enterprise else None,
        "is_enterprise_install": False,
        "user": {"id": actor.user.id, "username": actor.user.name, "name": actor.user.name, "team_id": of},
    }


def message_action(actor: Actor, message: Message, action: Json, state: Json, unfurl: str | None = None) -> Json:
    """Build ``block_actions`` for a message, or for the unfurl of its link ``unfurl``.

    As in Slack, the payload identifies an ephemeral message but doesn't contain it.
    """
    channel = actor.workspace.channels[message.channel]
    ephemeral = message.viewer is not None
    body = _interaction(actor, "block_actions") | {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": ephemeral,
            **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        },
        "channel": {"id": channel.id, "name": shown_name(channel)},
        "trigger_id": actor.service.trigger(actor.workspace.id, actor.user.id),
        "response_url": actor.service.hook(actor.workspace.id, channel.id, actor.user.id, message.ts),
        "state": {"values": state},
        "actions": [action],
    }
    if unfurl is not None:
        place = {"attachment_id": list(message.unfurls).index(unfurl) + 1, "is_app_unfurl": True, "app_unfurl_url": unfurl}
        body["container"] |= {"type": "message_attachment"} | place
        body["app_unfurl"] = {"id": place["attachment_id"], "app_unfurl_url": unfurl, "is_app_unfurl": True}
    return body if ephemeral else body | {"message": message_json(message, actor.workspace, actor.service, with_metadata=True)}


def view_action(actor: Actor, view: View, action: Json, state: Json) -> Json:
    """Build ``block_actions`` for a modal or App Home."""
    return _interaction(actor, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": actor.service.trigger(actor.workspace.id, actor.user.id),
        "view": view_json(view, actor.workspace, actor.service, state),
        "actions": [action],
    }


def view_submission(actor: Actor, view: View, state: Json) -> Json:
    """Build ``view_submission``."""
    return _interaction(actor, "view_submission") | {
        "trigger_id": actor.service.trigger(actor.workspace.id, actor.user.id),
        "view": view_json(view, actor.workspace, actor.service, state),
        "response_urls": [
            {
                "response_url": actor.service.hook(actor.workspace.id, held[key], actor.user.id),
                "block_id": block_id,
                "action_id": action_id,
                "channel_id": held[key],
            }
            for block_id, action_id, key in _answerable(view)
            if (held := state[block_id][action_id])[key]
        ],
    }


def _answerable(view: View) -> Iterator[tuple[str, str, str]]:
    """Yield block id, action id and state key of inputs with ``response_url_enabled``."""
    for block in view.content["blocks"]:
        if block["type"] == "input" and block["element"].get("response_url_enabled"):
            key = "selected_channel" if block["element"]["type"] == "channels_select" else "selected_conversation"
            yield block["block_id"], block["element"]["action_id"], key


def view_closed(actor: Actor, view: View, *, is_cleared: bool) -> Json:
    """Build ``view_closed``, for modals with ``notify_on_close``."""
    return _interaction(actor, "view_closed") | {
        "view": view_json(view, actor.workspace, actor.service),
        "is_cleared": is_cleared,
    }


def suggestion(actor: Actor, element: Block, block_id: str, value: str, where: Json) -> Json:
    """Build ``block_suggestion``."""
    return (
        _interaction(actor, "block_suggestion")
        | {"action_id": element["action_id"], "block_id": block_id, "value": value}
        | where
    )


def shortcut(actor: Actor, callback_id: str) -> Json:
    """Build the payload of a global shortcut."""
    return _interaction(actor, "shortcut") | {
        "callback_id": callback_id,
        "action_ts": actor.workspace.stamp(),
        "trigger_id": actor.service.trigger(actor.workspace.id, actor.user.id),
    }


def event_callback(service: Service, workspace: Workspace, event: Json) -> Json:
    """Build an event's envelope.

    Its ``team_id`` is the author's for a Slack Connect message and the workspace's for a mention.
    """
    author = workspace.users.get(str(event.get("message", event).get("user")))
    elsewhere = author.team if author else ""
    channel = workspace.channels.get(str(event.get("channel")))
    return {
        "type": "event_callback",
        "token": service.app.verification_token,
        "team_id": elsewhere if elsewhere and event.get("type") == "message" else workspace.id,
        "context_team_id": workspace.id,
        "context_enterprise_id": workspace.enterprise,
        **({"enterprise_id": workspace.enterprise} if workspace.enterprise and not elsewhere else {}),
        "api_app_id": service.app.id,
        "event": event,
        "event_id": f"Ev{service.secret('event')[:10].upper()}",  # unique across restarts
        "event_time": int(service.clock()),
        "event_context": service.secret("context"),
        "is_ext_shared_channel": bool(elsewhere or (channel and channel.ext_shared)),
        "authorizations": [
            {
                "enterprise_id": workspace.enterprise,
                "team_id": workspace.id,
                "user_id": workspace.bot,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
    }


def message_event(service: Service, workspace: Workspace, message: Message, kind: str, subtype: str | None = None) -> Json:
    """Build an ``app_mention`` or ``message`` event; ``app_mention`` also for an edit that mentions the app."""
    event = message_json(message, workspace, service) | {
        "type": kind,
        "channel": message.channel,
        "event_ts": message.edited or message.ts,
        "client_msg_id": service.secret("message"),
    }
    if subtype:
        event["subtype"] = subtype
    elsewhere = workspace.users[message.author].team
    if elsewhere and kind == "app_mention":
        event |= {"team": workspace.id, "user_team": elsewhere, "source_team": elsewhere, "user_profile": {"team": elsewhere}}
    return event | {"channel_type": "im"} if kind == "message" else event


def edit_event(service: Service, workspace: Workspace, changed: Message, before: Message) -> Json:
    """``message`` with the subtype ``message_changed``: somebody edited a message in a direct conversation."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": changed.channel,
        "channel_type": "im",
        "message": message_json(changed, workspace, service) | {"type": "message"},
        "previous_message": message_json(before, workspace, service) | {"type": "message"},
        "ts": changed.edited,
        "event_ts": changed.edited,
    }


def link_event(service: Service, workspace: Workspace, message: Message, links: list[Json]) -> Json:
    """Build a ``link_shared`` event, for a posted message or one in the composer."""
    draft = message.channel == COMPOSER
    source = "composer" if draft else "conversations_history"
    unfurl_id = message.ts if draft else service.secret("unfurl")
    workspace.unfurl_ids[unfurl_id] = (source, message.channel, message.ts)
    return {
        "type": "link_shared",
        "user": message.author,
        "channel": message.channel,
        "message_ts": message.ts,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
        "links": links,
        "source": source,
        "unfurl_id": unfurl_id,
        "is_bot_user_member": draft or workspace.bot in workspace.channels[message.channel].members,
        "event_ts": workspace.stamp(),
    }


def step_event(execution: Execution, service: Service, inputs: Json, bearer: str) -> Json:
    """Build a ``function_executed`` event. ``bearer``: the token for this execution."""
    declared = execution.declared
    copied = ("type", "name", "description", "title", "is_required")
    parameters = {
        side: [{key: value for key, value in parameter.items() if key in copied} for parameter in declared[side].values()]
        for side in ("input_parameters", "output_parameters")
    }
    return {
        "type": "function_executed",
        "function": {
            "id": service.serial("Fn"),
            "callback_id": declared["callback_id"],
            "title": declared["title"],
            "description": declared["description"],
            "type": "app",
            **parameters,
            "app_id": service.app.id,
            "date_created": int(service.clock()),
            "date_updated": int(service.clock()),
            "date_deleted": 0,
        },
        "inputs": inputs,
        "function_execution_id": execution.id,
        "workflow_execution_id": service.serial("Wx"),
        "event_ts": f"{service.clock():.6f}",
        "bot_access_token": bearer,
    }


def home_event(service: Service, workspace: Workspace, user: User, tab: str) -> Json:
    """Build an ``app_home_opened`` event."""
    view = workspace.homes.get(user.id)
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": workspace.direct(user.id).id,
        "tab": tab,
        "event_ts": workspace.stamp(),
    }
    return event | {"view": view_json(view, workspace, service)} if view and tab == "home" else event
