"""A picture as a file of Slack's: uploaded to no channel, shown by an image block once Slack has processed it."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from bot.delivery.failures import FAILURES, said

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.render.blocks import Block
    from bot.reply import Picture

_log = logging.getLogger(__name__)

PROCESSED_WITHIN = 20.0
"""Seconds that Slack gets to process an uploaded picture."""
_LOOK_EVERY = 0.5
_ALT_ON_UPLOAD = 1000


def upload(client: WebClient, picture: Picture) -> Block | None:
    """Upload a picture and wait until Slack can show it; ``None`` where it cannot be shown."""
    try:
        alt = picture.alt if len(picture.alt) <= _ALT_ON_UPLOAD else picture.alt[: _ALT_ON_UPLOAD - 1] + "…"
        sent = client.files_upload_v2(content=picture.png, filename=picture.name, title=picture.name, alt_txt=alt)
        file = str(sent["files"][0]["id"])
        until = time.monotonic() + PROCESSED_WITHIN
        while not client.files_info(file=file)["file"].get("filetype"):
            if time.monotonic() > until:
                _log.warning("the picture was not processed within %s s", PROCESSED_WITHIN)
                return None
            time.sleep(_LOOK_EVERY)
    except (*FAILURES, KeyError, IndexError, TypeError) as error:
        _log.warning("the picture could not be uploaded: %s", said(error))
        return None
    return {"slack_file": {"id": file}}
