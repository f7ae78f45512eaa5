"""The Web API's methods about conversations and people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playground.web_api.call import ApiCall, Refusal, scope_for
from playground.web_api.chat import message_json
from playground.workspace import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playground.workspace import Channel, User

Json = dict[str, Any]
_PAGE = 100
_MOST = 999
_THREAD_PAGE = 1000


def info(call: ApiCall) -> Json:
    """``conversations.info``."""
    channel = call.channel()
    call.require(scope_for(channel, "read"))
    return {"channel": _channel_json(channel, call)}


def open_direct(call: ApiCall) -> Json:
    """``conversations.open``, with one user."""
    users = [user for user in call.text("users").split(",") if user]
    if call.text("channel") and not users:
        return {"channel": {"id": call.channel().id}}
    if not users:
        raise Refusal("users_list_not_supplied")
    if any(user not in call.workspace.users for user in users):
        raise Refusal("user_not_found")
    if any(call.workspace.users[one].deleted for one in users):
        raise Refusal("user_disabled")
    if len(users) > 1:
        raise Refusal("not_enough_users")
    channel = call.workspace.direct(users[0])
    full = _channel_json(channel, call) if call.flag("return_im") else {"id": channel.id}
    return {"channel": full}


def history(call: ApiCall) -> Json:
    """``conversations.history``: newest first, without replies and ephemeral messages."""
    channel = _readable(call)
    return _messages_page(call, [message for message in call.workspace.messages(channel.id) if not message.is_reply][::-1])


def replies(call: ApiCall) -> Json:
    """``conversations.replies``: a thread, oldest first. Every page starts with the parent, whatever its time."""
    channel = _readable(call)
    ts = call.needed("ts")
    parent = call.workspace.message(channel.id, ts)
    if parent is None or parent.viewer is not None:
        raise Refusal("thread_not_found")
    replies = [message for message in call.workspace.messages(channel.id, thread=ts) if message.ts != ts]
    page = _messages_page(call, replies, default=_THREAD_PAGE)
    shown = message_json(parent, call.workspace, call.service, with_metadata=call.flag("include_all_metadata"))
    return page | {"messages": [shown, *page["messages"]]}


def members(call: ApiCall) -> Json:
    """``conversations.members``."""
    channel = call.channel()
    call.require(scope_for(channel, "read"))
    page, cursor = _page(call, sorted(channel.members))
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def join(call: ApiCall) -> Json:
    """``conversations.join``."""
    channel = call.channel()
    if channel.kind is not Kind.PUBLIC:
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    before = call.workspace.bot in channel.members
    channel.members.add(call.workspace.bot)
    call.service.feed.touch()
    return {"channel": _channel_json(channel, call)} | ({"warning": "already_in_channel"} if before else {})


def list_all(call: ApiCall) -> Json:
    """``conversations.list``."""
    return _channels_page(call, [channel for channel in _of_asked_types(call) if _visible(channel, call)])


def of_user(call: ApiCall) -> Json:
    """``users.conversations``: the conversations of a user, by default the bot."""
    user = call.text("user") or call.workspace.bot
    if user not in call.workspace.users:
        raise Refusal("user_not_found")
    return _channels_page(
        call, [channel for channel in _of_asked_types(call) if user in channel.members and _visible(channel, call)]
    )


def user_info(call: ApiCall) -> Json:
    """``users.info``."""
    user = call.workspace.users.get(call.needed("user"))
    if user is None:
        raise Refusal("user_not_found")
    return {"user": user_json(user, call.workspace.id)}


def user_json(user: User, team: str) -> Json:
    """Return a user's JSON."""
    return {
        "id": user.id,
        "team_id": user.team or team,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "is_bot": user.is_bot,
        "is_restricted": user.is_guest or user.is_single_channel_guest,
        "is_ultra_restricted": user.is_single_channel_guest,
        **({"is_stranger": True} if user.team else {}),
        "tz": "Etc/UTC",
        "tz_offset": 0,
        "profile": {"real_name": user.real_name, "display_name": user.name},
    }


def _channel_json(channel: Channel, call: ApiCall) -> Json:
    body: Json = {
        "id": channel.id,
        "is_channel": channel.kind is Kind.PUBLIC,
        "is_group": channel.kind is Kind.PRIVATE,
        "is_private": channel.kind is not Kind.PUBLIC,
        "is_im": channel.kind is Kind.IM,
        "is_mpim": channel.kind is Kind.GROUP,
        "is_shared": channel.ext_shared,
        "is_ext_shared": channel.ext_shared,
        "is_archived": channel.archived,
        "context_team_id": call.workspace.id,
    }
    if channel.kind is Kind.IM:
        return body | {"user": next(iter(channel.members - {call.workspace.bot}))}
    return body | {"name": channel.name, "is_member": call.workspace.bot in channel.members, "topic": {"value": channel.topic}}


def _visible(channel: Channel, call: ApiCall) -> bool:
    return channel.kind is Kind.PUBLIC or call.workspace.bot in channel.members


_TYPES = {"public_channel": Kind.PUBLIC, "private_channel": Kind.PRIVATE, "mpim": Kind.GROUP, "im": Kind.IM}


def _of_asked_types(call: ApiCall) -> list[Channel]:
    asked = [name.strip() for name in (call.text("types") or "public_channel").split(",")]
    if any(name not in _TYPES for name in asked):
        raise Refusal("invalid_types")
    kinds = {_TYPES[name] for name in asked}
    channels = [channel for channel in call.workspace.channels.values() if channel.kind in kinds]
    for channel in channels:
        call.require(scope_for(channel, "read"))
    return [channel for channel in channels if not (call.flag("exclude_archived") and channel.archived)]


def _readable(call: ApiCall) -> Channel:
    channel = call.channel()
    call.require(scope_for(channel, "history"))
    if call.workspace.bot not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _channels_page(call: ApiCall, channels: list[Channel]) -> Json:
    page, cursor = _page(call, channels)
    return {"channels": [_channel_json(item, call) for item in page], "response_metadata": {"next_cursor": cursor}}


def _messages_page(call: ApiCall, messages: list[Any], default: int = _PAGE) -> Json:
    oldest, latest = call.text("oldest") or "0", call.text("latest") or "9999999999.999999"
    if call.flag("inclusive"):
        selected = [message for message in messages if oldest <= message.ts <= latest]
    else:
        selected = [message for message in messages if oldest < message.ts < latest]
    page, cursor = _page(call, selected, default)
    shown = [message_json(item, call.workspace, call.service, with_metadata=call.flag("include_all_metadata")) for item in page]
    return {"messages": shown, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


def _page(call: ApiCall, items: Sequence[Any], default: int = _PAGE) -> tuple[list[Any], str]:
    """Return a page of a list and the next cursor, which is empty on the last page."""
    limit = min(call.whole("limit", default), _MOST)
    cursor = call.text("cursor")
    if limit < 1:
        raise Refusal("invalid_limit")
    if cursor and not cursor.isdecimal():
        raise Refusal("invalid_cursor")
    start = int(cursor or 0)
    end = start + limit
    return list(items[start:end]), str(end) if end < len(items) else ""
