"""The Web API's methods about conversations and people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playground.web_api.call import Ask, Refusal, scope_for
from playground.web_api.chat import message_json
from playground.workspace import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playground.workspace import Channel, User

Json = dict[str, Any]
_PAGE = 100
_MOST = 999


def info(ask: Ask) -> Json:
    """``conversations.info``."""
    channel = ask.channel()
    ask.require(scope_for(channel, "read"))
    return {"channel": _channel_json(channel, ask)}


def open_direct(ask: Ask) -> Json:
    """``conversations.open``, with one user."""
    users = [one for one in ask.text("users").split(",") if one]
    if ask.text("channel") and not users:
        return {"channel": {"id": ask.channel().id}}
    if not users:
        raise Refusal("users_list_not_supplied")
    if any(one not in ask.workspace.users for one in users):
        raise Refusal("user_not_found")
    if any(ask.workspace.users[one].deleted for one in users):
        raise Refusal("user_disabled")
    if len(users) > 1:
        raise Refusal("not_enough_users")
    channel = ask.workspace.direct(users[0])
    full = _channel_json(channel, ask) if ask.flag("return_im") else {"id": channel.id}
    return {"channel": full}


def history(ask: Ask) -> Json:
    """``conversations.history``: newest first, without replies and without what only one user sees."""
    channel = _readable(ask)
    return _messages_page(ask, [one for one in ask.workspace.messages(channel.id) if not one.is_reply][::-1])


def replies(ask: Ask) -> Json:
    """``conversations.replies``: a thread, oldest first."""
    channel = _readable(ask)
    ts = ask.needed("ts")
    if ask.workspace.message(channel.id, ts) is None:
        raise Refusal("thread_not_found")
    return _messages_page(ask, ask.workspace.messages(channel.id, thread=ts))


def members(ask: Ask) -> Json:
    """``conversations.members``."""
    channel = ask.channel()
    ask.require(scope_for(channel, "read"))
    page, cursor = _page(ask, sorted(channel.members))
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def join(ask: Ask) -> Json:
    """``conversations.join``."""
    channel = ask.channel()
    if channel.kind is not Kind.PUBLIC:
        raise Refusal("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refusal("is_archived")
    before = ask.workspace.bot in channel.members
    channel.members.add(ask.workspace.bot)
    ask.service.feed.touch()
    return {"channel": _channel_json(channel, ask)} | ({"warning": "already_in_channel"} if before else {})


def list_all(ask: Ask) -> Json:
    """``conversations.list``."""
    return _channels_page(ask, [one for one in _of_asked_types(ask) if _visible(one, ask)])


def of_user(ask: Ask) -> Json:
    """``users.conversations``: where a user (by default the bot) is a member."""
    user = ask.text("user") or ask.workspace.bot
    if user not in ask.workspace.users:
        raise Refusal("user_not_found")
    return _channels_page(ask, [one for one in _of_asked_types(ask) if user in one.members and _visible(one, ask)])


def user_info(ask: Ask) -> Json:
    """``users.info``."""
    user = ask.workspace.users.get(ask.needed("user"))
    if user is None:
        raise Refusal("user_not_found")
    return {"user": user_json(user, ask.workspace.id)}


def user_json(user: User, team: str) -> Json:
    """Show a user as Slack's API does."""
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


def _channel_json(channel: Channel, ask: Ask) -> Json:
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
        "context_team_id": ask.workspace.id,
    }
    if channel.kind is Kind.IM:
        return body | {"user": next(iter(channel.members - {ask.workspace.bot}))}
    return body | {"name": channel.name, "is_member": ask.workspace.bot in channel.members, "topic": {"value": channel.topic}}


def _visible(channel: Channel, ask: Ask) -> bool:
    return channel.kind is Kind.PUBLIC or ask.workspace.bot in channel.members


_TYPES = {"public_channel": Kind.PUBLIC, "private_channel": Kind.PRIVATE, "mpim": Kind.GROUP, "im": Kind.IM}


def _of_asked_types(ask: Ask) -> list[Channel]:
    asked = [one.strip() for one in (ask.text("types") or "public_channel").split(",")]
    if any(one not in _TYPES for one in asked):
        raise Refusal("invalid_types")
    kinds = {_TYPES[one] for one in asked}
    channels = [one for one in ask.workspace.channels.values() if one.kind in kinds]
    for channel in channels:
        ask.require(scope_for(channel, "read"))
    return [one for one in channels if not (ask.flag("exclude_archived") and one.archived)]


def _readable(ask: Ask) -> Channel:
    channel = ask.channel()
    ask.require(scope_for(channel, "history"))
    if ask.workspace.bot not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _channels_page(ask: Ask, channels: list[Channel]) -> Json:
    page, cursor = _page(ask, channels)
    return {"channels": [_channel_json(one, ask) for one in page], "response_metadata": {"next_cursor": cursor}}


def _messages_page(ask: Ask, messages: list[Any]) -> Json:
    oldest, latest = ask.text("oldest") or "0", ask.text("latest") or "9999999999.999999"
    if ask.flag("inclusive"):
        kept = [one for one in messages if oldest <= one.ts <= latest]
    else:
        kept = [one for one in messages if oldest < one.ts < latest]
    page, cursor = _page(ask, kept)
    shown = [message_json(one, ask.workspace, ask.service, with_metadata=ask.flag("include_all_metadata")) for one in page]
    return {"messages": shown, "has_more": bool(cursor), "response_metadata": {"next_cursor": cursor}}


def _page(ask: Ask, items: Sequence[Any]) -> tuple[list[Any], str]:
    """One page of a list, and the cursor to the next (empty on the last)."""
    limit = min(ask.whole("limit", _PAGE), _MOST)
    cursor = ask.text("cursor")
    if limit < 1:
        raise Refusal("invalid_limit")
    if cursor and not cursor.isdecimal():
        raise Refusal("invalid_cursor")
    start = int(cursor or 0)
    end = start + limit
    return list(items[start:end]), str(end) if end < len(items) else ""
