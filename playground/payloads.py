"""What Slack sends to an app, as plain data: slash commands, interactions, events."""

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
    """Who does something, and where."""

    service: Service
    workspace: Workspace
    user: User


_HIDDEN_NAMES = {Kind.IM: "directmessage", Kind.PRIVATE: "privategroup"}


def escaped(text: str) -> str:
    """Escape the three characters that control Slack's markup, and no others."""
    return escape(text, quote=False)


def shown_name(channel: Channel) -> str:
    """Return the name that an app is told."""
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
    """Begin a payload. ``team`` is the workspace that installed the app, also for people of others (Slack Connect)."""
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
    """Tell of a press of something in a message, or in the card of its link ``unfurl``.

    An ephemeral message is named but not shown, as in Slack.
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
    """Tell of a press of something in a modal or the App Home."""
    return _interaction(actor, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": actor.service.trigger(actor.workspace.id, actor.user.id),
        "view": view_json(view, actor.workspace, actor.service, state),
        "actions": [action],
    }


def view_submission(actor: Actor, view: View, state: Json) -> Json:
    """Tell of a modal's submission."""
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
    """Find the inputs whose conversation the app may answer in, and where the state holds it."""
    for block in view.content["blocks"]:
        if block["type"] == "input" and block["element"].get("response_url_enabled"):
            key = "selected_channel" if block["element"]["type"] == "channels_select" else "selected_conversation"
            yield block["block_id"], block["element"]["action_id"], key


def view_closed(actor: Actor, view: View, *, is_cleared: bool) -> Json:
    """Tell of a modal that was closed, for one that asked to be told."""
    return _interaction(actor, "view_closed") | {
        "view": view_json(view, actor.workspace, actor.service),
        "is_cleared": is_cleared,
    }


def suggestion(actor: Actor, element: Block, block_id: str, value: str, where: Json) -> Json:
    """Tell what is typed into an external select."""
    return (
        _interaction(actor, "block_suggestion")
        | {"action_id": element["action_id"], "block_id": block_id, "value": value}
        | where
    )


def shortcut(actor: Actor, callback_id: str) -> Json:
    """Tell of a global shortcut."""
    return _interaction(actor, "shortcut") | {
        "callback_id": callback_id,
        "action_ts": actor.workspace.stamp(),
        "trigger_id": actor.service.trigger(actor.workspace.id, actor.user.id),
    }


def event_callback(service: Service, workspace: Workspace, event: Json) -> Json:
    """Put an event in its envelope.

    Its ``team_id`` is the author's for a message through Slack Connect, and the workspace's for a mention.
    """
    author = workspace.users.get(str(event.get("user")))
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
        "event_id": f"Ev{service.secret('event')[:10].upper()}",  # also between one start of the stand-in and the next
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
    """``app_mention`` or ``message``: somebody wrote something, or edited it and so mentions the app again."""
    event = message_json(message, workspace, service) | {
        "type": kind,
        "channel": message.channel,
        "event_ts": workspace.stamp() if message.edited else message.ts,
        "client_msg_id": service.secret("message"),
    }
    if subtype:
        event["subtype"] = subtype
    elsewhere = workspace.users[message.author].team
    if elsewhere and kind == "message":
        event |= {"team": elsewhere}
    elif elsewhere:
        event |= {"user_team": elsewhere, "source_team": elsewhere, "user_profile": {"team": elsewhere}}
    return event | {"channel_type": "im"} if kind == "message" else event


def edit_event(service: Service, workspace: Workspace, message: Message, before: Message) -> Json:
    """``message`` with the subtype ``message_changed``: somebody edited a message in a direct conversation."""
    now = workspace.stamp()
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": message.channel,
        "channel_type": "im",
        "message": message_json(message, workspace, service) | {"type": "message"},
        "previous_message": message_json(before, workspace, service) | {"type": "message"},
        "ts": now,
        "event_ts": now,
    }


def link_event(service: Service, workspace: Workspace, message: Message, links: list[Json]) -> Json:
    """``link_shared``: somebody wrote an address of the app's domains, and posted it or is still writing."""
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
    """``function_executed``: a workflow came to a step of the app's. ``bearer`` is a token for this run."""
    declared = execution.declared
    kept = ("type", "name", "description", "title", "is_required")
    parameters = {
        side: [{key: value for key, value in one.items() if key in kept} for one in declared[side].values()]
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
    """``app_home_opened``."""
    view = workspace.homes.get(user.id)
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": workspace.direct(user.id).id,
        "tab": tab,
        "event_ts": workspace.stamp(),
    }
    return event | {"view": view_json(view, workspace, service)} if view and tab == "home" else event
