"""Upload a picture as a file of Slack's: shared in no channel, shown by an image block once Slack has processed it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bot.slack_api.error_words import Treatment, treatment_of
from bot.slack_api.errors import FAILURES, error_code

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.domain.reply import Picture

PROCESSED_WITHIN = 20.0
"""Seconds that Slack gets to process an uploaded picture."""
_LOOK_EVERY = 0.5


class NotUploadedError(Exception):
    """The picture can't be shown as a file."""

    def __init__(self, why: str, *, lasting: bool) -> None:
        """``lasting`` is true where the next picture would fare no better."""
        super().__init__(why)
        self.lasting = lasting


def upload(client: WebClient, picture: Picture) -> str:
    """Upload a picture, wait until Slack can show it, and return the file's id.

    The alternative text belongs to the image block: Slack doesn't share files that are uploaded with ``alt_txt``
    (https://github.com/slackapi/python-slack-sdk/issues/1818).

    Raises:
        NotUploadedError: naming Slack's error code or the kind of the failure.

    """
    try:
        sent = client.files_upload_v2(content=picture.png, filename=picture.name, title=picture.name)
        file = str(sent["files"][0]["id"])
    except (*FAILURES, KeyError, IndexError, TypeError) as error:
        raise _not_uploaded(error) from error
    _wait_until_processed(client, file)
    return file


def _wait_until_processed(client: WebClient, file: str) -> None:
    until = time.monotonic() + PROCESSED_WITHIN
    failed = False
    while True:
        try:
            if client.files_info(file=file)["file"].get("filetype"):
                return
            failed = False
        except (*FAILURES, KeyError, TypeError, AttributeError) as error:
            refusal = _not_uploaded(error)
            if failed or refusal.lasting:
                raise refusal from error
            failed = True
        if time.monotonic() > until:
            raise NotUploadedError(f"not processed within {PROCESSED_WITHIN:.0f} s", lasting=True)
        time.sleep(_LOOK_EVERY)


def _not_uploaded(error: Exception) -> NotUploadedError:
    """Say why there is no file, and whether it would be the same for the next: only a listed word of Slack's says so."""
    word = error_code(error)
    momentary = word == "file_not_found" or treatment_of(word) in {Treatment.RETRY, Treatment.REQUEST}
    return NotUploadedError(word, lasting=not momentary)
