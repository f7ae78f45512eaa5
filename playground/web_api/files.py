"""The Web API's ``files`` methods. A file's type is available only after a processing delay."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from playground.image_fetch import picture_type
from playground.web_api.call import ApiCall, Refusal, accepted_blocks, file_is_ready, find_file
from playground.web_api.canvases import canvas_json
from playground.workspace import File, Message

if TYPE_CHECKING:
    from playground.app_state import Service
    from playground.workspace import Workspace

Json = dict[str, Any]
ALT_LIMIT = 1_000


def get_upload_url(call: ApiCall) -> Json:
    """``files.getUploadURLExternal``."""
    name = call.needed("filename")
    length = call.whole("length", 0)
    if length < 1:
        raise Refusal("missing_length" if not call.text("length") else "file_upload_size_zero")
    alt_text = call.text("alt_txt")
    if len(alt_text) > ALT_LIMIT:
        raise Refusal("alt_txt_too_large")
    file = File(call.service.serial("F"), name, name, length, alt_text, call.workspace.bot)
    call.workspace.files[file.id] = file
    return {"upload_url": f"{call.service.base_url}/upload/{call.workspace.id}/{file.id}", "file_id": file.id}


def upload(workspace: Workspace, file_id: str, content: bytes) -> tuple[str, int]:
    """Store bytes sent to an upload URL. Returns the response's text and HTTP status."""
    file = workspace.files.get(file_id)
    if file is None or file.content is not None:
        return "not_found", 404
    if len(content) != file.length:
        return f"expected {file.length} bytes, got {len(content)}", 400
    file.content = content
    return f"OK - {len(content)}", 200


def complete_upload(call: ApiCall) -> Json:
    """``files.completeUploadExternal``: without a channel the file stays private to the app."""
    named = call.nested("files")
    if not isinstance(named, list) or not named:
        raise Refusal("invalid_arguments", ["missing required field: files"])
    files = [_uploaded(call, upload) for upload in named]
    channels = [call.channel(name) for name in (call.text("channels") or call.text("channel_id")).split(",") if name]
    blocks = call.nested("blocks")
    if any(call.workspace.bot not in channel.members for channel in channels):
        raise Refusal("not_in_channel")
    # A message that shares a file can't show it in a block, because it's processed only after this call.
    accepted = accepted_blocks(call.service, call.workspace, blocks) if blocks else ()
    for file, upload in zip(files, named, strict=True):
        file.title = str(upload.get("title") or file.name)
        file.ready_at = call.service.clock() + call.service.faults.file_delay
        file.channels |= {channel.id for channel in channels}
    for channel in channels:
        message = Message(call.workspace.stamp(), channel.id, call.workspace.bot, call.text("initial_comment"), accepted)
        call.workspace.put(replace(message, thread_ts=call.text("thread_ts") or None, files=tuple(file.id for file in files)))
    call.service.feed.touch()
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def info(call: ApiCall) -> Json:
    """``files.info``, of canvases too."""
    if canvas := call.workspace.canvases.get(call.needed("file")):
        return {"file": canvas_json(call.service, call.workspace, canvas)}
    file = find_file(call.service, call.workspace, call.needed("file"))
    if file is None or file.ready_at is None:
        raise Refusal("file_not_found")
    return {"file": file_json(call.service, call.workspace, file)}


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
        mimetype, filetype = type_of(file)
        body |= {"mimetype": mimetype, "filetype": filetype}
    return body


def type_of(file: File) -> tuple[str, str]:
    """Return ``(mimetype, filetype)``: of a picture by its content, of other files by their name."""
    by_name = ("text/csv", "csv") if file.name.casefold().endswith(".csv") else ("text/plain", "text")
    return picture_type(file.content or b"") or by_name


def _uploaded(call: ApiCall, named: object) -> File:
    file = call.workspace.files.get(named["id"]) if isinstance(named, dict) and isinstance(named.get("id"), str) else None
    if (
        file is None or file.content is None or file.ready_at is not None
    ):  # an upload can be completed once, after its bytes arrived
        raise Refusal("file_not_found")
    return file
