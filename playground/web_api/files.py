"""The Web API's ``files`` methods. A file's type is available only after a processing delay."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from playground.image_fetch import picture_type
from playground.web_api.call import Ask, Refusal, accepted_blocks, file_is_ready, find_file
from playground.workspace import File, Message

if TYPE_CHECKING:
    from playground.app_state import Service
    from playground.workspace import Workspace

Json = dict[str, Any]
ALT_LIMIT = 1_000


def get_upload_url(ask: Ask) -> Json:
    """``files.getUploadURLExternal``."""
    name = ask.needed("filename")
    length = ask.whole("length", 0)
    if length < 1:
        raise Refusal("missing_length" if not ask.text("length") else "file_upload_size_zero")
    alt_text = ask.text("alt_txt")
    if len(alt_text) > ALT_LIMIT:
        raise Refusal("alt_txt_too_large")
    file = File(ask.service.serial("F"), name, name, length, alt_text, ask.workspace.bot)
    ask.workspace.files[file.id] = file
    return {"upload_url": f"{ask.service.base_url}/upload/{ask.workspace.id}/{file.id}", "file_id": file.id}


def upload(workspace: Workspace, file_id: str, content: bytes) -> tuple[str, int]:
    """Store bytes sent to an upload URL. Returns the response's text and HTTP status."""
    file = workspace.files.get(file_id)
    if file is None or file.content is not None:
        return "not_found", 404
    if len(content) != file.length:
        return f"expected {file.length} bytes, got {len(content)}", 400
    file.content = content
    return f"OK - {len(content)}", 200


def complete_upload(ask: Ask) -> Json:
    """``files.completeUploadExternal``: without a channel the file stays private to the app."""
    named = ask.nested("files")
    if not isinstance(named, list) or not named:
        raise Refusal("invalid_arguments", ["missing required field: files"])
    files = [_uploaded(ask, upload) for upload in named]
    channels = [ask.channel(name) for name in (ask.text("channels") or ask.text("channel_id")).split(",") if name]
    blocks = ask.nested("blocks")
    if any(ask.workspace.bot not in channel.members for channel in channels):
        raise Refusal("not_in_channel")
    # A message that shares a file can't show it in a block, because it's processed only after this call.
    accepted = accepted_blocks(ask.service, ask.workspace, blocks) if blocks else ()
    for file, upload in zip(files, named, strict=True):
        file.title = str(upload.get("title") or file.name)
        file.ready_at = ask.service.clock() + ask.service.faults.file_delay
        file.channels |= {channel.id for channel in channels}
    for channel in channels:
        message = Message(ask.workspace.stamp(), channel.id, ask.workspace.bot, ask.text("initial_comment"), accepted)
        ask.workspace.put(replace(message, thread_ts=ask.text("thread_ts") or None, files=tuple(file.id for file in files)))
    ask.service.feed.touch()
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def info(ask: Ask) -> Json:
    """``files.info``."""
    file = find_file(ask.service, ask.workspace, ask.needed("file"))
    if file is None or file.ready_at is None:
        raise Refusal("file_not_found")
    return {"file": file_json(ask.service, ask.workspace, file)}


def file_json(service: Service, workspace: Workspace, file: File) -> Json:
    """Return a file's JSON, with its type only if it's processed."""
    address = f"{service.base_url}/files/{workspace.id}/{file.id}/{file.name}"
    body: Json = {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "user": file.owner,
        "size": file.length,
        "mimetype": "",
        "filetype": "",
        "url_private": address,
        "permalink": address,
        "alt_txt": file.alt_text,
        "channels": sorted(file.channels),
        "shares": {"public": {channel: [] for channel in sorted(file.channels)}} if file.channels else {},
    }
    if file_is_ready(service, file):
        kind = picture_type(file.content or b"")
        body |= {"mimetype": kind[0], "filetype": kind[1]} if kind else {"mimetype": "text/plain", "filetype": "text"}
    return body


def _uploaded(ask: Ask, named: object) -> File:
    file = ask.workspace.files.get(named["id"]) if isinstance(named, dict) and isinstance(named.get("id"), str) else None
    if (
        file is None or file.content is None or file.ready_at is not None
    ):  # an upload can be completed once, after its bytes arrived
        raise Refusal("file_not_found")
    return file
