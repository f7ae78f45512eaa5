"""A picture as a file of Slack's: uploaded to no channel, shown by an image block once Slack has processed it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bot.slack_api.errors import FAILURES, LASTING, said

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.domain.reply import Picture

PROCESSED_WITHIN = 20.0
"""Seconds that Slack gets to process an uploaded picture."""
_LOOK_EVERY = 0.5
_ALT_ON_UPLOAD = 1000


class NotUploadedError(Exception):
    """The picture cannot be shown as a file."""

    def __init__(self, why: str, *, lasting: bool) -> None:
        """``lasting`` is true where the next picture would fare no better."""
        super().__init__(why)
        self.lasting = lasting


def upload(client: WebClient, picture: Picture) -> str:
    """Upload a picture, wait until Slack can show it, and return the file's id.

    Raises:
        NotUploadedError: naming Slack's error code or the kind of the failure.

    """
    try:
        alt = picture.alt if len(picture.alt) <= _ALT_ON_UPLOAD else picture.alt[: _ALT_ON_UPLOAD - 1] + "…"
        sent = client.files_upload_v2(content=picture.png, filename=picture.name, title=picture.name, alt_txt=alt)
        file = str(sent["files"][0]["id"])
    except (*FAILURES, KeyError, IndexError, TypeError) as error:
        raise NotUploadedError(said(error), lasting=said(error) in LASTING) from error
    _wait(client, file)
    return file


def _wait(client: WebClient, file: str) -> None:
    until = time.monotonic() + PROCESSED_WITHIN
    failed = False
    while True:
        try:
            if client.files_info(file=file)["file"].get("filetype"):
                return
            failed = False
        except (*FAILURES, KeyError) as error:
            if failed or said(error) in LASTING:
                raise NotUploadedError(said(error), lasting=said(error) in LASTING) from error
            failed = True
        if time.monotonic() > until:
            raise NotUploadedError(f"not processed within {PROCESSED_WITHIN:.0f} s", lasting=True)
        time.sleep(_LOOK_EVERY)
