"""The Web API's ``canvases`` methods. What Slack's canvases don't show is refused, so that nothing gets lost in silence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playground.web_api.call import Refusal
from playground.workspace import Canvas, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playground.app_state import Service
    from playground.web_api.call import ApiCall
    from playground.workspace import Workspace

Json = dict[str, Any]

MARKDOWN_LIMIT = 1_048_576
CELLS = 300
"""Cells of a table."""
ENTITIES = 20
"""Channels or users whose access one call sets."""
_UNSUPPORTED = {
    "headings below the third level": re.compile(r"^#{4,} ", re.MULTILINE),
    "footnotes": re.compile(r"(?<!\\)\[\^"),
    "HTML": re.compile(r"(?<!\\)</?[A-Za-z!]"),
}
_TABLE = re.compile(r"(?:^\|.*\n?)+", re.MULTILINE)
_BORDER = re.compile(r"(?<!\\)\|")


def create(call: ApiCall) -> Json:
    """``canvases.create``. Only the app can read a new canvas."""
    content, tab = call.nested("document_content"), call.text("channel_id")
    if call.service.faults.free_plan and not tab:
        raise Refusal("free_teams_cannot_create_non_tabbed_canvases")
    if content is not None and not (isinstance(content, dict) and content.get("type") == "markdown"):
        raise Refusal("invalid_arguments", ["must be of type markdown [json-pointer:/document_content/type]"])
    markdown = (content or {}).get("markdown", "")
    if not isinstance(markdown, str) or (problems := list(_problems(markdown))):
        raise Refusal("invalid_arguments", problems if isinstance(markdown, str) else ["must be a string"])
    if tab and call.workspace.bot not in call.channel(tab).members:
        raise Refusal("restricted_action")
    canvas = Canvas(call.service.serial("F"), call.text("title"), markdown, call.workspace.bot)
    call.workspace.canvases[canvas.id] = canvas
    return {"canvas_id": canvas.id}


def set_access(call: ApiCall) -> Json:
    """``canvases.access.set``: for channels, or for users to whom the canvas was sent."""
    canvas = call.workspace.canvases.get(call.needed("canvas_id"))
    if canvas is None:
        raise Refusal("canvas_not_found")
    level = call.needed("access_level")
    channels, users = (_listed(call.text(name)) for name in ("channel_ids", "user_ids"))
    if level not in {"read", "write", "owner"} or (level == "owner" and channels) or len(channels or users) > ENTITIES:
        raise Refusal("invalid_arguments", ["access_level or the number of ids"])
    if bool(channels) == bool(users):
        raise Refusal("invalid_parameters")
    if any(call.channel(name).kind in {Kind.IM, Kind.GROUP} for name in channels):
        raise Refusal("channel_not_found")
    if users:  # the stand-in doesn't follow to whom a canvas was sent
        raise Refusal("failed_to_update_user_ids")
    canvas.access |= dict.fromkeys(channels, level)
    return {}


def canvas_json(service: Service, workspace: Workspace, canvas: Canvas) -> Json:
    """Return a canvas as ``files.info`` does."""
    url = f"{service.base_url}/docs/{workspace.id}/{canvas.id}"
    names = {"id": canvas.id, "name": canvas.title, "title": canvas.title, "user": canvas.owner, "permalink": url}
    return {**names, "mimetype": "application/vnd.slack-docs", "filetype": "quip", "channels": sorted(canvas.access)}


def _problems(markdown: str) -> Iterator[str]:
    if len(markdown) > MARKDOWN_LIMIT:
        yield f"must be at most {MARKDOWN_LIMIT} characters [json-pointer:/document_content/markdown]"
    yield from (f"canvases don't show {what}" for what, pattern in _UNSUPPORTED.items() if pattern.search(markdown))
    for table in _TABLE.findall(markdown):
        rows = [line for line in table.splitlines() if set(line) - set("|:- ")]
        if sum(len(_BORDER.findall(row)) - 1 for row in rows) > CELLS:
            yield f"a table has at most {CELLS} cells"


def _listed(names: str) -> list[str]:
    return [name for name in names.split(",") if name]
