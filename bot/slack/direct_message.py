"""The direct message that introduces a file, and that is deleted if the upload fails."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.delivery.attempts import attempt
from bot.slack_api.errors import FAILURES, error_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk import WebClient
    from slack_sdk.web import SlackResponse

_LEFT = "could not delete a message whose file was not uploaded"
_log = logging.getLogger(__name__)


@dataclass
class Message:
    """The message that introduces a file."""

    has_file: bool = False
    """Whether the file was uploaded."""


@contextmanager
def file_introduction(client: WebClient, posted: SlackResponse) -> Iterator[Message]:
    """Delete ``posted`` at the end unless the file was uploaded, also after an exception; queued if Slack is unavailable."""
    message = Message()
    try:
        yield message
    finally:
        if not message.has_file:
            channel, ts = str(posted["channel"]), str(posted["ts"])
            try:
                attempt(_LEFT, lambda: client.chat_delete(channel=channel, ts=ts))
            except FAILURES as error:  # a permanent error; the user still gets a notice about the file
                _log.warning("%s: %s", _LEFT, error_code(error))
