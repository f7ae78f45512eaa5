"""Create a canvas that the members of a channel can read. It needs the optional scope ``canvases:write`` and a paid plan."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.slack_api.errors import FAILURES, error_code

if TYPE_CHECKING:
    from slack_sdk import WebClient

_URL = re.compile(r"https?://[^\s<>|]+")


class NoCanvasError(Exception):
    """There is no canvas to link. Names Slack's error code or what was missing."""


def create_canvas(client: WebClient, channel: str, title: str, markdown: str) -> str:
    """Create a canvas and return its URL.

    It belongs to no tab of the channel, which Slack's free plan requires: nobody asked for a tab. A canvas that can't be shared
    remains, visible only to the bot.

    Raises:
        NoCanvasError: after any error, also if the canvas may have been created.

    """
    try:
        id_ = client.canvases_create(title=title, document_content={"type": "markdown", "markdown": markdown})["canvas_id"]
        client.canvases_access_set(canvas_id=id_, access_level="read", channel_ids=[channel])
        url = client.files_info(file=id_)["file"]["permalink"]
    except FAILURES as error:
        raise NoCanvasError(error_code(error)) from error
    except (KeyError, TypeError) as error:
        raise NoCanvasError("an answer without the canvas") from error
    if not isinstance(url, str) or not _URL.fullmatch(url):
        raise NoCanvasError("no URL")
    return url
