"""The Web API's ``chat`` methods: posting, updating, deleting, ephemeral messages, unfurls."""

from __future__ import annotations

import json
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from playground.block_kit.blocks import is_too_long
from playground.web_api.call import ApiCall, Refusal, accepted_blocks
from playground.workspace import Channel, Kind, Message

if TYPE_CHECKING:
    from playground.app_state import Service
    from playground.workspace import Workspace

Json = dict[str, Any]

POST_LIMIT = 40_000
UPDATE_LIMIT = 4_000
METADATA_BYTES = 16_000


def message_json(message: Message, workspace: Workspace, service: Service, *, with_metadata: bool = False) -> Json:
    """Return a message's JSON."""
    author = workspace.users[message.author]
    team = author.team or workspace.id
    body: Json = {"type": "message", "ts": message.ts, "user": author.id, "text": message.text, "team": team}
    if author.id == workspace.bot:
        body |= {"bot_id": f"B{workspace.bot[1:]}", "app_id": service.app.id}
    if message.blocks:
        body["blocks"] = list(message.blocks)
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    if message.edited:
        body["edited"] = {"user": author.id, "ts": message.edited}
    if message.files:
        body["files"] = [{"id": file_id, "name": workspace.files[file_id].name} for file_id in message.files]
    replies = [reply for reply in workspace.messages(message.channel, thread=message.ts) if reply.thread_ts == message.ts]
    replies = [reply for reply in replies if reply.ts != message.ts]  # a thread's first message names itself
    if replies:
        body |= {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}
    if with_metadata and message.metadata:
        body["metadata"] = dict(message.metadata)
    return body


def post_message(call: ApiCall) -> Json:
    """``chat.postMessage``."""
    if call.text("channel") == call.workspace.bot:
        raise Refusal("cannot_dm_bot")
    channel = call.channel()
    if channel.archived:
        raise Refusal("is_archived")
    if channel.kind is Kind.IM and any(call.workspace.users[one].deleted for one in channel.members):
        raise Refusal("user_disabled")
    member = call.workspace.bot in channel.members
    if not member and not (channel.kind is Kind.PUBLIC and "chat:write.public" in call.token.scopes):
        raise Refusal("not_in_channel")
    draft = _draft(call, channel, POST_LIMIT)
    if is_too_long(list(draft.blocks)):
        raise Refusal("msg_blocks_too_long")
    message = call.workspace.put(draft)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": message_json(message, call.workspace, call.service, with_metadata=True),
    }


def post_ephemeral(call: ApiCall) -> Json:
    """``chat.postEphemeral``."""
    channel = call.channel()
    user = call.needed("user")
    if call.workspace.bot not in channel.members:
        raise Refusal("not_in_channel")
    if user not in channel.members:
        raise Refusal("user_not_in_channel")
    draft = _draft(call, channel, POST_LIMIT)
    return {"message_ts": call.workspace.put(replace(draft, viewer=user, metadata=None)).ts}


def update(call: ApiCall) -> Json:
    """``chat.update``."""
    channel, message = _own_message(call, "cant_update_message")
    draft = _draft(call, channel, UPDATE_LIMIT, original=message)
    stored = call.workspace.put(replace(draft, ts=message.ts, thread_ts=message.thread_ts, edited=call.workspace.stamp()))
    return {
        "channel": channel.id,
        "ts": stored.ts,
        "text": stored.text,
        "message": message_json(stored, call.workspace, call.service, with_metadata=True),
    }


def delete(call: ApiCall) -> Json:
    """``chat.delete``."""
    channel, message = _own_message(call, "cant_delete_message")
    call.workspace.take(message)
    return {"channel": channel.id, "ts": message.ts}


def permalink(call: ApiCall) -> Json:
    """``chat.getPermalink``."""
    channel = call.channel()
    ts = call.needed("message_ts")
    if call.workspace.message(channel.id, ts) is None:
        raise Refusal("message_not_found")
    return {"channel": channel.id, "permalink": f"{call.service.base_url}/archives/{channel.id}/p{ts.replace('.', '')}"}


def unfurl(call: ApiCall) -> Json:
    """``chat.unfurl``."""
    unfurls = call.nested("unfurls")
    if not isinstance(unfurls, dict) or not unfurls:
        raise Refusal("missing_unfurls")
    message = _linking(call)
    text = unescape(message.text)
    accepted: Json = {}
    for url, content in unfurls.items():
        if url not in text and unquote(url) not in text:
            raise Refusal("cannot_unfurl_url")
        if not isinstance(content, dict):
            raise Refusal("invalid_unfurls_format")
        blocks = content.get("blocks")
        accepted[url] = {**content, "blocks": list(accepted_blocks(call.service, call.workspace, blocks))} if blocks else content
    call.workspace.put(replace(message, unfurls=accepted))
    return {}


def _linking(call: ApiCall) -> Message:
    """Return the message to unfurl, by channel and ``ts`` or by the event's ``unfurl_id`` and ``source``."""
    unfurl_id, source = call.text("unfurl_id"), call.text("source")
    if not unfurl_id and not source:
        channel = call.channel()
        message = call.workspace.message(channel.id, call.needed("ts"))
        if message is None or message.viewer is not None:
            raise Refusal("cannot_find_message")
        return message
    if not unfurl_id or not source:
        raise Refusal("missing_source" if unfurl_id else "missing_unfurl_id")
    known = call.workspace.unfurl_ids.get(unfurl_id)
    if known is None:
        raise Refusal("invalid_unfurl_id")
    if known[0] != source:
        raise Refusal("invalid_source")
    message = call.workspace.message(*known[1:])
    if message is None:
        raise Refusal("cannot_find_message")
    return message


def _own_message(call: ApiCall, refusal: str) -> tuple[Channel, Message]:
    channel = call.channel()
    message = call.workspace.message(channel.id, call.needed("ts"))
    if message is None or message.viewer is not None:
        raise Refusal("message_not_found")
    if message.author != call.workspace.bot:
        raise Refusal(refusal)
    return channel, message


def _draft(call: ApiCall, channel: Channel, limit: int, original: Message | None = None) -> Message:
    """Return the message from the arguments, validated but not posted. ``original``: the message to update."""
    workspace = call.workspace
    text = call.text("text")
    blocks = call.nested("blocks")
    if limit == POST_LIMIT:
        text = text[:limit]  # posts are shortened, with a warning; updates are refused
    elif len(text) > limit:
        raise Refusal("msg_too_long")
    accepted = accepted_blocks(call.service, workspace, blocks) if blocks else ()
    if not text and not accepted:
        raise Refusal("no_text")
    thread = call.text("thread_ts") or None
    parent = workspace.message(channel.id, thread) if thread is not None else None
    if thread is not None and (parent is None or parent.viewer is not None):
        raise Refusal("thread_not_found")
    metadata = checked_metadata(call.nested("metadata"))
    if original is not None and metadata is None:
        metadata = dict(original.metadata) if original.metadata else None
    # Slack leaves the blocks of an updated message as they are when only its text is given.
    if original is not None and blocks is None:
        accepted = original.blocks
    return Message(workspace.stamp(), channel.id, workspace.bot, text, accepted, thread, metadata=metadata)


def checked_metadata(metadata: object) -> Json | None:
    """Return valid message metadata; ``invalid_metadata_format`` otherwise."""
    if metadata is None:
        return None
    if (
        not isinstance(metadata, dict)
        or not isinstance(metadata.get("event_type"), str)
        or not isinstance(metadata.get("event_payload"), dict)
    ):
        raise Refusal("invalid_metadata_format")
    if len(json.dumps(metadata).encode()) > METADATA_BYTES:
        raise Refusal("metadata_too_large")
    return metadata
